/** Values of two runs: money stays exact decimal text with 8 decimals, everything else is a number. */
import { MONEY_DECIMALS, moneyText } from '#base/money.ts'
import { type Rational, toScaled } from '#base/rational.ts'
import type { FigureUnit } from '../figures/figure.ts'
import type { FigureValue } from '../figures/show.ts'

/** Whole 1e-8 units of decimal text with at most 8 decimals, such as a summary holds. */
export function unitsOf(text: string): bigint {
  const [whole, fraction = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(MONEY_DECIMALS, '0'))
  return text.startsWith('-') ? -units : units
}

/** The mean of money, to the nearest 1e-8; of numbers as it is. Null where there are none. */
export function meanOf(unit: FigureUnit, values: readonly (string | number)[]): FigureValue {
  if (values.length === 0) return null
  if (unit !== 'money') return values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length
  const sum = values.reduce((total, value) => total + unitsOf(String(value)), 0n)
  return moneyOf({ numerator: sum, denominator: BigInt(values.length) })
}

/** Whole 1e-8 units of a fraction of them, as text. */
export const moneyOf = (units: Rational): string => moneyText(toScaled(units, 0))

/** B less A. */
export function differenceOf(unit: FigureUnit, a: string | number, b: string | number): string | number {
  return unit === 'money' ? moneyText(unitsOf(String(b)) - unitsOf(String(a))) : Number(b) - Number(a)
}

/**
 * What became of a value. `added` and `removed`: what it is of, such as a product or a pool, is in one of the runs only.
 * `not in A` and `not in B`: there was nothing to measure it on, such as the mean of no waits.
 */
export type Change = 'same' | 'changed' | 'to zero' | 'from zero' | 'added' | 'removed' | 'not in A' | 'not in B'

/** Whether a thing is in run A, and in run B. */
export type InRuns = readonly [inA: boolean, inB: boolean]

export function changeOf(a: FigureValue, b: FigureValue, [inA, inB]: InRuns): Change {
  if (a === b) return 'same'
  if (!inA) return 'added'
  if (!inB) return 'removed'
  if (a === null) return 'not in A'
  if (b === null) return 'not in B'
  if (Number(a) === Number(b)) return 'same'
  return Number(b) === 0 ? 'to zero' : Number(a) === 0 ? 'from zero' : 'changed'
}
