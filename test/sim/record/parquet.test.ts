/** Parquet that is written, read back by two readers that know nothing of each other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { bitsOf, packBits, unpackBits } from '#sim/record/parquet/bit-packing.ts'
import { ParquetDamage, ParquetReader, wideAt } from '#sim/record/parquet/reader.ts'
import type { ParquetColumn } from '#sim/record/parquet/schema.ts'
import { ParquetWriter } from '#sim/record/parquet/writer.ts'
import { naiveRows } from './naive-parquet.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-parquet-'))
const path = join(folder, 'rows.parquet')
afterAll(() => rmSync(folder, { recursive: true }))

const columns: readonly ParquetColumn[] = [
  { name: 'whole', kind: 'int64' },
  { name: 'small', kind: 'int32' },
  { name: 'day', kind: 'date' },
  { name: 'at', kind: 'instant', isOptional: true },
  { name: 'amount', kind: 'decimal', scale: 8 },
  { name: 'vast', kind: 'decimal', scale: 8, isWide: true },
  { name: 'word', kind: 'text' },
]

interface Row {
  readonly whole: bigint
  readonly small: number
  readonly day: number
  readonly at: bigint | null
  readonly amount: bigint
  readonly vast: bigint
  readonly word: string
}

/** Writes row groups; returns the bytes. */
function written(groups: readonly (readonly Row[])[]): Uint8Array {
  const parts: Uint8Array[] = []
  const writer = new ParquetWriter(columns, (bytes) => parts.push(bytes.slice()), [['run', 'one']])
  for (const rows of groups) {
    const words = [...new Set(rows.map(({ word }) => word))]
    writer.rowGroup(
      [
        { values: BigInt64Array.from(rows, ({ whole }) => whole) },
        { values: Int32Array.from(rows, ({ small }) => small) },
        { values: Int32Array.from(rows, ({ day }) => day) },
        {
          values: BigInt64Array.from(rows.flatMap(({ at }) => (at === null ? [] : [at]))),
          present: Uint8Array.from(rows, ({ at }) => (at === null ? 0 : 1)),
        },
        { values: BigInt64Array.from(rows, ({ amount }) => amount) },
        { values: rows.map(({ vast }) => vast) },
        { values: { words, places: Int32Array.from(rows, ({ word }) => words.indexOf(word)) } },
      ],
      rows.length,
    )
  }
  writer.end()
  const bytes = Buffer.concat(parts)
  writeFileSync(path, bytes)
  return bytes
}

/** All rows by the reader of the record, as the naive one gives them. */
function rowsRead(): Record<string, bigint | string | null>[] {
  const reader = new ParquetReader(path)
  return reader.groups.flatMap((count, group) => {
    const read = reader.columns.map((_, column) => reader.read(group, column))
    const next = read.map(() => 0)
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(
        reader.columns.map(({ name }, column) => {
          const { values, present } = read[column]
          if (present?.[row] === 0) return [name, null]
          const place = next[column]++
          if ('words' in values) return [name, values.words[values.places[place]]]
          if ('wide' in values) return [name, wideAt(values, place)]
          const value = values[place]
          return [name, typeof value === 'number' ? BigInt(value) : value]
        }),
      ),
    )
  })
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const digits = (count: bigint) => fc.bigInt({ min: -(10n ** count) + 1n, max: 10n ** count - 1n })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const row: fc.Arbitrary<Row> = fc.record({
  whole: int64,
  small: int32,
  day: int32,
  at: fc.option(int64),
  amount: digits(18n),
  vast: digits(38n),
  word: fc.oneof(fc.constantFrom('usage', 'payment', ''), fc.string({ unit: 'grapheme', maxLength: 12 })),
})

test('what is written is what both readers read, whatever the values, rows and row groups', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), { maxLength: 4 }), (groups) => {
      const first = written(groups)
      expect(written(groups)).toEqual(first)
      const expected = groups.flat().map((each) => ({ ...each, small: BigInt(each.small), day: BigInt(each.day) }))
      expect(rowsRead()).toEqual(expected)
      expect(naiveRows(path)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('numbers of any width in bits come back', () => {
  const numbers = fc.integer({ min: 0, max: 31 }).chain((bits) => fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 })))
  fc.assert(
    fc.property(numbers, (list) => {
      const bits = bitsOf(Math.max(0, ...list))
      expect([...unpackBits(packBits(list, bits), 0, bits, list.length)]).toEqual(list)
    }),
  )
})

const sample: Row = { whole: 5n, small: 1, day: 19_784, at: 7n, amount: -3n, vast: 10n ** 30n, word: 'usage' }
const group = Array.from({ length: 40 }, (_, at) => ({ ...sample, whole: BigInt(at), word: `w${at % 7}` }))

/** What the reader says of a file; nothing where it reads it. */
function description(bytes: Uint8Array): string {
  writeFileSync(path, bytes)
  try {
    rowsRead()
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(ParquetDamage)
    return (error as ParquetDamage).message
  }
}

test('any flipped bit of the data is found, and named by column and row group or by its part of the file', () => {
  const bytes = written([group, group])
  const before = rowsRead()
  const silent: number[] = []
  // The first four bytes only say that it is Parquet.
  for (let at = 4; at < bytes.length; at += 5) {
    const spoilt = Uint8Array.from(bytes)
    spoilt[at] ^= 1 << (at % 8)
    const message = description(spoilt)
    if (message !== '')
      expect(message).toMatch(/^rows\.parquet is damaged, (column .*, row group \d+|its footer|its end|byte \d+): ./)
    else silent.push(at)
    // What this reader does not use, such as bounds, has no sum of its own; names of columns have the hash of the file.
    if (message === '')
      expect(rowsRead().map((row) => Object.values(row))).toEqual(before.map((row) => Object.values(row)))
  }
  expect(silent.length).toBeLessThan(bytes.length / 5 / 2)
})

test('a file that was cut off is reported of', () => {
  const bytes = written([group])
  for (const size of [0, 3, 11, bytes.length >> 1, bytes.length - 1])
    expect(description(bytes.subarray(0, size))).toMatch(/its end|its footer/)
})
