/**
 * Makes `run.sqlite` of the cells' fact files: one database, rows in cell order, the same for any number of threads. The mass
 * tables are not in it: the cells wrote them as columns, which it lists.
 */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Database, Statement } from 'better-sqlite3'
import Sqlite from 'better-sqlite3'
import { DamageError } from '#base/damage-error.ts'
import { type UnitPrice, unpackPrice } from '#base/money.ts'
import { isMass } from './column-files.ts'
import { noteColumnFiles, noteColumnViews } from './column-notes.ts'
import {
  type FactTableName,
  factColumns,
  factTableNames,
  factTableSql,
  sqlColumns,
  type TableName,
  tableNames,
  unitOf,
} from './columns.ts'
import { indexes } from './indexes.ts'
import { factWidths, logPlaces } from './log-layout.ts'
import { massViews } from './mass-images.ts'
import { views } from './views.ts'
import { cellsOf, fromLog, LOG_HIGH } from './wide.ts'

/** Raised with every change of a table, column or unit. */
export const RECORD_VERSION = 7

/** SQLite takes at most 32,766 parameters in a statement; rows a statement beyond this gain nothing. */
const ROWS_A_STATEMENT = 200
const CHUNK_BYTES = 1 << 22

/** Gathers rows of one table and inserts them many at a time. */
class TableWriter {
  readonly #columns: number
  /** By column of the facts: how its numbers become a cell. */
  readonly #units: readonly ('plain' | 'money' | 'price')[]
  /** Prepared when first used: most tables of a small run have few rows or none, and the longer statement is dear. */
  readonly #statements: { one?: Statement; many?: Statement } = {}
  readonly #insert: (rows: number) => Statement
  readonly #values: (number | bigint)[] = []
  /** High parts of the row that is being added. */
  readonly #high: (number | bigint)[] = []

