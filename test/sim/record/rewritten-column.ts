/** Changes a column file of a record so that its sums are right: what an audit must find, and no checksum does. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import { factColumns, type TableName } from '#sim/record/columns.ts'
import { encoderOf } from '#sim/record/log-encoders.ts'
import { type ColumnRead, ParquetReader, type WideRead, type WordsRead, wideAt } from '#sim/record/parquet/reader.ts'
import { type ColumnValues, ParquetWriter } from '#sim/record/parquet/writer.ts'

const listOf = ({ values }: ColumnRead): bigint[] =>
  'words' in values
    ? []
    : 'wide' in values
      ? Array.from({ length: values.length }, (_, row) => wideAt(values, row))
      : wholesRead(values)

/** Whole numbers that were read, whichever way they were written. */
export function wholesRead(values: Exclude<ColumnRead['values'], WideRead | WordsRead>): bigint[] {
  if ('near' in values) return Array.from(values.near, BigInt)
  if (!('distinct' in values)) return Array.from(values, BigInt)
  const { distinct, places } = values
  return Array.from(places, (place) => ('wide' in distinct ? wideAt(distinct, place) : BigInt(distinct[place])))
}

const isWide = ({ values }: ColumnRead): boolean =>
  'distinct' in values ? 'wide' in values.distinct : 'wide' in values

/** What was read as it is written. */
function again(read: ColumnRead): ColumnValues {
  const { values, present } = read
  const written = isWide(read) ? listOf(read) : values
  return { values: written, ...(present === undefined ? {} : { present }) } as ColumnValues
}

/** Changes a column of whole numbers in the first cell's file of a table; `change` gets each with its row. */
export function rewriteColumn(
  record: string,
  table: TableName,
  name: string,
  change: (value: bigint, row: number) => bigint,
): void {
  const file = `columns/cell-0/${table}.parquet`
  const path = join(dirname(record), file)
  const reader = new ParquetReader(path, readFileSync(path))
  const parts: Uint8Array[] = []
  const columns = factColumns(table).map((each) => encoderOf(table, each, 0, []).parquet)
  const writer = new ParquetWriter(columns, (bytes) => parts.push(bytes.slice()))
  let row = 0
  for (const [group, rows] of reader.groups.entries()) {
    const values = columns.map((column, index) => {
      const read = reader.read(group, index)
      if (column.name !== name) return again(read)
      const changed = listOf(read).map((value, place) => change(value, row + place))
      return { values: isWide(read) ? changed : BigInt64Array.from(changed) }
    })
    writer.rowGroup(values, rows)
    row += rows
  }
  writer.end()
  const bytes = Buffer.concat(parts)
  writeFileSync(path, bytes)
  const database = new Sqlite(record)
  database.prepare('UPDATE column_files SET bytes = ?, crc = ? WHERE file = ?').run(bytes.length, crc32(bytes), file)
  database.close()
}
