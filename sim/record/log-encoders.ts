/** Columns of facts as the fact log has them, encoded for Parquet by their unit. */
import { type UnitPrice, unpackPrice } from '#base/money.ts'
import { own } from '#base/own.ts'
import { type TableName, unitOf } from './columns.ts'
import { fewNumbers } from './few-numbers.ts'
import { MOST_OF_DIFFERENCES } from './parquet/differences.ts'
import { type ParquetColumn, WIDE_BYTES } from './parquet/schema.ts'
import type { ColumnValues, Search } from './parquet/writer.ts'
import { fromLog } from './wide.ts'

/** Facts of one table, so many numbers each. */
export interface LogRows {
  readonly numbers: Float64Array
  readonly width: number
  readonly count: number
}

type Encode = (rows: LogRows, place: number) => ColumnValues

const TWO_32 = 4_294_967_296
/** Dividing by a power of two is exact either way, and a product takes a quarter of the time. */
const OF_TWO_32 = 1 / TWO_32

/** How the whole numbers of a column go to Parquet: as 64 bits each, as differences, or as places among the few that there are. */
export type Manner = 'plain' | 'near' | 'few'

interface Way {
  readonly manner: Manner
  readonly search?: Search
}

const plain: Way = { manner: 'plain' }
const near: Way = { manner: 'near' }
const nearDouble: Way = { manner: 'near', search: 'double' }
const few: Way = { manner: 'few', search: 'short' }
const plainDouble: Way = { manner: 'plain', search: 'double' }

/**
 * Columns whose numbers are near those before them, or few, or repeat in another way than most: what zstd makes of them is
 * smaller, and has less to read. Each was measured; of the others a dictionary or differences were larger.
 */
const ways: Readonly<Partial<Record<TableName, Readonly<Record<string, Way>>>>> = {
  usage_spans: {
    instance_id: nearDouble,
    priced: few,
    first_hour: few,
    hours: few,
    unit_price: few,
    amount: few,
  },
  transactions: { id: near, at: few, account: nearDouble, repeats: few, order_id: plainDouble, hour: few, day: few },
  postings: { transaction_id: near, owner: plainDouble },
  recognitions: { transaction_id: near, price: few, commission: few, days: few, earned_from: near, earned_to: near },
  seller_shares: { transaction_id: near, specification: few, month: few, sales: few, cost: few },
  order_steps: { order_id: near, at: near },
  ledger_months: { account: near, owner: near, month: few, times: few },
  metered_months: { account: near, priced: few, pool: few, month: few, lines: few },
  instance_steps: { instance_id: near, at: near, specification: few },
  subscription_steps: { subscription_id: near, at: near },
}

/** What columns are encoded in, one after the other: no row group needs memory of its own. */
class Room {
  readonly numbers: Float64Array
  /** Two for each number. */
  readonly halves: Int32Array
  readonly places: Int32Array
  readonly wide: DataView

  constructor(count: number) {
    this.numbers = new Float64Array(count)
    this.halves = new Int32Array(count * 2)
    this.places = new Int32Array(count)
    this.wide = new DataView(new ArrayBuffer(count * WIDE_BYTES))
  }
}

let room = new Room(0)

function roomFor(count: number): Room {
  if (room.numbers.length < count) room = new Room(count)
  return room
}

/** The numbers of a column one after the other, until the next column is encoded. */
function numbersOf({ numbers, width, count }: LogRows, place: number): Float64Array {
  const values = roomFor(count).numbers.subarray(0, count)
  for (let row = 0, at = place; row < count; row++, at += width) values[row] = numbers[at]
  return values
}

/** Whole numbers that float64 holds exactly. */
function wholes(numbers: Float64Array, { manner, search }: Way): ColumnValues {
  if (numbers.length === 0) return { values: new BigInt64Array(0) }
  const found = manner === 'few' ? fewNumbers(numbers, roomFor(numbers.length).places) : undefined
  const [least, most] = extremes(found?.distinct ?? numbers)
  const bounds = [BigInt(least), BigInt(most)] as const
  if (manner === 'near' && least >= -MOST_OF_DIFFERENCES && most <= MOST_OF_DIFFERENCES)
    return { values: { near: numbers }, bounds, search }
  if (found === undefined) {
    // Of many different numbers whole ones repeat, not places.
    return { values: longs(numbers, least, most), bounds, search: manner === 'few' ? 'double' : search }
  }
  return { values: { distinct: longs(found.distinct, least, most), places: found.places }, bounds, search }
}

function extremes(numbers: Float64Array): readonly [least: number, most: number] {
  let least = numbers[0]
  let most = least
  for (let row = 1; row < numbers.length; row++) {
    const value = numbers[row]
    if (value < least) least = value
    else if (value > most) most = value
  }
  return [least, most]
}

/** As 64 bits: what is beyond 32 bits is the high half. */
function longs(numbers: Float64Array, least: number, most: number): BigInt64Array {
  const { halves } = roomFor(numbers.length)
  const count = numbers.length
  if (least >= 0 && most < TWO_32)
    for (let row = 0; row < count; row++) {
      halves[row * 2] = numbers[row]
      halves[row * 2 + 1] = 0
    }
  else
    for (let row = 0; row < count; row++) {
      const value = numbers[row]
      const high = Math.floor(value * OF_TWO_32)
      halves[row * 2] = value - high * TWO_32
      halves[row * 2 + 1] = high
    }
  return new BigInt64Array(halves.buffer, 0, count)
}

const encodeWholes =
  (way: Way): Encode =>
  (rows, place) =>
    wholes(numbersOf(rows, place), way)

