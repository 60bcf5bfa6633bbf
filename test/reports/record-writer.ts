/** Writes a record row by row through SQL, with the tables of the real one. */
import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type AuditTableName, auditTableNames, auditTableSql } from '#sim/audit/columns.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import { type FactTableName, factColumns, factTableNames } from '#sim/record/columns.ts'
import { type DimensionName, dimensionNames, dimensions } from '#sim/record/dimensions.ts'
import { views } from '#sim/record/views.ts'
import { wordNumber } from '#sim/record/words.ts'

export type Value = number | string | bigint

export class RecordWriter {
  readonly #database: Database.Database
  constructor(path: string) {
    rmSync(path, { force: true })
    this.#database = new Database(path)
    this.#database.pragma('synchronous = OFF')
    this.#database.pragma(`user_version = ${RECORD_VERSION}`)
    this.#database.exec('BEGIN')
    this.#database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
    for (const table of auditTableNames) this.#database.exec(auditTableSql(table))
    for (const table of dimensionNames) {
      const columns = Object.entries(dimensions[table].columns).map(
        ([name, [type]]) => `${name} ${type} NOT NULL DEFAULT ${type === 'TEXT' ? "''" : '0'}`,
      )
      this.#database.exec(`CREATE TABLE ${table} (${columns.join(', ')}) STRICT`)
    }
    for (const table of factTableNames)
      this.#database.exec(
        `CREATE TABLE ${table} (${factColumns(table)
          .map((name) => `"${name}" INTEGER NOT NULL`)
          .join(', ')}) STRICT`,
      )
  }
  /** A row of another table, by its columns; what is left out is 0 or empty. */
  add(table: DimensionName | AuditTableName | 'meta', values: Record<string, Value>): void {
    const names = Object.keys(values)
    const places = names.map(() => '?').join(', ')
    this.#database
      .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`)
      .run(...Object.values(values))
  }
  /** A fact: words are given as text, what is left out is 0. */
  fact(table: FactTableName, values: Record<string, Value>): void {
    const row = factColumns(table).map((name) => {
      const value = values[name] ?? 0
      return typeof value === 'string' ? BigInt(wordNumber(value)) : BigInt(value)
    })
    this.#database.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`).run(...row)
  }
  close(): void {
    for (const { name, sql } of views) this.#database.exec(`CREATE VIEW ${name} AS ${sql}`)
    this.#database.exec('COMMIT')
    this.#database.close()
  }
}
