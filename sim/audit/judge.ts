/** Reads a record and judges it with every check; the record stays as it is. */
import type { Database } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import type { MassFacts } from '../record/column-facts.ts'
import { type AccountRange, readAccounts } from './account-facts.ts'
import type { Check } from './check.ts'
import { checks } from './checks.ts'
import { Findings, type SentFindings } from './findings.ts'
import { massFactsOf } from './mass-facts.ts'
import { type MassFeeds, massFeeds } from './mass-feeds.ts'
import { Premises } from './premises.ts'
import { vocabularyOf } from './vocabulary.ts'
import { Workings } from './workings.ts'

/** Facts without an account are under 0. */
export const ALL_ACCOUNTS: AccountRange = { first: Number.MIN_SAFE_INTEGER, last: Number.MAX_SAFE_INTEGER }

/** Tables by which work is measured, next to the mass of the facts: their rows are read once. */
const measured = ['orders', 'order_lines', 'accounts']

/** What was found in some accounts, as a thread can send it. */
export interface JudgedPart {
  readonly findings: SentFindings
  /** By check. */
  readonly gathered: readonly unknown[]
}

export class Judge {
  readonly findings = new Findings()
  readonly #database: Database
  readonly #checks: readonly Check[]
  readonly #workings: Workings

  readonly #mass: MassFacts
  #feeds: MassFeeds | undefined

  /**
   * `columns`: the folder that has the column files, if not that of the record. Throws where the file is no record of a run.
   */
  constructor(path: string, columns?: string) {
    this.#database = new Sqlite(path, { readonly: true, fileMustExist: true })
    this.#database.pragma('cache_size = -16384')
    this.#mass = massFactsOf(this.#database, columns)
    const premises = new Premises(this.#database)
    const words = vocabularyOf(premises)
    this.#checks = checks.map((make) => make({ premises, words, findings: this.findings }))
    this.#workings = new Workings(premises, words)
  }

  /** All accounts in at most so many ranges of about equal work, each of at least so many usage spans. */
  parts(most: number, least: number): AccountRange[] {
    const { accounts } = this.#read().spans
    const counts = new Map<number, number>()
    for (let row = 0; row < accounts.length; row++) counts.set(accounts[row], (counts.get(accounts[row]) ?? 0) + 1)
    const rows = [...counts].sort(([a], [b]) => a - b)
    const whole = accounts.length
    const count = Math.max(1, Math.min(most, Math.floor(whole / least)))
    const lasts: number[] = []
    let sum = 0
    for (const [account, spans] of rows) {
      sum += spans
      if (lasts.length < count - 1 && sum >= (whole * (lasts.length + 1)) / count) lasts.push(account)
    }
    return [...lasts, ALL_ACCOUNTS.last].map((last, index) => ({
      first: index === 0 ? ALL_ACCOUNTS.first : lasts[index - 1] + 1,
      last,
    }))
  }

  /** The mass of the facts, read once. */
  #read(): MassFeeds {
    this.#feeds ??= massFeeds(this.#database, this.#mass)
    return this.#feeds
  }

  /** Judges the accounts of a range; `onProgress` gets the share done, 0 to 0.9: the end concerns all of them. */
  accounts(range: AccountRange, onProgress: (fraction: number) => void = () => {}): void {
    const mass = this.#read()
    const massRows = Object.values(mass).reduce((sum, { rows }) => sum + rows, 0)
    const whole = measured.reduce((sum, table) => sum + this.#lastRow(table), massRows + 1) * this.#share(range)
    let read = 0
    let reported = 0
    const onRows = (rows: number): void => {
      read += rows
      const fraction = Math.min(0.9, (read / whole) * 0.9)
      if (fraction - reported < 0.01) return
      reported = fraction
      onProgress(fraction)
    }
    for (const facts of readAccounts(this.#database, mass, range, onRows)) {
      this.#workings.begin(facts)
      for (const check of this.#checks) check.account?.(facts, this.#workings)
    }
  }

  /** What was found so far, for the judge of other accounts to `join`. */
  send(): JudgedPart {
    return { findings: this.findings.send(), gathered: this.#checks.map((check) => check.gathered?.()) }
  }

  /** Adds what was found in later accounts. */
  join({ findings, gathered }: JudgedPart): void {
    this.findings.join(findings)
    for (const [index, check] of this.#checks.entries()) check.join?.(gathered[index])
  }

  /** Judges what concerns all accounts. */
  finish(): void {
    for (const check of this.#checks) check.finish?.(this.#database, this.#mass)
  }

  close(): void {
    this.#database.close()
  }

  #lastRow(table: string): number {
    return (this.#database.prepare(`SELECT max(rowid) FROM ${table}`).pluck().get() as number | null) ?? 0
  }

  /** Of the accounts, how many are in a range. */
  #share({ first, last }: AccountRange): number {
    const sql = 'SELECT avg(id BETWEEN ? AND ?) FROM accounts'
    return (this.#database.prepare(sql).pluck().get(first, last) as number | null) ?? 1
  }
}
