/** How the auditor reads amounts and prices of any size: as numbers where float64 holds them exactly, else as text. */
import type { Price } from './exact.ts'

/** An amount: `amount`, or the text `high:amount` where float64 does not hold it exactly. */
export const money = (column: string): string =>
  `iif(${column}_high = 0 AND abs(${column}) < 9007199254740992, ${column}, ${column}_high || ':' || ${column})`

/** A price: a number, or its text. */
export const price = (column: string): string => `iif(${column} < 9007199254740992, ${column}, CAST(${column} AS TEXT))`

/** The value of 1 in the column `_high` of an amount, in whole 1e-8. */
export const HIGH = 1_000_000_000_000_000_000n

/** The amount of a cell. */
export function amountOf(cell: number | string): bigint {
  if (typeof cell === 'number') return BigInt(cell)
  const [high, low] = cell.split(':')
  return BigInt(high) * HIGH + BigInt(low)
}

/** The price of a cell. */
export const priceCell = (cell: number | string): Price => (typeof cell === 'number' ? cell : BigInt(cell))
