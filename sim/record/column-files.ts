/**
 * The mass of a cell's facts as columns: Parquet files that the cell writes while it runs, from its fact log on the way to the
 * disk, and its sums by month as it ends. A row group is full after so many rows, wherever checkpoints are, so a run that resumes writes
 * the same bytes: it encodes its own facts again from the log.
 */
import { type FileExtent, GrowingFile } from '#base/files.ts'
import { factColumns, factTableNames, sumTableNames, type TableName } from './columns.ts'
import type { Dictionary } from './dictionary.ts'
import type { FactTaker } from './fact-log.ts'
import { encoderOf, type LogRows } from './log-encoders.ts'
import { factWidths, logPlaces, logWidth } from './log-layout.ts'
import { type ColumnValues, ParquetWriter } from './parquet/writer.ts'

/** Tables with a row for each hour, leg or step, and the sums of these: a record has them as columns alone. */
export const massTables = [
  'usage_spans',
  'transactions',
  'postings',
  'recognitions',
  'seller_shares',
  'order_steps',
  'instance_steps',
  'subscription_steps',
  'ledger_months',
  'metered_months',
] as const satisfies readonly TableName[]

export type MassTable = (typeof massTables)[number]
export const isMass = (table: string): table is MassTable => (massTables as readonly string[]).includes(table)

/** Rows of a row group: what a reader decodes at a time. */
const GROUP_ROWS = 32_768
/** Tables whose amounts come again over longer stretches: more of their rows are compressed together. */
const groupRows: Readonly<Partial<Record<TableName, number>>> = { postings: 65_536, usage_spans: 65_536 }
/** Rows that there is room for at first: most cells of a small run have few facts of most tables. */
const LEAST_ROWS = 256

/** The folder of column files, below that of the record; that of a cell is in it. */
export const COLUMNS = 'columns'

const columnFileName = (table: string): string => `${table}.parquet`

/** The file of a table in the folder of a cell. */
export const columnFile = (folder: string, table: string): string => `${folder}/${columnFileName(table)}`

/** Rows of one table that wait for their row group to be full, and the file that the groups go to. */
class TableColumns {
  readonly #file: GrowingFile
  readonly #writer: ParquetWriter
  readonly #encoders: readonly ReturnType<typeof encoderOf>[]
  readonly #width: number
  readonly #groupRows: number
  /** Rows as the log has them. */
  #numbers: Float64Array
  #rows = 0

  constructor(path: string, table: TableName, dictionary: Dictionary) {
    this.#file = new GrowingFile(path, 'w')
    this.#width = logWidth(table)
    this.#groupRows = groupRows[table] ?? GROUP_ROWS
    this.#numbers = new Float64Array(LEAST_ROWS * this.#width)
    const places = logPlaces(table)
    this.#encoders = factColumns(table).map((name) => encoderOf(table, name, places[name], dictionary.words))
    this.#writer = new ParquetWriter(
      this.#encoders.map(({ parquet }) => parquet),
      (bytes) => this.#file.append(bytes),
    )
  }

  add(facts: Float64Array, at: number): void {
    const width = this.#width
    const from = this.#rows * width
    if (from === this.#numbers.length) this.#grow()
    const numbers = this.#numbers
    for (let place = 0; place < width; place++) numbers[from + place] = facts[at + place]
    if (++this.#rows === this.#groupRows) this.#flush()
  }

  #grow(): void {
    const wider = new Float64Array(this.#numbers.length * 2)
    wider.set(this.#numbers)
    this.#numbers = wider
  }

  #flush(): void {
    const rows: LogRows = { numbers: this.#numbers, width: this.#width, count: this.#rows }
    if (this.#rows > 0) this.#writer.rowGroup(this.#encoded(rows), this.#rows)
    this.#rows = 0
  }

  *#encoded(rows: LogRows): Iterable<ColumnValues> {
    for (const { encode } of this.#encoders) yield encode(rows)
  }

  /** Ends the file; answers its length and checksum. */
  close(): FileExtent {
    this.#flush()
    this.#writer.end()
    this.#file.close()
    return this.#file.extent
  }
}

const sumWidths = Int32Array.from(sumTableNames, (table) => logWidth(table))

export class ColumnFiles implements FactTaker {
  /** By number of the fact table; undefined for the others. */
  readonly #tables: readonly (TableColumns | undefined)[]
  /** By number of the table of sums. */
  readonly #sums: readonly TableColumns[]

  /** Opens a file for each of the mass tables in an existing folder. */
  constructor(folder: string, dictionary: Dictionary) {
    const opened = (table: TableName) => new TableColumns(columnFile(folder, table), table, dictionary)
    this.#tables = factTableNames.map((table) => (isMass(table) ? opened(table) : undefined))
    this.#sums = sumTableNames.map(opened)
  }

  take(facts: Float64Array, end: number): void {
    for (let at = 0; at < end; at += factWidths[facts[at]]) this.#tables[facts[at]]?.add(facts, at)
  }

  /**
   * Ends the files; answers the length and checksum of each, by its name within the folder. `sums`: rows of the tables of sums,
   * each behind the number of its table.
   */
  close(sums: Float64Array = new Float64Array(0)): Map<string, FileExtent> {
    for (let at = 0; at < sums.length; at += sumWidths[sums[at]]) this.#sums[sums[at]].add(sums, at)
    const extents = new Map<string, FileExtent>()
    this.#tables.forEach((table, number) => {
      if (table !== undefined) extents.set(columnFileName(factTableNames[number]), table.close())
    })
    for (const [number, table] of this.#sums.entries())
      extents.set(columnFileName(sumTableNames[number]), table.close())
    return extents
  }
}
