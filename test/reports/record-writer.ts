/** Writes a record row by row through SQL, with the tables of the real one. */
import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type AuditTableName, auditTableNames, auditTableSql, auditTables } from '#sim/audit/columns.ts'
import { type DimensionName, dimensionNames, dimensions } from '#sim/market/dimensions.ts'
import { wordNumber } from '#sim/market/words.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'
import { type FactTableName, factColumns, factTableSql, tableNames } from '#sim/record/columns.ts'
import { views } from '#sim/record/views.ts'
import { sumAgain } from '../sim/record/written-sums.ts'

export type Value = number | string | bigint

/** High parts of the amounts of an audit table: 0, unless they are given. */
function highParts(table: string): Record<string, Value> {
  const audited = Object.entries(auditTables).find(([name]) => name === table)
  const names = Object.keys(audited?.[1].columns ?? {}).filter((name) => name.endsWith('_high'))
  return Object.fromEntries(names.map((name) => [name, 0]))
}

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
      const columns = Object.entries(dimensions[table].columns).map(([name, [type]]) =>
        name === 'id' ? 'id INTEGER PRIMARY KEY' : `${name} ${type} NOT NULL DEFAULT ${type === 'TEXT' ? "''" : '0'}`,
      )
      this.#database.exec(`CREATE TABLE ${table} (${columns.join(', ')}) STRICT`)
    }
    for (const table of tableNames) this.#database.exec(factTableSql(table))
  }
  /** A row of another table, by its columns; what is left out is 0 or empty. */
  add(table: DimensionName | AuditTableName | 'meta', values: Record<string, Value>): void {
    const row = { ...highParts(table), ...values }
    const names = Object.keys(row)
    const places = names.map(() => '?').join(', ')
    this.#database.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`).run(...Object.values(row))
  }
  /** A fact: words are given as text, what is left out is 0. */
  fact(table: FactTableName, values: Record<string, Value>): void {
    const row = factColumns(table).map((name) => {
      const value = values[name] ?? 0
      return typeof value === 'string' ? BigInt(wordNumber(value)) : BigInt(value)
    })
    const names = factColumns(table).join(', ')
    this.#database.prepare(`INSERT INTO ${table} (${names}) VALUES (${row.map(() => '?').join(', ')})`).run(...row)
  }
  close(): void {
    sumAgain(this.#database)
    for (const { name, sql } of views) this.#database.exec(`CREATE VIEW ${name} AS ${sql}`)
    this.#database.exec('COMMIT')
    this.#database.close()
  }
}
