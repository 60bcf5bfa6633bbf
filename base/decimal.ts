/** Exact decimals as scaled whole numbers: read from text, and divided with one rounding (M-02). */
import { BillingError } from './billing-error.ts'
import { shown } from './shown.ts'

/** M-02, `rounding.charge` and `rounding.monthTotal`. Both work on the size of a number: the sign stays. */
export type Rounding = 'truncate' | 'half-up'

/** No sensible price or quantity is longer; a longer text would only cost time. */
const LONGEST_TEXT = 64
const SAFE_DIGITS = 15
const powers: readonly bigint[] = Array.from({ length: LONGEST_TEXT + 32 }, (_, exponent) => 10n ** BigInt(exponent))

/** 10 to the power of a whole exponent below 96. */
export const tenTo = (exponent: number): bigint => powers[exponent]

const decimalError = (where: string, value: unknown, decimals: number, what?: string): BillingError =>
  new BillingError(
    where,
    what ?? `${shown(value)} is not a decimal number in text`,
    `write a string of digits such as "12.5", with at most ${decimals} decimals`,
  )

/**
 * Reads decimal text exactly: `"12.5"` with `decimals` 8 is 1250000000n. Floats are refused, and so is any digit beyond
 * `decimals` that is not zero. Throws BillingError.
 */
export function parseDecimal(value: unknown, decimals: number, where: string, sign: 'unsigned' | 'signed'): bigint {
  if (typeof value !== 'string') throw decimalError(where, value, decimals)
  if (value.length > LONGEST_TEXT)
    throw decimalError(where, value, decimals, `${value.length} characters are too long for a number`)
  const negative = value.charCodeAt(0) === 45
  if (negative && sign === 'unsigned') throw new BillingError(where, `${shown(value)} is negative`, 'write 0 or more')
  const start = negative ? 1 : 0
  let dot = -1
  let end = value.length
  for (let at = start; at < end; at++) {
    const code = value.charCodeAt(at)
    if (code >= 48 && code <= 57) continue
    if (code !== 46 || dot >= 0) throw decimalError(where, value, decimals)
    dot = at
  }
  // `.5` is a half; `.`, `5.` and a bare sign are no numbers.
  if (end === start || dot === end - 1) throw decimalError(where, value, decimals)
  if (dot >= 0) while (end - dot - 1 > decimals && value.charCodeAt(end - 1) === 48) end--
  const fraction = dot < 0 ? 0 : end - dot - 1
  if (fraction > decimals)
    throw decimalError(where, value, decimals, `${shown(value)} has ${fraction} decimals, more than ${decimals}`)
  const digits = dot < 0 ? value.slice(start, end) : value.slice(start, dot) + value.slice(dot + 1, end)
  const whole = digits.length <= SAFE_DIGITS ? BigInt(+digits) : BigInt(digits)
  const scaled = fraction === decimals ? whole : whole * powers[decimals - fraction]
  return negative ? -scaled : scaled
}

/** Divides whole numbers and rounds once (M-02); `denominator` is above 0. */
export function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator
  if (rounding === 'truncate') return quotient
  const rest = numerator - quotient * denominator
  if (rest < 0n) return -rest * 2n >= denominator ? quotient - 1n : quotient
  return rest * 2n >= denominator ? quotient + 1n : quotient
}
