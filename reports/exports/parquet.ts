/** The whole record as Parquet, a file a table: words spelled out, instants and days as such, amounts exact decimals. */
import type { Unit } from '#sim/record/column.ts'
import { factColumns, tableNames as filled, type TableName, unitOf } from '#sim/record/columns.ts'
import type { ParquetColumn } from '#sim/record/parquet/schema.ts'
import { type ColumnValues, ParquetWriter } from '#sim/record/parquet/writer.ts'
import { HIGH, highOf } from '#sim/record/wide.ts'
import type { Cell, RunRecord } from '../record.ts'
import type { ByteFile, Files } from './journal.ts'

/** Rows that are read and compressed at a time. */
const GROUP_ROWS = 131_072
/** The largest number of a decimal of 18 digits. */
const NARROW = 999_999_999_999_999_999n

/** How a column of a record is written: from one cell of a row, or of an amount from two. */
interface ExportColumn {
  readonly parquet: ParquetColumn
  /** Its cells in SQL. */
  readonly cells: readonly string[]
  gather(): Gatherer
}

/** Takes cells row by row and gives the values of a row group. */
interface Gatherer {
  add(cells: readonly Cell[]): void
  values(): ColumnValues
}

/** Whole numbers of 64 bits. */
class Wholes implements Gatherer {
  readonly #values: bigint[] = []
  add([cell]: readonly Cell[]): void {
    this.#values.push(cell as bigint)
  }
  values(): ColumnValues {
    return { values: BigInt64Array.from(this.#values) }
  }
}

/** Whole numbers of 32 bits. */
class Days implements Gatherer {
  readonly #values: number[] = []
  add([cell]: readonly Cell[]): void {
    this.#values.push(Number(cell))
  }
  values(): ColumnValues {
    return { values: Int32Array.from(this.#values) }
  }
}

/** Instants: 0 is none. */
class Instants implements Gatherer {
  readonly #values: bigint[] = []
  readonly #present: number[] = []
  add([cell]: readonly Cell[]): void {
    this.#present.push(cell === 0n ? 0 : 1)
    if (cell !== 0n) this.#values.push(cell as bigint)
  }
  values(): ColumnValues {
    return { values: BigInt64Array.from(this.#values), present: Uint8Array.from(this.#present) }
  }
}

/** Decimals of any size, of one cell or of two. */
class Wide implements Gatherer {
  readonly #values: bigint[] = []
  add([low, high = 0n]: readonly Cell[]): void {
    this.#values.push((high as bigint) * HIGH + (low as bigint))
  }
  values(): ColumnValues {
    return { values: this.#values }
  }
}

class Texts implements Gatherer {
  readonly #places: number[] = []
  readonly #words = new Map<string, number>()
  readonly #spell: (cell: Cell) => string
  constructor(spell: (cell: Cell) => string) {
    this.#spell = spell
  }
  add([cell]: readonly Cell[]): void {
    const word = this.#spell(cell)
    const place = this.#words.get(word) ?? this.#words.size
    this.#words.set(word, place)
    this.#places.push(place)
  }
  values(): ColumnValues {
    return { values: { words: [...this.#words.keys()], places: Int32Array.from(this.#places) } }
  }
}

/** Digits behind the point by unit. */
const scales: Partial<Record<Unit, number>> = { money: 8, charge: 8, quantity: 8, price: 10 }

/** Writes every table of a record into `TABLE.parquet`. Returns the number of its transactions. */
export function exportParquet(record: RunRecord, files: Files<ByteFile>): number {
  const words = new Map(
    record.plainRows<{ id: bigint; word: string }>('SELECT id, word FROM words').map(({ id, word }) => [id, word]),
  )
  const tables = record.tables()
  const money = { isWide: sumsAreWide(record) }
  for (const [index, name] of tables.entries()) {
    files.progress?.(index / tables.length)
    writeTable(record, files, name, columnsOf(record, name, words, money))
  }
  const [{ count }] = record.plainRows<{ count: bigint }>('SELECT coalesce(sum(repeats), 0) AS count FROM transactions')
  return Number(count)
}

const isFilled = (table: string): table is TableName => (filled as readonly string[]).includes(table)

/** Whether all amounts together may pass ten digits: then a reader's sums in the type of a narrow column would overflow. */
function sumsAreWide(record: RunRecord): boolean {
  const [found] = record.plainRows<{ value: string }>(`SELECT value FROM meta WHERE key = 'turnover'`)
  return Number(found?.value ?? 0) >= 1e18
}

/** What the columns of amounts have in common. */
interface MoneyColumns {
  readonly isWide: boolean
}

function columnsOf(
  record: RunRecord,
  table: string,
  words: ReadonlyMap<bigint, string>,
  money: MoneyColumns,
): ExportColumn[] {
  if (isFilled(table))
    return factColumns(table).map((name) => columnOf(record, table, { name, unit: unitOf(table, name) }, words, money))
  const own = record.plainRows<{ name: string; type: string }>(`SELECT name, type FROM pragma_table_info('${table}')`)
  return own.map(({ name, type }) =>
    type === 'TEXT'
      ? { parquet: { name, kind: 'text' }, cells: [name], gather: () => new Texts(String) }
      : { parquet: { name, kind: 'int64' }, cells: [name], gather: () => new Wholes() },
  )
}

function columnOf(
  record: RunRecord,
  table: TableName,
  { name, unit }: { readonly name: string; readonly unit: Unit },
  words: ReadonlyMap<bigint, string>,
  money: MoneyColumns,
): ExportColumn {
  const cells = [name]
  const scale = scales[unit]
  if (scale !== undefined) {
    const parts = unit === 'money' ? [name, highOf(name)] : cells
    const large = unit === 'money' ? `${highOf(name)} <> 0` : `abs(${name}) > ${NARROW}`
    const isWide =
      (unit === 'money' && money.isWide) ||
      record.plainRows(`SELECT EXISTS (SELECT 1 FROM ${table} WHERE ${large}) AS isWide`)[0].isWide === 1n
    return isWide
      ? { parquet: { name, kind: 'decimal', scale, isWide: true }, cells: parts, gather: () => new Wide() }
      : { parquet: { name, kind: 'decimal', scale }, cells, gather: () => new Wholes() }
  }
  switch (unit) {
    case 'word':
      return {
        parquet: { name, kind: 'text' },
        cells,
        gather: () => new Texts((cell) => words.get(cell as bigint) ?? ''),
      }
    case 'instant':
      return { parquet: { name, kind: 'instant', isOptional: true }, cells, gather: () => new Instants() }
    case 'day':
      return { parquet: { name, kind: 'date' }, cells, gather: () => new Days() }
    default:
      return { parquet: { name, kind: 'int64' }, cells, gather: () => new Wholes() }
  }
}

function writeTable(record: RunRecord, files: Files<ByteFile>, table: string, columns: readonly ExportColumn[]): void {
  const file = files.open(`${table}.parquet`)
  const { digest, seed, name } = record.meta
  const writer = new ParquetWriter(
    columns.map(({ parquet }) => parquet),
    (bytes) => file.writeBytes(bytes),
    [
      ['run', name],
      ['seed', seed],
      ['digest', digest],
    ],
  )
  const starts: number[] = []
  let width = 0
  for (const { cells } of columns) {
    starts.push(width)
    width += cells.length
  }
  const list = columns.flatMap(({ cells }) => cells.map((cell) => `"${cell}"`)).join(', ')
  let gatherers = columns.map((column) => column.gather())
  let rows = 0
  const close = (): void => {
    if (rows > 0)
      writer.rowGroup(
        gatherers.map((gatherer) => gatherer.values()),
        rows,
      )
    gatherers = columns.map((column) => column.gather())
    rows = 0
  }
  for (const row of record.plainCursor(`SELECT ${list} FROM ${table} ORDER BY rowid`).rows) {
    for (const [index, gatherer] of gatherers.entries())
      gatherer.add(row.slice(starts[index], starts[index] + columns[index].cells.length))
    if (++rows === GROUP_ROWS) close()
  }
  close()
  writer.end()
}
