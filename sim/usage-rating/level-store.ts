/** Levels of many histories, as they come: in a temporary file that SQLite sorts, so that memory does not grow with them. */
import type Sqlite from 'better-sqlite3'
import { temporaryDatabase } from '#base/databases.ts'
import type { KnownSpan } from './known-span.ts'

/** A level, and the bills that know it. */
export interface Level extends KnownSpan {
  readonly at: number
  readonly value: bigint
  readonly line: number
}

const SCHEMA =
  'CREATE TABLE levels (history INTEGER, at INTEGER, line INTEGER, month INTEGER, "from" INTEGER, until INTEGER, value)'
const LARGEST_INTEGER = 2n ** 63n - 1n

type Row = readonly [bigint, bigint, bigint, bigint, bigint, bigint | null, bigint | string]

export class LevelStore {
  readonly #database = temporaryDatabase(SCHEMA)
  readonly #insert: Sqlite.Statement<unknown[]>

  constructor() {
    this.#database.exec('BEGIN')
    this.#insert = this.#database.prepare('INSERT INTO levels VALUES (?, ?, ?, ?, ?, ?, ?)')
  }

  add(history: number, { at, line, month, from, until, value }: Level): void {
    const stored = value > LARGEST_INTEGER ? String(value) : value
    this.#insert.run(history, at, line, month, from, until ?? null, stored)
  }

  /** All levels: by history, then by time. Of two at one instant the later row is the second. */
  *sorted(): Generator<readonly [history: number, level: Level]> {
    const rows = this.#database
      .prepare<[], Row>('SELECT * FROM levels ORDER BY history, at, line, rowid')
      .safeIntegers()
      .raw()
      .iterate()
    for (const [history, at, line, month, from, until, value] of rows)
      yield [
        Number(history),
        {
          ...{ at: Number(at), line: Number(line), month: Number(month), from: Number(from) },
          until: until === null ? undefined : Number(until),
          value: BigInt(value),
        },
      ]
  }

  close(): void {
    this.#database.close()
  }
}
