/** The answer of a query as a table for the eye, CSV, JSON or Parquet. Nothing else is written: no banner gets into a file. */
import { csvLine, csvLines } from '#base/csv-text.ts'
import { InputError } from '#base/input-error.ts'
import type { ParquetColumn } from '#sim/record/parquet/schema.ts'
import type { ColumnValues } from '#sim/record/parquet/writer.ts'
import { printable } from './terminal.ts'

type Cell = unknown

export interface Answer {
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly Cell[]>
}

export const queryFormats = ['table', 'csv', 'json', 'parquet'] as const
export type QueryFormat = (typeof queryFormats)[number]

/** Rows are turned into text so many at a time. */
const ROWS = 5_000
/** Rows of a Parquet row group. */
const GROUP_ROWS = 131_072

/** A value of SQLite as text: numbers in full, blobs in hexadecimal. */
const plain = (value: Cell): string =>
  value === null ? '' : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)

/** Whole numbers beyond 2^53 are text, so that no reader of JSON rounds them; blobs are in hexadecimal. */
function jsonValue(value: Cell): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

function writeJson({ columns, rows }: Answer, write: (text: string) => void): void {
  let isFirst = true
  write('[')
  for (const row of rows) {
    const object = Object.fromEntries(columns.map((column, index) => [column, jsonValue(row[index])]))
    write(`${isFirst ? '' : ','}\n${JSON.stringify(object)}`)
    isFirst = false
  }
  write(isFirst ? ']\n' : '\n]\n')
}

function writeCsv({ columns, rows }: Answer, write: (text: string) => void): void {
  write(csvLine([...columns]))
  for (const part of groupsOf(rows, ROWS)) write(csvLines(part.map((row) => row.map(plain))))
}

/** Columns are as wide as the widest value of a group of rows; numbers are aligned to the right. */
function writeTable({ columns, rows }: Answer, write: (text: string) => void): void {
  let isFirst = true
  for (const part of groupsOf(rows, ROWS)) {
    const texts = part.map((row) => row.map((cell) => printable(plain(cell))))
    const isNumber = columns.map((_, index) => texts.every((row) => /^-?[\d.]*$/.test(row[index])))
    const widths = columns.map((name, index) =>
      texts.reduce((most, row) => Math.max(most, row[index].length), name.length),
    )
    const line = (cells: readonly string[]) =>
      `${cells
        .map((cell, index) => (isNumber[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index])))
        .join('  ')
        .trimEnd()}\n`
    if (isFirst) write(line(columns) + line(widths.map((width) => '-'.repeat(width))))
    write(texts.map(line).join(''))
    isFirst = false
  }
  if (isFirst) write(`${columns.join('  ')}\n`)
}

function* groupsOf<T>(rows: Iterable<T>, most: number): Generator<T[]> {
  let part: T[] = []
  for (const row of rows) {
    part.push(row)
    if (part.length < most) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

/** Texts that are decimals of one scale are exact decimals in Parquet. */
const DECIMAL = /^-?\d+\.(\d{1,18})$/

/** The type of a column, by the values of the first row group. */
function columnOf(name: string, cells: readonly Cell[]): ParquetColumn {
  const values = cells.filter((cell) => cell !== null)
  if (values.length > 0 && values.every((cell) => typeof cell === 'bigint'))
    return { name, kind: 'int64', isOptional: true }
  const scales = new Set(values.map((cell) => (typeof cell === 'string' ? DECIMAL.exec(cell)?.[1].length : undefined)))
  const [scale] = scales
  if (scales.size === 1 && scale !== undefined) return { name, kind: 'decimal', scale, isWide: true, isOptional: true }
  return { name, kind: 'text', isOptional: true }
}

function valuesOf({ name, kind, scale = 0 }: ParquetColumn, cells: readonly Cell[]): ColumnValues {
  const there = cells.filter((cell) => cell !== null)
  const present = Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1))
  if (kind === 'int64') {
    if (!there.every((cell) => typeof cell === 'bigint')) throw mixed(name)
    return { values: BigInt64Array.from(there as bigint[]), present }
  }
  if (kind === 'decimal') {
    const wrong = there.some((cell) => typeof cell !== 'string' || DECIMAL.exec(cell)?.[1].length !== scale)
    if (wrong) throw mixed(name)
    return { values: there.map((cell) => BigInt(String(cell).replace('.', ''))), present }
  }
  const words: string[] = []
  const places = new Map<string, number>()
  const taken = there.map((cell) => {
    const text = plain(cell)
    let place = places.get(text)
    if (place === undefined) {
      place = words.push(text) - 1
      places.set(text, place)
    }
    return place
  })
  return { values: { words, places: Int32Array.from(taken) }, present }
}

const mixed = (name: string): InputError =>
  new InputError(`column ${name} has values of several types`, `write cast(${name} AS text) AS ${name}`)

async function writeParquet({ columns, rows }: Answer, write: (bytes: Uint8Array) => void): Promise<void> {
  const { ParquetWriter } = await import('#sim/record/parquet/writer.ts')
  let schema: ParquetColumn[] | undefined
  let writer: InstanceType<typeof ParquetWriter> | undefined
  for (const part of groupsOf(rows, GROUP_ROWS)) {
    const cells = columns.map((_, index) => part.map((row) => row[index]))
    schema ??= columns.map((name, index) => columnOf(name, cells[index]))
    writer ??= new ParquetWriter(schema, write)
    writer.rowGroup(
      schema.map((column, index) => valuesOf(column, cells[index])),
      part.length,
    )
  }
  writer ??= new ParquetWriter(
    columns.map((name) => ({ name, kind: 'text', isOptional: true })),
    write,
  )
  writer.end()
}

/** Writes an answer to stdout. */
export async function writeAnswer(answer: Answer, format: QueryFormat): Promise<void> {
  const write = (text: string | Uint8Array): void => {
    process.stdout.write(text)
  }
  if (format === 'json') writeJson(answer, write)
  else if (format === 'csv') writeCsv(answer, write)
  else if (format === 'table') writeTable(answer, write)
  else await writeParquet(answer, write)
}
