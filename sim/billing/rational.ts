/** M-03: proration keeps exact fractions until the one final rounding. */
import { BillingFault, shown } from './fault.ts'
import { type Amount, divideRounded, parseDecimal, type Rounding, tenTo } from './money.ts'

/** numerator / denominator, the denominator above 0; not always in lowest terms. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

const FACTOR_DECIMALS = 60
const AMOUNT_SCALE = tenTo(8)

export const ONE: Rational = { numerator: 1n, denominator: 1n }
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

/** Decimal text of a fraction of 0 or more, truncated to `decimals`. */
export function truncatedText(value: Rational, decimals: number): string {
  const digits = String((value.numerator * tenTo(decimals)) / value.denominator).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** A factor from text: `0.5` or `20/30`, 0 or more. Throws BillingFault. */
export function parseFactor(value: unknown, where: string): Rational {
  const slash = typeof value === 'string' ? value.indexOf('/') : -1
  if (slash < 0) {
    const decimals = typeof value === 'string' && value.includes('.') ? value.length - value.indexOf('.') - 1 : 0
    const kept = Math.min(decimals, FACTOR_DECIMALS)
    return scaled(parseDecimal(value, kept, where, 'unsigned'), kept)
  }
  const text = value as string
  const numerator = parseDecimal(text.slice(0, slash), 0, where, 'unsigned')
  const denominator = parseDecimal(text.slice(slash + 1), 0, where, 'unsigned')
  if (denominator > 0n) return rational(numerator, denominator)
  throw new BillingFault(where, `${shown(value)} divides by zero`, 'write a fraction such as "20/30"')
}
