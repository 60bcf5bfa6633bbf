/** Columns of facts as the fact log has them, encoded for Parquet by their unit. */
import { type UnitPrice, unpackPrice } from '#base/money.ts'
import type { Unit } from './column.ts'
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

/** Whole numbers of float64 as 64 bits: what is beyond 32 bits is the high half. */
const encodeWholes: Encode = ({ numbers, width, count }, place) => {
  const halves = new Int32Array(count * 2)
  let least = numbers[place]
  let most = least
  for (let row = 0, at = place; row < count; row++, at += width) {
    const value = numbers[at]
    const high = Math.floor(value / TWO_32)
    halves[row * 2] = value - high * TWO_32
    halves[row * 2 + 1] = high
    if (value < least) least = value
    if (value > most) most = value
  }
  return { values: new BigInt64Array(halves.buffer), bounds: [BigInt(least), BigInt(most)] }
}

/** Unit prices: those that float64 does not hold exactly are packed in the log. */
const encodePrices: Encode = (rows, place) => {
  const { numbers, width, count } = rows
  let isPacked = false
  for (let row = 0, at = place; row < count; row++, at += width) if (numbers[at] < 0) isPacked = true
  if (!isPacked) return encodeWholes(rows, place)
  const prices = Array.from({ length: count }, (_, row) => unpackPrice(numbers[place + row * width] as UnitPrice))
  return { values: BigInt64Array.from(prices) }
}

/** Instants of which a row may have none: 0 in the log. */
const encodeInstants: Encode = ({ numbers, width, count }, place) => {
  const present = new Uint8Array(count)
  const halves = new Int32Array(count * 2)
  let next = 0
  for (let row = 0, at = place; row < count; row++, at += width) {
    const value = numbers[at]
    if (value === 0) continue
    present[row] = 1
    const high = Math.floor(value / TWO_32)
    halves[next++] = value - high * TWO_32
    halves[next++] = high
  }
  return { values: new BigInt64Array(halves.buffer, 0, next / 2), present }
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
const always: readonly string[] = ['at', 'first_hour']

/** How a column goes to Parquet. `place`: where it begins within a fact; `words`: all words of the run by their numbers. */
export function encoderOf(
  { name, unit }: { readonly name: string; readonly unit: Unit },
  place: number,
  words: readonly string[],
): { readonly parquet: ParquetColumn; readonly encode: (rows: LogRows) => ColumnValues } {
  const by = (parquet: Omit<ParquetColumn, 'name'>, encode: Encode) => ({
    parquet: { name, ...parquet },
    encode: (rows: LogRows) => encode(rows, place),
  })
  switch (unit) {
    case 'money':
      return by({ kind: 'decimal', scale: 8, isWide: true }, encodeAmounts)
    case 'charge':
    case 'quantity':
      return by({ kind: 'decimal', scale: 8 }, encodeWholes)
    case 'price':
      return by({ kind: 'decimal', scale: 10 }, encodePrices)
    case 'word':
      return by({ kind: 'text' }, encodeWords(words))
    case 'instant':
      return always.includes(name)
        ? by({ kind: 'instant' }, encodeWholes)
        : by({ kind: 'instant', isOptional: true }, encodeInstants)
    case 'day':
      return by({ kind: 'date' }, encodeSmalls)
    case 'flag':
    case 'months':
    case 'seconds':
      return by({ kind: 'int32' }, encodeSmalls)
    default:
      return by({ kind: 'int64' }, encodeWholes)
  }
}
