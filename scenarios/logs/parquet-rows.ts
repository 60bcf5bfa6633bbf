/** Rows of a Parquet file, a group of rows at a time: memory is bounded by the largest group and the columns that are read. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { ParquetColumnType, ParquetMetadata } from 'hyparquet'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { firstBytes } from './log-bytes.ts'
import type { LogRow, LogTaker } from './log-row.ts'
import { NamedColumns } from './log-row.ts'
import { lz4Block, lz4Blocks } from './lz4.ts'

/** Whether a file begins as Parquet does. */
export const isParquet = (path: string): boolean => Buffer.from(firstBytes(path, 4)).toString('latin1') === 'PAR1'

/** Of the codecs that the reader does not have itself. */
const compressors = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
  LZ4: lz4Blocks,
  LZ4_RAW: lz4Block,
}

/** Remembers which columns are asked for: only they are read. */
class AskedColumns extends NamedColumns {
  readonly asked = new Set<number>()

  override find(name: string): number {
    const field = super.find(name)
    if (field >= 0) this.asked.add(field)
    return field
  }
}

class ColumnRow implements LogRow {
  line = 0
  /** Row within its group. */
  place = 0
  columns: readonly (ArrayLike<unknown> | undefined)[] = []
  readonly #scales: readonly (number | undefined)[]

  constructor(scales: readonly (number | undefined)[]) {
    this.#scales = scales
  }

  get fields(): number {
    return this.columns.length
  }

  text(field: number): string {
    return textOf(this.columns[field]?.[this.place], this.#scales[field])
  }
}

/** `scale`: decimals of a DECIMAL, which is read as the whole number that the file stores, so that it stays exact. */
function textOf(value: unknown, scale: number | undefined): string {
  if (value === null || value === undefined) return ''
  if (scale !== undefined) {
    const whole = value instanceof Uint8Array ? signed(value) : BigInt(value as number | bigint)
    return decimalText(whole, scale)
  }
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return typeof value === 'object' ? JSON.stringify(value, ofNested) : String(value)
}

/** Values of nested columns as JSON has them. */
const ofNested = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value

/** A whole number as two's complement, the most significant byte first. */
function signed(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = value * 256n + BigInt(byte)
  return bytes.length > 0 && bytes[0] > 127 ? value - (1n << BigInt(8 * bytes.length)) : value
}

/** Takes the decimals out of the reader's hands, which makes floats of them; answers their scale. */
function decimalScale(element: ParquetColumnType): number | undefined {
  if (element.converted_type !== 'DECIMAL' && element.logical_type?.type !== 'DECIMAL') return undefined
  const scale = element.scale ?? element.logical_type?.scale ?? 0
  delete element.converted_type
  delete element.logical_type
  return scale
}

/** The columns of the first level, in their order. */
function topColumns({ schema }: ParquetMetadata): ParquetColumnType[] {
  const found: ParquetColumnType[] = []
  let at = 1
  const skip = (): void => {
    const children = schema[at++]?.num_children ?? 0
    for (let child = 0; child < children; child++) skip()
  }
  for (let column = 0; column < (schema[0]?.num_children ?? 0); column++) {
    found.push(schema[at])
    skip()
  }
  return found
}

/** Reads every row, and gives way after each group of them. Throws InputError where the file is damaged. */
export async function* parquetGroups(path: string, file: string, taker: LogTaker): AsyncGenerator<void> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet')
  const { parquetReadColumn } = await import('hyparquet/src/read.js')
  try {
    const buffer = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(buffer)
    const elements = topColumns(metadata)
    const row = new ColumnRow(elements.map((element) => decimalScale(element)))
    const columns = new AskedColumns(elements.map(({ name }) => name))
    taker.columns(columns)
    let rowStart = 0
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows)
      const read: (ArrayLike<unknown> | undefined)[] = Array.from({ length: elements.length })
      for (const field of columns.asked) {
        const options = {
          file: buffer,
          metadata,
          columns: [elements[field].name],
          rowStart,
          rowEnd,
          compressors,
          utf8: false,
        }
        read[field] = await parquetReadColumn(options)
      }
      row.columns = read
      for (row.place = 0; rowStart + row.place < rowEnd; row.place++) {
        row.line = rowStart + row.place + 1
        taker.row(row)
      }
      rowStart = rowEnd
      yield
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    const { message, code } = error as NodeJS.ErrnoException
    if (code !== undefined && !code.startsWith('Z_') && !code.startsWith('ERR_')) throw error
    const hint = /not supported|unsupported/i.test(message)
      ? 'write the file again with numbers, texts or timestamps in that column'
      : 'copy or download the file again'
    throw new InputError(`the Parquet file cannot be read (${message})`, hint, file)
  }
}

/** SHA-256 of a file, in hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
