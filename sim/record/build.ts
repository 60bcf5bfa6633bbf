/** Makes `run.sqlite` of the cells' fact files: one database, rows in cell order, the same for any number of threads. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Database, Statement } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import type { World } from '../world/world.ts'
import { type FactTableName, factColumns, factTableNames } from './columns.ts'
import { writeDimensions } from './dimensions.ts'
import { views } from './views.ts'

/** Raised with every change of a table, column or unit. */
export const RECORD_VERSION = 2

/** SQLite takes at most 32,766 parameters in a statement; rows a statement beyond this gain nothing. */
const ROWS_A_STATEMENT = 200
const CHUNK_BYTES = 1 << 22

/** Gathers rows of one table and inserts them many at a time. */
class TableWriter {
  readonly width: number
  readonly #many: Statement
  readonly #one: Statement
  readonly #values: number[] = []

  constructor(database: Database, table: FactTableName) {
    this.width = factColumns(table).length
    const row = `(${Array(this.width).fill('?').join(',')})`
    this.#many = database.prepare(`INSERT INTO ${table} VALUES ${Array(ROWS_A_STATEMENT).fill(row).join(',')}`)
    this.#one = database.prepare(`INSERT INTO ${table} VALUES ${row}`)
  }

  add(buffer: Float64Array, start: number): void {
    const { width } = this
    const values = this.#values
    for (let index = 0; index < width; index++) values.push(buffer[start + index])
    if (values.length === width * ROWS_A_STATEMENT) {
      this.#many.run(values)
      values.length = 0
    }
  }

  flush(): void {
    const { width } = this
    for (let start = 0; start < this.#values.length; start += width)
      this.#one.run(this.#values.slice(start, start + width))
    this.#values.length = 0
  }
}

export interface RecordMeta {
  readonly [key: string]: string
}

export interface Built {
  readonly facts: number
  /** Clock hours metered of each instance and image, and hours settled of each account. */
  readonly hours: number
}

/** Writes the record. `onBytes` is told of each stretch of fact bytes done. */
export function buildRecord(
  path: string,
  world: World,
  factFiles: readonly string[],
  meta: RecordMeta,
  onBytes: (bytes: number) => void = () => {},
): Built {
  const database = new Sqlite(path)
  try {
    // The file is worth nothing until the run is complete, so a crash may lose it: no journal, no waiting for the disk.
    database.pragma('journal_mode = OFF')
    database.pragma('synchronous = OFF')
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma(`user_version = ${RECORD_VERSION}`)
    database.exec('BEGIN')
    writeMeta(database, meta)
    writeDimensions(database, world)
    for (const table of factTableNames) {
      const columns = factColumns(table).map((name) =>
        name === 'id' ? 'id INTEGER PRIMARY KEY' : `${name} INTEGER NOT NULL`,
      )
      database.exec(`CREATE TABLE ${table} (${columns.join(', ')}) STRICT`)
    }
    const writers = factTableNames.map((table) => new TableWriter(database, table))
    let facts = 0
    for (const file of factFiles) facts += copyFacts(file, writers, onBytes)
    for (const writer of writers) writer.flush()
    finishRecord(database)
    const hours = hoursOf(database)
    database.exec('COMMIT')
    return { facts, hours }
  } finally {
    database.close()
  }
}

function writeMeta(database: Database, meta: RecordMeta): void {
  database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
  const insert = database.prepare('INSERT INTO meta VALUES (?, ?)')
  for (const [key, value] of Object.entries(meta)) insert.run(key, value)
}

const hoursOf = (database: Database): number =>
  database
    .prepare<[], number>(
      `SELECT (SELECT coalesce(sum(hours), 0) FROM usage_spans) + (SELECT coalesce(sum(repeats), 0) FROM transactions
        WHERE kind = (SELECT id FROM words WHERE word = 'usage'))`,
    )
    .pluck()
    .get() as number

/** Indexes that the auditor, the reports and people ask by; views; statistics for the query planner. */
function finishRecord(database: Database): void {
  const indexes = {
    order_lines: 'order_id',
    order_steps: 'order_id',
    instances: 'order_id',
    instance_steps: 'instance_id',
    subscription_steps: 'subscription_id',
    usage_spans: 'instance_id',
    postings: 'transaction_id',
    recognitions: 'transaction_id',
    seller_shares: 'transaction_id',
    transactions: 'account',
  }
  for (const [table, column] of Object.entries(indexes))
    database.exec(`CREATE INDEX ${table}_by_${column} ON ${table} (${column})`)
  for (const view of views) database.exec(`CREATE VIEW ${view.name} AS ${view.sql}`)
  database.exec('ANALYZE')
}

/** Reads one fact file: rows of `table number, columns...` as float64. */
function copyFacts(path: string, writers: readonly TableWriter[], onBytes: (bytes: number) => void): number {
  const file = openSync(path, 'r')
  const words = new Float64Array(CHUNK_BYTES / 8)
  const bytes = new Uint8Array(words.buffer)
  let kept = 0
  let facts = 0
  try {
    for (;;) {
      const read = readSync(file, bytes, kept, bytes.length - kept, null)
      if (read === 0) break
      const filled = kept + read
      const end = Math.floor(filled / 8)
      let at = 0
      while (at < end) {
        const writer = writers[words[at]]
        if (at + 1 + writer.width > end) break
        writer.add(words, at + 1)
        at += 1 + writer.width
        facts++
      }
      bytes.copyWithin(0, at * 8, filled)
      kept = filled - at * 8
      onBytes(read)
    }
  } finally {
    closeSync(file)
  }
  if (kept > 0) throw new Error(`the fact file ${path} ends within a fact`)
  return facts
}
