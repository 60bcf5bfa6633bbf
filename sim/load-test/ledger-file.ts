/**
 * A thread's ledger: one SQLite file in write-ahead mode, written in one transaction a batch. Rows are gathered and
 * inserted many at a time, and all of them are in the file before a commit returns.
 */
import type { Database, Statement } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { namesOf } from '../market/dimensions.ts'
import { type LoadTable, loadColumns, loadTableSql, loadTables, POPULATION } from '../record/load-ledger.ts'
import type { World } from '../world/world.ts'
import type { SyncMode } from './sync-mode.ts'

/** Rows of one statement: large batches in large ones, the rest in smaller ones. */
const STATEMENT_ROWS = [128, 16, 1] as const

class RowWriter {
  readonly #width: number
  readonly #statements: readonly { readonly rows: number; readonly insert: Statement }[]
  readonly #values: number[] = []
  rows = 0

  constructor(database: Database, table: LoadTable) {
    this.#width = loadColumns[table].length
    const row = `(${Array(this.#width).fill('?').join(',')})`
    this.#statements = STATEMENT_ROWS.map((rows) => ({
      rows,
      insert: database.prepare(`INSERT INTO ${table} VALUES ${Array(rows).fill(row).join(',')}`),
    }))
  }

  add(...values: number[]): void {
    for (const value of values) this.#values.push(value)
    this.rows++
    const [largest] = this.#statements
    if (this.#values.length === largest.rows * this.#width) {
      largest.insert.run(this.#values)
      this.#values.length = 0
    }
  }

  flush(): void {
    let from = 0
    for (const { rows, insert } of this.#statements) {
      const size = rows * this.#width
      for (; this.#values.length - from >= size; from += size) insert.run(this.#values.slice(from, from + size))
    }
    this.#values.length = 0
  }
}

export class LedgerFile {
  readonly #database: Database
  readonly #begin: Statement
  readonly #commit: Statement
  readonly #writers: Readonly<Record<LoadTable, RowWriter>>

  /** Creates the file; `:memory:` for one that is thrown away. */
  constructor(path: string, world: World, meta: Readonly<Record<string, string>>, sync: SyncMode) {
    const database = new Sqlite(path)
    database.pragma('journal_mode = WAL')
    database.pragma(`synchronous = ${sync}`)
    database.transaction(() => {
      database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
      const insert = database.prepare('INSERT INTO meta VALUES (?, ?)')
      for (const [key, value] of Object.entries({ ...meta, [POPULATION]: String(world.population.count) }))
        insert.run(key, value)
      // `accounts` and the rest by their number; the facts of a run are not there, so their names are free.
      const names = namesOf(world)
      database.exec(names.sql.join(';\n'))
      names.write(database)
      for (const table of loadTables) database.exec(loadTableSql(table))
    })()
    this.#database = database
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#writers = Object.fromEntries(loadTables.map((table) => [table, new RowWriter(database, table)])) as Record<
      LoadTable,
      RowWriter
    >
  }

  begin(): void {
    this.#begin.run()
  }

  /** One row, its values in the order of the table's columns. */
  add(table: LoadTable, ...values: number[]): void {
    this.#writers[table].add(...values)
  }

  commit(): void {
    for (const table of loadTables) this.#writers[table].flush()
    this.#commit.run()
  }

  /** Rows so far, over all tables. */
  get rows(): number {
    return loadTables.reduce((sum, table) => sum + this.#writers[table].rows, 0)
  }

  /** Leaves one file that can be read alone; a batch that was not committed is not in it. */
  close(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
    this.#database.pragma('journal_mode = DELETE')
    this.#database.close()
  }
}
