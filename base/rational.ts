/** M-03: proration keeps exact fractions until the one final rounding. */
import { BillingError } from './billing-error.ts'
import { divideRounded, type Rounding, tenTo } from './decimal.ts'
import { decimalText } from './decimal-text.ts'
import type { Amount } from './money.ts'
import { shown } from './shown.ts'

/** numerator / denominator, the denominator above 0; not always in lowest terms. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

const FACTOR_DECIMALS = 60
const AMOUNT_SCALE = tenTo(8)

export const ZERO: Rational = { numerator: 0n, denominator: 1n }

/** A whole number over a whole number above 0. */
export const rational = (numerator: bigint, denominator: bigint): Rational => ({ numerator, denominator })

/** A scaled whole number as a fraction: 65 with 1 decimal is 65/10. */
export const scaled = (value: bigint, decimals: number): Rational => rational(value, tenTo(decimals))

export function add(a: Rational, b: Rational): Rational {
  return a.denominator === b.denominator
    ? rational(a.numerator + b.numerator, a.denominator)
    : rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

export const negate = (a: Rational): Rational => rational(-a.numerator, a.denominator)
export const subtract = (a: Rational, b: Rational): Rational => add(a, negate(b))
export const multiply = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator)

/** A fraction of the currency as whole 1e-8 units, rounded once (M-02, M-03). */
export const toAmount = (value: Rational, rounding: Rounding): Amount =>
  divideRounded(value.numerator * AMOUNT_SCALE, value.denominator, rounding)

/** The same fraction in lowest terms. */
export function reduced(value: Rational): Rational {
  let a = value.numerator < 0n ? -value.numerator : value.numerator
  let b = value.denominator
  while (b > 0n) [a, b] = [b, a % b]
  return a === 0n ? ZERO : rational(value.numerator / a, value.denominator / a)
}

/**
 * Exact text of a fraction: a decimal (`-12.5`) where it has one of at most 60 decimals, else whole numbers in lowest terms
 * (`1/3`).
 */
export function exactText(value: Rational): string {
  const { numerator, denominator } = reduced(value)
  const decimals = decimalsOf(denominator)
  if (decimals > FACTOR_DECIMALS) return `${numerator}/${denominator}`
  return decimalText((numerator * tenTo(decimals)) / denominator, decimals)
}

/** Decimals that 1 over a whole number has; Infinity where they never end. */
function decimalsOf(denominator: bigint): number {
  let rest = denominator
  const count = (prime: bigint): number => {
    let times = 0
    for (; rest % prime === 0n; rest /= prime) times++
    return times
  }
  const decimals = Math.max(count(2n), count(5n))
  return rest === 1n ? decimals : Infinity
}

/** Decimal text of a fraction of 0 or more, truncated to `decimals`. */
export function truncatedText(value: Rational, decimals: number): string {
  const digits = String((value.numerator * tenTo(decimals)) / value.denominator).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** Far beyond any term: a larger one is a typing error. */
const LARGEST_FACTOR = 1_000_000n
const LONGEST_FACTOR = 130
const FACTOR = /^(?:(\d*)\.(\d+)|(\d+)(?:\/(\d+))?)$/

const factorFault = (where: string, value: unknown, what: string): BillingError =>
  new BillingError(
    where,
    `${shown(value)} ${what}`,
    `write a decimal from 0 to ${LARGEST_FACTOR} with at most ${FACTOR_DECIMALS} decimals, such as "0.5", or a fraction of whole numbers, such as "20/30"`,
  )

/** A factor from text: `0.5`, `.5` or `20/30`, from 0 to 1,000,000. Throws BillingError. */
export function parseFactor(value: unknown, where: string): Rational {
  const match = typeof value === 'string' && value.length <= LONGEST_FACTOR ? FACTOR.exec(value) : null
  if (match === null)
    throw factorFault(
      where,
      value,
      typeof value === 'string' && /^-\d/.test(value) ? 'is below 0' : 'is not a factor in text',
    )
  const [, whole, fraction, numerator, denominator = '1'] = match
  if (fraction !== undefined && fraction.length > FACTOR_DECIMALS)
    throw factorFault(where, value, `has ${fraction.length} decimals`)
  const factor =
    fraction === undefined
      ? rational(BigInt(numerator), BigInt(denominator))
      : scaled(BigInt(whole + fraction), fraction.length)
  if (factor.denominator === 0n) throw factorFault(where, value, 'divides by zero')
  if (factor.numerator > LARGEST_FACTOR * factor.denominator)
    throw factorFault(where, value, `is above ${LARGEST_FACTOR}`)
  return factor
}

/** Below zero, zero or above zero as `a` is less than, equal to or greater than `b`, exactly. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The float nearest to a fraction whose parts are below 2^53; the same on every machine. */
export const nearestNumber = ({ numerator, denominator }: Rational): number => Number(numerator) / Number(denominator)

/** The fraction rounded to whole 10^-`scale` units, halves away from zero. */
export function toScaled({ numerator, denominator }: Rational, scale: number): bigint {
  const size = (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(scale)
  const rounded = (size * 2n + denominator) / (denominator * 2n)
  return numerator < 0n ? -rounded : rounded
}