/** Unit prices: those that float64 does not hold exactly are packed in the log. */
const encodePrices =
  (way: Way): Encode =>
  (rows, place) => {
    const numbers = numbersOf(rows, place)
    if (numbers.every((number) => number >= 0)) return wholes(numbers, way)
    return { values: BigInt64Array.from(numbers, (number) => unpackPrice(number as UnitPrice)) }
  }

/** Instants of which a row may have none: 0 in the log. */
const encodeInstants =
  (way: Way): Encode =>
  (rows, place) => {
    const all = numbersOf(rows, place)
    const present = new Uint8Array(all.length)
    let next = 0
    for (let row = 0; row < all.length; row++) {
      if (all[row] === 0) continue
      present[row] = 1
      all[next++] = all[row]
    }
    return { ...wholes(all.subarray(0, next), way), present }
  }

/** Whole numbers below 2^31. */
const encodeSmalls =
  ({ manner, search }: Way): Encode =>
  (rows, place) => {
    const numbers = numbersOf(rows, place)
    const { halves, places } = roomFor(numbers.length)
    const found = manner === 'few' ? fewNumbers(numbers, places) : undefined
    if (found !== undefined)
      return { values: { distinct: Int32Array.from(found.distinct), places: found.places }, search }
    const values = halves.subarray(0, numbers.length)
    for (let row = 0; row < values.length; row++) values[row] = numbers[row]
    return { values, search }
  }

/** Words: places in the list of those that the rows have, in the order in which they first come. */
function encodeWords(all: readonly string[]): Encode {
  /** By number of a word: its place and 1; 0 where it has none. */
  const placeOf = new Int32Array(all.length)
  return ({ numbers, width, count }, place) => {
    const places = roomFor(count).places.subarray(0, count)
    const words: string[] = []
    placeOf.fill(0)
    for (let row = 0, at = place; row < count; row++, at += width) {
      const number = numbers[at]
      let found = placeOf[number]
      if (found === 0) placeOf[number] = found = words.push(all[number])
      places[row] = found - 1
    }
    return { values: { words, places } }
  }
}

/** Amounts of any size: decimals of 38 digits. Nearly all fit float64 and need no bigint. */
const encodeAmounts =
  ({ manner, search }: Way): Encode =>
  (rows, place) => {
    const { numbers, width, count } = rows
    if (manner === 'few' && areSafe(rows, place + 1)) {
      const found = fewNumbers(numbersOf(rows, place), roomFor(count).places)
      if (found !== undefined) return { values: { distinct: wideBytes(found.distinct), places: found.places }, search }
    }
    const { wide } = roomFor(count)
    for (let row = 0, at = place, to = 0; row < count; row++, at += width, to += WIDE_BYTES) {
      const low = numbers[at]
      const high = numbers[at + 1]
      if (high === 0) putSafe(wide, to, low)
      else {
        const amount = fromLog(low, high)
        wide.setBigInt64(to, amount >> 64n)
        wide.setBigUint64(to + 8, BigInt.asUintN(64, amount))
      }
    }
    return { values: new Uint8Array(wide.buffer, 0, count * WIDE_BYTES) }
  }

/** Whether amounts are in the first of their two numbers alone; `place` is that of the second. */
function areSafe({ numbers, width, count }: LogRows, place: number): boolean {
  for (let row = 0, at = place; row < count; row++, at += width) if (numbers[at] !== 0) return false
  return true
}

function putSafe(wide: DataView, to: number, amount: number): void {
  const half = Math.floor(amount * OF_TWO_32)
  const sign = amount < 0 ? -1 : 0
  wide.setInt32(to, sign)
  wide.setInt32(to + 4, sign)
  wide.setInt32(to + 8, half)
  wide.setUint32(to + 12, amount - half * TWO_32)
}

/** Numbers that float64 holds exactly, as wide decimals. */
function wideBytes(numbers: Float64Array): Uint8Array {
  const wide = new DataView(new ArrayBuffer(numbers.length * WIDE_BYTES))
  for (let at = 0; at < numbers.length; at++) putSafe(wide, at * WIDE_BYTES, numbers[at])
  return new Uint8Array(wide.buffer)
}

/** Instants that every row has: of the fact itself, or of the hour that it is about. */
const always: readonly string[] = ['at', 'first_hour', 'month']

/**
 * How a column goes to Parquet. `place`: where it begins within a fact; `words`: all words of the run by their numbers. What is
 * encoded is to be written before the next column is.
 */
export function encoderOf(
  table: TableName,
  name: string,
  place: number,
  words: readonly string[],
): { readonly parquet: ParquetColumn; readonly encode: (rows: LogRows) => ColumnValues } {
  const by = (parquet: Omit<ParquetColumn, 'name'>, encode: Encode) => ({
    parquet: { name, ...parquet },
    encode: (rows: LogRows) => encode(rows, place),
  })
  const way = own(own(ways, table) ?? {}, name) ?? plain
  switch (unitOf(table, name)) {
    case 'money':
      return by({ kind: 'decimal', scale: 8, isWide: true }, encodeAmounts(way))
    case 'charge':
    case 'quantity':
      return by({ kind: 'decimal', scale: 8 }, encodeWholes(way))
    case 'price':
      return by({ kind: 'decimal', scale: 10 }, encodePrices(way))
    case 'word':
      return by({ kind: 'text' }, encodeWords(words))
    case 'instant':
      return always.includes(name)
        ? by({ kind: 'instant' }, encodeWholes(way))
        : by({ kind: 'instant', isOptional: true }, encodeInstants(way))
    case 'day':
      return by({ kind: 'date' }, encodeSmalls(way))
    case 'flag':
    case 'months':
    case 'seconds':
      return by({ kind: 'int32' }, encodeSmalls(way))
    default:
      return by({ kind: 'int64' }, encodeWholes(way))
  }
}
