/** Columns of facts as the fact log has them, encoded for Parquet by their unit. */
import { type UnitPrice, unpackPrice } from '#base/money.ts'
import { own } from '#base/own.ts'
import { type TableName, unitOf } from './columns.ts'
import { fewNumbers } from './few-numbers.ts'
import { MOST_OF_DIFFERENCES } from './parquet/differences.ts'
import { type ParquetColumn, WIDE_BYTES } from './parquet/schema.ts'
import type { ColumnValues } from './parquet/writer.ts'
import { fromLog } from './wide.ts'

/** Facts of one table, so many numbers each. */
export interface LogRows {
  readonly numbers: Float64Array
  readonly width: number
  readonly count: number
}

type Encode = (rows: LogRows, place: number) => ColumnValues

const TWO_32 = 4_294_967_296

/** How the whole numbers of a column go to Parquet: as 64 bits each, as differences, or as places among the few that there are. */
export type Manner = 'plain' | 'near' | 'few'

/**
 * Columns whose numbers are near those before them, or few: what zstd makes of them is smaller, and has less to read. Each was
 * measured; of the others a dictionary or differences were larger.
 */
const manners: Readonly<Partial<Record<TableName, Readonly<Record<string, Manner>>>>> = {
  usage_spans: { priced: 'few', first_hour: 'few', hours: 'few', unit_price: 'few', amount: 'few' },
  transactions: { id: 'near', account: 'near', repeats: 'few', hour: 'few' },
  postings: { transaction_id: 'near' },
  recognitions: { transaction_id: 'near', days: 'few', earned_from: 'near', earned_to: 'near' },
  seller_shares: { transaction_id: 'near', specification: 'few', month: 'few' },
  order_steps: { order_id: 'near', at: 'near' },
  ledger_months: { account: 'near', owner: 'near', month: 'few', times: 'few' },
  metered_months: { account: 'near', priced: 'few', pool: 'few', month: 'few', lines: 'few' },
  instance_steps: { instance_id: 'near', at: 'near', specification: 'few' },
}

/** What columns are encoded in, one after the other: no row group needs memory of its own. */
let room = { numbers: new Float64Array(0), halves: new Int32Array(0) }

function roomFor(count: number): typeof room {
  if (room.numbers.length < count) room = { numbers: new Float64Array(count), halves: new Int32Array(count * 2) }
  return room
}

/** The numbers of a column one after the other, until the next column is encoded. */
function numbersOf({ numbers, width, count }: LogRows, place: number): Float64Array {
  const values = roomFor(count).numbers.subarray(0, count)
  for (let row = 0, at = place; row < count; row++, at += width) values[row] = numbers[at]
  return values
}

/** Whole numbers that float64 holds exactly. */
function wholes(numbers: Float64Array, manner: Manner): ColumnValues {
  let least = numbers[0]
  let most = numbers[0]
  for (let row = 1; row < numbers.length; row++) {
    const value = numbers[row]
    if (value < least) least = value
    else if (value > most) most = value
  }
  if (numbers.length === 0) return { values: new BigInt64Array(0) }
  const bounds = [BigInt(least), BigInt(most)] as const
  if (manner === 'near' && least >= -MOST_OF_DIFFERENCES && most <= MOST_OF_DIFFERENCES)
    return { values: { near: numbers }, bounds }
  const few = manner === 'few' ? fewNumbers(numbers) : undefined
  if (few === undefined) return { values: longs(numbers), bounds }
  return { values: { distinct: longs(few.distinct), places: few.places }, bounds }
}

/** As 64 bits: what is beyond 32 bits is the high half. */
function longs(numbers: Float64Array): BigInt64Array {
  const { halves } = roomFor(numbers.length)
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row]
    const high = Math.floor(value / TWO_32)
    halves[row * 2] = value - high * TWO_32
    halves[row * 2 + 1] = high
  }
  return new BigInt64Array(halves.buffer, 0, numbers.length)
}

