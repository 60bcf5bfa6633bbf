/** A run whose pages are asked for: its record, and what of it is looked up again and again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import type { FactTableName } from '#sim/record/columns.ts'
import { HIGH } from '#sim/record/wide.ts'
import { explainBy } from '../explain/explain.ts'
import type { Explanation } from '../explain/explanation.ts'
import { FactReader } from '../explain/fact-reader.ts'
import type { Subject } from '../explain/subjects.ts'
import { expectListed, readManifest } from '../manifest-files.ts'
import { RunRecord } from '../record.ts'
import { RecordError } from '../record-error.ts'
import { againText, recordPath } from '../record-place.ts'
import type { Summary } from '../summary.ts'
import { reportFiles } from '../write.ts'

const KEPT_EXPLANATIONS = 16

/** The first of each kind that people ask for. */
const firsts: readonly (readonly [Subject, string])[] = [
  ['account', 'SELECT id FROM accounts LIMIT 1'],
  ['order', 'SELECT id FROM orders LIMIT 1'],
  ['instance', 'SELECT id FROM instances LIMIT 1'],
  [
    'bill',
    `SELECT a.name || '/' || strftime('%Y-%m', (b.month + utc_offset) / 1000, 'unixepoch') AS id
     FROM bills b JOIN accounts a ON a.id = b.account, run LIMIT 1`,
  ],
]

/** An amount of two columns, whole 1e-8. */
export const wideAmount = (low: bigint, high: bigint): bigint => low + high * HIGH

export class OpenRun {
  /** The name of its folder, by which its pages are called. */
  readonly key: string
  readonly folder: string
  #record: RunRecord | undefined
  #reader: FactReader | undefined
  #summary: Summary | undefined
  #isWarm = false
  readonly #accounts = new Map<string, boolean>()
  readonly #explanations = new Map<string, Explanation>()
  readonly #kept = new Map<string, unknown>()

  constructor(key: string, folder: string) {
    this.key = key
    this.folder = folder
  }

  /** The record, opened when it is first asked for. @throws RecordError, DamageError */
  get record(): RunRecord {
    this.#record ??= new RunRecord(this.folder)
    return this.#record
  }

  /** summary.json of the folder: making it again would read the whole record. @throws RecordError, DamageError */
  get summary(): Summary {
    this.#summary ??= this.#read(reportFiles.summary, (path) =>
      undamagedJson<Summary>(path, 'run `marketsim report` to make it again'),
    )
    return this.#summary
  }

  /** The one-file report of the folder. @throws RecordError, DamageError */
  reportText(): string {
    return this.#read(reportFiles.page, (path) => readFileSync(path, 'utf8'))
  }

  #read<T>(name: string, read: (path: string) => T): T {
    const path = recordPath(this.folder)
    expectListed(this.folder, name, againText(path), readManifest(this.folder).manifest?.files)
    try {
      return read(join(this.folder, name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      throw new RecordError(path, `the run has no ${name}`, 'run `marketsim report` on its folder')
    }
  }

  /** Whether an account has this name. */
  hasAccount(name: string): boolean {
    let found = this.#accounts.get(name)
    if (found === undefined) {
      found = this.record.plainRows('SELECT 1 AS found FROM accounts WHERE name = ? LIMIT 1', name).length > 0
      this.#accounts.set(name, found)
    }
    return found
  }

  /** Whether a table has a row of this number. @throws DamageError */
  hasId(table: FactTableName, id: bigint): boolean {
    return this.#readerOf().facts(table, 'id = ?', id).length > 0
  }

  /** What `make` returns, computed once. A record does not change. */
  kept<T>(name: string, make: () => T): T {
    if (!this.#kept.has(name)) this.#kept.set(name, make())
    return this.#kept.get(name) as T
  }

  /** The explanation of a subject. The last few are kept: a long one is looked at page by page. @throws RecordError */
  explanation(subject: Subject, id: string): Explanation {
    const name = `${subject} ${id}`
    const found = this.#explanations.get(name) ?? explainBy(this.#readerOf(), subject, id)
    this.#explanations.delete(name)
    this.#explanations.set(name, found)
    const [oldest] = this.#explanations.keys()
    if (this.#explanations.size > KEPT_EXPLANATIONS && oldest !== undefined) this.#explanations.delete(oldest)
    return found
  }

  #readerOf(): FactReader {
    this.#reader ??= new FactReader(this.record, { lasts: true })
    return this.#reader
  }

  /**
   * Reads what the first page of each kind would wait for; false when it was read before.
   * @throws RecordError, DamageError
   */
  warmUp(): boolean {
    if (this.#isWarm) return false
    this.#isWarm = true
    // One of each kind brings what it is found by.
    for (const [subject, sql] of firsts)
      for (const { id } of this.record.plainRows(sql)) this.explanation(subject, String(id))
    return true
  }

  close(): void {
    this.#reader = undefined
    this.#record?.close()
    this.#record = undefined
  }
}
