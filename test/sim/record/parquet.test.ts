/** Parquet that is written, read back by two readers that know nothing of each other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { fewNumbers } from '#sim/record/few-numbers.ts'
import { bitsOf, packBits, unpackBits, unpackSome } from '#sim/record/parquet/bit-packing.ts'
import { differenceBytes, MOST_OF_DIFFERENCES, readDifferences } from '#sim/record/parquet/differences.ts'
import { ParquetDamage, ParquetReader, wideAt } from '#sim/record/parquet/reader.ts'
import type { ParquetColumn } from '#sim/record/parquet/schema.ts'
import { ParquetWriter } from '#sim/record/parquet/writer.ts'
import { naiveRows } from './naive-parquet.ts'
import { wholesRead } from './rewritten-column.ts'

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
  { name: 'near', kind: 'int64' },
  { name: 'perhaps', kind: 'instant', isOptional: true },
  { name: 'few', kind: 'int64' },
  { name: 'flag', kind: 'int32' },
  { name: 'price', kind: 'decimal', scale: 8, isWide: true },
]

interface Row {
  readonly whole: bigint
  readonly small: number
  readonly day: number
  readonly at: bigint | null
  readonly amount: bigint
  readonly vast: bigint
  readonly word: string
  readonly near: number
  readonly perhaps: number | null
  readonly few: bigint
  readonly flag: number
  readonly price: bigint
}

/** Numbers as places among the different ones. */
function listed<N extends bigint | number>(
  rows: readonly Row[],
  of: (row: Row) => N,
  arrayOf: (all: readonly N[]) => Int32Array | BigInt64Array | Uint8Array,
) {
  const all = [...new Set(rows.map(of))]
  return { distinct: arrayOf(all), places: Int32Array.from(rows, (row) => all.indexOf(of(row))) }
}

/** 16 bytes each, the high one first. */
function wideBytes(all: readonly bigint[]): Uint8Array {
  const text = all.map((number) => BigInt.asUintN(128, number).toString(16).padStart(32, '0')).join('')
  return new Uint8Array(Buffer.from(text, 'hex'))
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
        { values: BigInt64Array.from(rows, ({ amount }) => amount), search: 'double' },
        { values: rows.map(({ vast }) => vast) },
        { values: { words, places: Int32Array.from(rows, ({ word }) => words.indexOf(word)) } },
        { values: { near: Float64Array.from(rows, ({ near }) => near) } },
        {
          values: { near: Float64Array.from(rows.flatMap(({ perhaps }) => (perhaps === null ? [] : [perhaps]))) },
          present: Uint8Array.from(rows, ({ perhaps }) => (perhaps === null ? 0 : 1)),
        },
        {
          values: listed(
            rows,
            ({ few }) => few,
            (all) => BigInt64Array.from(all),
          ),
          search: 'short',
        },
        {
          values: listed(
            rows,
            ({ flag }) => flag,
            (all) => Int32Array.from(all),
          ),
        },
        { values: listed(rows, ({ price }) => price, wideBytes), search: 'short' },
      ],
      rows.length,
    )
  }
  writer.end()
  const bytes = Buffer.concat(parts)
  writeFileSync(path, bytes)
  return bytes
}

/** All rows by the reader of the record, as the naive one gives them; or those of each row group at some places. */
function rowsRead(choose: (count: number) => Int32Array | undefined = () => undefined) {
  const reader = new ParquetReader(path)
  return reader.groups.flatMap((count, group): Record<string, bigint | string | null>[] => {
    const chosen = choose(count)
    const read = reader.columns.map((_, column) => reader.read(group, column, undefined, chosen))
    const next = read.map(() => 0)
    return Array.from({ length: chosen?.length ?? count }, (_, row) =>
      Object.fromEntries(
        reader.columns.map(({ name }, column) => {
          const { values, present } = read[column]
          if (present?.[row] === 0) return [name, null]
          const place = next[column]++
          if ('words' in values) return [name, values.words[values.places[place]]]
          if ('wide' in values) return [name, wideAt(values, place)]
          return [name, wholesRead(values)[place]]
        }),
      ),
    )
  })
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const digits = (count: bigint) => fc.bigInt({ min: -(10n ** count) + 1n, max: 10n ** count - 1n })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
/** What float64 holds exactly, differences too. */
const near = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  int32,
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  fc.integer({ min: -MOST_OF_DIFFERENCES, max: MOST_OF_DIFFERENCES }),
)
const row: fc.Arbitrary<Row> = fc.record({
  whole: int64,
  small: int32,
  day: int32,
  at: fc.option(int64),
  amount: digits(18n),
  vast: digits(38n),
  word: fc.oneof(fc.constantFrom('usage', 'payment', ''), fc.string({ unit: 'grapheme', maxLength: 12 })),
  near,
  perhaps: fc.option(near),
  few: fc.oneof(fc.constantFrom(3n, -1n), int64),
  flag: fc.oneof(fc.constantFrom(0, 1), int32),
  price: fc.oneof(fc.constantFrom(5n, -1n), digits(38n)),
})