const encodeWholes =
  (manner: Manner): Encode =>
  (rows, place) =>
    wholes(numbersOf(rows, place), manner)

/** Unit prices: those that float64 does not hold exactly are packed in the log. */
const encodePrices =
  (manner: Manner): Encode =>
  (rows, place) => {
    const numbers = numbersOf(rows, place)
    let isPacked = false
    for (const number of numbers) if (number < 0) isPacked = true
    if (!isPacked) return wholes(numbers, manner)
    return { values: BigInt64Array.from(numbers, (number) => unpackPrice(number as UnitPrice)) }
  }

/** Instants of which a row may have none: 0 in the log. */
const encodeInstants =
  (manner: Manner): Encode =>
  (rows, place) => {
    const all = numbersOf(rows, place)
    const present = new Uint8Array(all.length)
    let next = 0
    for (let row = 0; row < all.length; row++) {
      if (all[row] === 0) continue
      present[row] = 1
      all[next++] = all[row]
    }
    return { ...wholes(all.subarray(0, next), manner), present }
  }

/** Whole numbers below 2^31. */
const encodeSmalls: Encode = ({ numbers, width, count }, place) => {
  const values = new Int32Array(count)
  for (let row = 0, at = place; row < count; row++, at += width) values[row] = numbers[at]
  return { values }
}

/** Words: places in the list of those that the rows have, in the order in which they first come. */
const encodeWords =
  (all: readonly string[]): Encode =>
  ({ numbers, width, count }, place) => {
    const places = new Int32Array(count)
    const placeOf = new Int32Array(all.length).fill(-1)
    const words: string[] = []
    for (let row = 0, at = place; row < count; row++, at += width) {
      const number = numbers[at]
      if (placeOf[number] < 0) placeOf[number] = words.push(all[number]) - 1
      places[row] = placeOf[number]
    }
    return { values: { words, places } }
  }

/** Amounts of any size: decimals of 38 digits. Nearly all fit float64 and need no bigint. */
const encodeAmounts: Encode = ({ numbers, width, count }, place) => {
  const bytes = new Uint8Array(count * WIDE_BYTES)
  const view = new DataView(bytes.buffer)
  for (let row = 0, at = place, to = 0; row < count; row++, at += width, to += WIDE_BYTES) {
    const low = numbers[at]
    const high = numbers[at + 1]
    if (high === 0) {
      const half = Math.floor(low / TWO_32)
      if (low < 0) {
        view.setInt32(to, -1)
        view.setInt32(to + 4, -1)
      }
      view.setInt32(to + 8, half)
      view.setUint32(to + 12, low - half * TWO_32)
    } else {
      const amount = fromLog(low, high)
      view.setBigInt64(to, amount >> 64n)
      view.setBigUint64(to + 8, BigInt.asUintN(64, amount))
    }
  }
  return { values: bytes }
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
  const manner = own(own(manners, table) ?? {}, name) ?? 'plain'
  switch (unitOf(table, name)) {
    case 'money':
      return by({ kind: 'decimal', scale: 8, isWide: true }, encodeAmounts)
    case 'charge':
    case 'quantity':
      return by({ kind: 'decimal', scale: 8 }, encodeWholes(manner))
    case 'price':
      return by({ kind: 'decimal', scale: 10 }, encodePrices(manner))
    case 'word':
      return by({ kind: 'text' }, encodeWords(words))
    case 'instant':
      return always.includes(name)
        ? by({ kind: 'instant' }, encodeWholes(manner))
        : by({ kind: 'instant', isOptional: true }, encodeInstants(manner))
    case 'day':
      return by({ kind: 'date' }, encodeSmalls)
    case 'flag':
    case 'months':
    case 'seconds':
      return by({ kind: 'int32' }, encodeSmalls)
    default:
      return by({ kind: 'int64' }, encodeWholes(manner))
  }
}