  constructor(database: Database, table: TableName) {
    this.#units = factColumns(table).map((name) => {
      const unit = unitOf(table, name)
      return unit === 'money' || unit === 'price' ? unit : 'plain'
    })
    this.#columns = sqlColumns(table).length
    const row = `(${Array(this.#columns).fill('?').join(',')})`
    this.#insert = (rows) => database.prepare(`INSERT INTO ${table} VALUES ${Array(rows).fill(row).join(',')}`)
  }

  add(buffer: Float64Array, start: number): void {
    const values = this.#values
    const high = this.#high
    let at = start
    for (const unit of this.#units) {
      const number = buffer[at++]
      if (unit === 'plain') values.push(number)
      else if (unit === 'price') values.push(number >= 0 ? number : unpackPrice(number as UnitPrice))
      else if (buffer[at] === 0) {
        values.push(number)
        high.push(0)
        at++
      } else {
        const [low, over] = cellsOf(fromLog(number, buffer[at++]))
        values.push(low)
        high.push(over)
      }
    }
    if (high.length > 0) {
      values.push(...high)
      high.length = 0
    }
    if (values.length === this.#columns * ROWS_A_STATEMENT) {
      this.#statements.many ??= this.#insert(ROWS_A_STATEMENT)
      this.#statements.many.run(values)
      values.length = 0
    }
  }

  flush(): void {
    const columns = this.#columns
    for (let start = 0; start < this.#values.length; start += columns) {
      this.#statements.one ??= this.#insert(1)
      this.#statements.one.run(this.#values.slice(start, start + columns))
    }
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

/** What the cells wrote, in the order of cells. */
export interface CellFiles {
  readonly facts: readonly string[]
  /** Their folders of column files, below the folder of the record. */
  readonly columns: readonly string[]
}

/** The tables that give the numbers of the facts their names. */
export interface RecordNames {
  /** The statements that create them. */
  readonly sql: readonly string[]
  /** Fills them. */
  write(database: Database): void
}

/**
 * The last empty record that was made, by the statements that made it: SQLite takes 5 ms for 150 tables and views, and 1 ms to read
 * them from a copy.
 */
let empty: { readonly sql: string; readonly bytes: Buffer } | undefined

/** A record with all tables and views, and no rows. */
function emptyRecord(names: RecordNames): Buffer {
  const sql = [
    metaSql,
    ...names.sql,
    ...tableNames.filter((table) => !isMass(table)).map(factTableSql),
    ...views.filter(({ name }) => !massViews.has(name)).map((view) => `CREATE VIEW ${view.name} AS ${view.sql}`),
  ].join(';\n')
  if (empty?.sql === sql) return empty.bytes
  const database = new Sqlite(':memory:')
  try {
    database.pragma(`user_version = ${RECORD_VERSION}`)
    database.exec(`BEGIN;\n${sql};\nCOMMIT`)
    empty = { sql, bytes: database.serialize() }
  } finally {
    database.close()
  }
  return empty.bytes
}

/**
 * Writes the record. `names` are the tables that give the numbers of the facts their names; `onBytes` gets the size
 * of each stretch of facts that is done.
 */
export function buildRecord(
  path: string,
  names: RecordNames,
  files: CellFiles,
  meta: RecordMeta,
  onBytes: (bytes: number) => void = () => {},
): Built {
  writeFileSync(path, emptyRecord(names))
  const database = new Sqlite(path)
  try {
    // The file is worth nothing until the run is complete, so a crash may lose it: no journal, no waiting for the disk.
    database.pragma('journal_mode = OFF')
    database.pragma('synchronous = OFF')
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN')
    writeMeta(database, meta)
    names.write(database)
    const writers = factTableNames.map((table) => (isMass(table) ? undefined : new TableWriter(database, table)))
    const tally = new Tally(namedWord(database, 'usage'))
    const rows = files.facts.map((file) => copyRows(file, { writers, widths: factWidths, tally, onBytes }))
    for (const writer of writers) writer?.flush()
    noteColumnFiles(database, dirname(path), files.columns, (cell, table) => rows[cell].at(numberOf(table)))
    noteColumnViews(
      database,
      [...massViews].map(([name, { sql }]) => [name, sql] as const),
    )
    writeMeta(database, { turnover: String(tally.turnover) })
    finishRecord(database)
    database.exec('COMMIT')
    const facts = rows.flatMap((counts) => [...counts]).reduce((sum, count) => sum + count, 0)
    return { facts, hours: tally.hours }
  } finally {
    database.close()
  }
}

const metaSql = 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'

function writeMeta(database: Database, meta: RecordMeta): void {
  const insert = database.prepare('INSERT INTO meta VALUES (?, ?)')
  for (const [key, value] of Object.entries(meta)) insert.run(key, value)
}

const namedWord = (database: Database, word: string): number =>
  database.prepare<[string], number>('SELECT id FROM words WHERE word = ?').pluck().get(word) ?? -1

/** What is counted of all facts while they pass. */
class Tally {
  /**
   * The size of all amounts, repetitions included, whole 1e-8, as near as float64 comes: as long as it fits SQLite's INTEGER,
   * no sum of them overflows.
   */
  turnover = 0
  /** Clock hours metered, and hours settled. */
  hours = 0
  #repeats = 1
  readonly #usage: number
  readonly #kind = numberAt('transactions', 'kind')
  readonly #parts = factTableNames.map((table) => ({
    money: factColumns(table).flatMap((name) => (isAmount(table, name) ? [numberAt(table, name)] : [])),
    isWide: factColumns(table).some((name) => unitOf(table, name) === 'money'),
    times: table === 'usage_spans' ? numberAt(table, 'hours') : -1,
    repeats: table === 'transactions' ? numberAt(table, 'repeats') : -1,
    isPosting: table === 'postings',
  }))

  /** `usage`: the number of the kind of transactions that settle hours. */
  constructor(usage: number) {
    this.#usage = usage
  }

  /** Takes a fact of a table. The postings of a transaction follow it. */
  add(table: number, numbers: Float64Array, start: number): void {
    const { money, isWide, times, repeats, isPosting } = this.#parts[table]
    if (repeats >= 0) {
      this.#repeats = numbers[start + repeats]
      if (numbers[start + this.#kind] === this.#usage) this.hours += this.#repeats
    }
    if (times >= 0) this.hours += numbers[start + times]
    const factor = times >= 0 ? numbers[start + times] : isPosting ? this.#repeats : 1
    for (const at of money) {
      const high = isWide ? numbers[start + at + 1] : 0
      this.turnover += Math.abs(numbers[start + at] + high * LOG_HIGH) * factor
    }
  }
}

/** The number of a fact table; that behind the last for other tables. */
function numberOf(table: TableName): number {
  const number = (factTableNames as readonly TableName[]).indexOf(table)
  return number < 0 ? factTableNames.length : number
}

const isAmount = (table: FactTableName, name: string): boolean => ['money', 'charge'].includes(unitOf(table, name))

/** Where a column's numbers begin within a fact, its table left out. */
const numberAt = (table: FactTableName, column: string): number => logPlaces(table)[column] - 1

/** Indexes of the tables that are in the file; statistics for the query planner. */
function finishRecord(database: Database): void {
  const statements = [
    ...indexes
      .filter(([table]) => !isMass(table))
      .map(([table, column]) => `CREATE INDEX ${table}_by_${column} ON ${table} (${column})`),
    'ANALYZE',
  ]
  database.exec(statements.join(';\n'))
}

/** What is done with the rows of a file: by the number of their table, who writes them (none where they are columns). */
interface Copying {
  readonly writers: readonly (TableWriter | undefined)[]
  readonly widths: Int32Array
  readonly tally?: Tally
  readonly onBytes?: (bytes: number) => void
}

/** What stretches of facts are read into, one after the other, for all records of a process. */
let chunk: Float64Array | undefined

/** Reads one file of a cell: rows of `table number, columns...` as float64. Answers the rows of each table. */
function copyRows(path: string, { writers, widths, tally, onBytes = () => {} }: Copying): Float64Array {
  const file = openSync(path, 'r')
  chunk ??= new Float64Array(CHUNK_BYTES / 8)
  const words = chunk
  const bytes = new Uint8Array(words.buffer)
  const rows = new Float64Array(writers.length)
  let kept = 0
  try {
    for (;;) {
      const read = readSync(file, bytes, kept, bytes.length - kept, null)
      if (read === 0) break
      const filled = kept + read
      const end = Math.floor(filled / 8)
      let at = 0
      while (at < end && at + widths[words[at]] <= end) {
        const table = words[at]
        tally?.add(table, words, at + 1)
        writers[table]?.add(words, at + 1)
        rows[table]++
        at += widths[table]
      }
      bytes.copyWithin(0, at * 8, filled)
      kept = filled - at * 8
      onBytes(read)
    }
  } finally {
    closeSync(file)
  }
  if (kept > 0) throw new DamageError(path, `${basename(path)} is damaged: it ends within a row`)
  return rows
}
