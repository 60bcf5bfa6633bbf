/** Exact decimals for people and files: whole units in bigint go in, decimal text comes out, no float touches an amount (M-01). */

/** Decimals of money in a record: whole 1e-8 units (M-01). */
export const MONEY_DECIMALS = 8

/**
 * The decimal text of `units` / 10^`scale`, exact. Trailing zeros are dropped down to `least` decimals:
 * `decimalText(1250000000n, 8, 2)` is `12.50`.
 */
export function decimalText(units: bigint, scale: number, least = 0): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  let fraction = digits.slice(digits.length - scale)
  while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1)
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction.padEnd(least, '0')}`}`
}

/** Money as exact decimal text with at least 2 decimals: `12.50`, `0.00001`. */
export const moneyText = (units: bigint): string => decimalText(units, MONEY_DECIMALS, 2)

/** What a person pays: with the minor units of its currency (M-08), and every further decimal that an amount really has. */
export const payableText = (units: bigint, decimals: number): string => decimalText(units, MONEY_DECIMALS, decimals)

/** `units` / 10^`scale` brought to `decimals` decimals, halves away from zero: for the eye only, never for a sum. */
export function roundedText(units: bigint, scale: number, decimals: number): string {
  if (decimals >= scale) return decimalText(units, scale, decimals)
  const step = 10n ** BigInt(scale - decimals)
  const size = units < 0n ? -units : units
  const rounded = (size + step / 2n) / step
  return decimalText(units < 0n ? -rounded : rounded, decimals, decimals)
}

/** Thousands in groups: `1234567.5` becomes `1,234,567.5`. */
export function grouped(text: string): string {
  const [whole, fraction] = text.split('.')
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}

/** Money for the eye: 2 decimals, thousands in groups. */
export const shownMoney = (units: bigint): string => grouped(roundedText(units, MONEY_DECIMALS, 2))

/** An exact fraction; the denominator is above zero. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Below zero, zero or above zero as `a` is less than, equal to or greater than `b`, exactly. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The float nearest to a fraction whose parts are below 2^53; the same on every machine. */
export const quotient = ({ numerator, denominator }: Fraction): number => Number(numerator) / Number(denominator)

/** The fraction brought to whole 10^-`scale` units, halves away from zero. */
export function scaled({ numerator, denominator }: Fraction, scale: number): bigint {
  const size = (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(scale)
  const rounded = (size * 2n + denominator) / (denominator * 2n)
  return numerator < 0n ? -rounded : rounded
}