test('what is written is what both readers read, whatever the values, rows and row groups', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), { maxLength: 4 }), (groups) => {
      const first = written(groups)
      expect(written(groups)).toEqual(first)
      const expected = groups.flat().map((each) => ({
        ...each,
        ...{ small: BigInt(each.small), day: BigInt(each.day), flag: BigInt(each.flag), near: BigInt(each.near) },
        perhaps: each.perhaps === null ? null : BigInt(each.perhaps),
      }))
      expect(rowsRead()).toEqual(expected)
      expect(naiveRows(path)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('of chosen rows the reader answers what it answers of all, whichever they are', () => {
  const groups = fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(groups, fc.array(fc.boolean(), { minLength: 1 }), (groups, kept) => {
      written(groups)
      const isKept = (place: number): boolean => kept[place % kept.length]
      const chosen = (count: number) =>
        Int32Array.from(Array.from({ length: count }, (_, place) => place).filter(isKept))
      const all = rowsRead()
      let before = 0
      const expected = groups.flatMap(({ length }) => {
        before += length
        return [...chosen(length)].map((place) => all[before - length + place])
      })
      expect(rowsRead(chosen)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('numbers of any width in bits come back, all or some', () => {
  const numbers = fc.integer({ min: 0, max: 31 }).chain((bits) => fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 })))
  fc.assert(
    fc.property(numbers, fc.nat(7), fc.integer({ min: 1, max: 9 }), (list, first, step) => {
      const bits = bitsOf(Math.max(0, ...list))
      const bytes = packBits(list, bits)
      expect([...unpackBits(bytes, 0, bits, new Int32Array(list.length))]).toEqual(list)
      const chosen = Int32Array.from(list.keys()).filter((place) => place >= first && (place - first) % step === 0)
      const some = unpackSome(bytes, 0, bits, chosen, new Int32Array(chosen.length))
      expect([...some]).toEqual([...chosen].map((place) => list[place]))
    }),
  )
})

test('numbers take as many bytes as their differences, and come back', () => {
  // How many numbers, how far apart, and the bytes of each difference but the least.
  const cases: readonly (readonly [(at: number) => number, number])[] = [
    [() => 7, 0],
    [(at) => 1000 + 3 * at, 0],
    [(at) => (at % 2 === 0 ? at : at + 127), 1],
    [(at) => (at % 2 === 0 ? at : at + 128), 2],
    [(at) => 86_400_000 * (at % 2), 4],
    [(at) => 2 ** 40 * (at % 2), 6],
    [(at) => MOST_OF_DIFFERENCES * (at % 2 === 0 ? 1 : -1), 7],
  ]
  for (const [numberOf, width] of cases)
    for (const count of [0, 1, 2, 3, 128, 129, 130, 1000]) {
      const numbers = Float64Array.from({ length: count }, (_, at) => numberOf(at))
      const bytes = differenceBytes(numbers)
      expect(readDifferences(bytes, new Float64Array(count)), `${numberOf} ${count}`).toEqual(numbers)
      const block = Math.ceil((count - 1) / 128) * 128
      // With three, both differences are there: the least has none of its own.
      if (count > 2) expect(Math.floor((bytes.length - 5) / block)).toBe(width)
    }
})

test('of numbers with few different ones the places are kept, of others nothing', () => {
  const numbers = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger()), { maxLength: 200 })
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 6 }), (some, times) => {
      const all = Float64Array.from(Array.from({ length: times }, () => some).flat())
      const few = fewNumbers(all, new Int32Array(all.length))
      const different = [...new Set(all)]
      expect(few !== undefined).toBe(all.length >= 4 && different.length <= all.length / 4)
      if (few === undefined) return
      expect([...few.distinct]).toEqual(different)
      expect([...few.places].map((place) => few.distinct[place])).toEqual([...all])
    }),
  )
  const many = Float64Array.from({ length: 65_536 }, (_, at) => (at % 8193) * 1000)
  const room = new Int32Array(many.length)
  expect(fewNumbers(many, room)).toBeUndefined()
  expect(
    fewNumbers(
      many.map((number) => number % 8_192_000),
      room,
    )?.distinct.length,
  ).toBe(8192)
})

const sample: Row = {
  ...{ whole: 5n, small: 1, day: 19_784, at: 7n, amount: -3n, vast: 10n ** 30n, word: 'usage' },
  ...{ near: 12, perhaps: 9, few: 2n, flag: 1, price: 7n },
}
const group = Array.from({ length: 40 }, (_, at) => ({
  ...{ ...sample, whole: BigInt(at), word: `w${at % 7}` },
  ...{ near: at * at * 1000, few: BigInt(at % 5) },
}))

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
  for (let at = 4; at < bytes.length; at += 11) {
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
  expect(silent.length).toBeLessThan(bytes.length / 11 / 2)
})

test('a file that was cut off is reported of', () => {
  const bytes = written([group])
  for (const size of [0, 3, 11, bytes.length >> 1, bytes.length - 1])
    expect(description(bytes.subarray(0, size))).toMatch(/its end|its footer/)
})
