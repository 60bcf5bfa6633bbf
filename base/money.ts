/**
 * M-01, M-02: amounts are whole 1e-8 units, unit prices whole 1e-10 units of the run's one currency. What one metered hour
 * costs is a float64-safe integer (`Money`), and so is nearly every hourly price (`UnitPrice`); all other amounts and sums
 * are bigint (`Amount`). `toMoney` is the gathering point where a value that no float64 can hold exactly is an error, never
 * a wrong cent.
 */
import { BillingError } from './billing-error.ts'
import { shown } from './shown.ts'

declare const unit: unique symbol

/** Whole 1e-8 of the run's currency (M-01), at most 90,071,992.54740991 either way. */
export type Money = number & { readonly [unit]: 'money' }
/**
 * An hourly price in whole 1e-10 of the run's currency (M-02), at most 90,071,992.54740991 units, as a number that is equal
 * for equal prices. Up to 2^53 it is the price itself; a larger one is below 0 and holds its bits: see `unpackPrice`.
 */
export type UnitPrice = number & { readonly [unit]: 'unit-price' }
/** Whole 1e-8 of the run's currency without a limit: sums and exact results. */
export type Amount = bigint
/** M-02, `rounding.charge` and `rounding.monthTotal`. Both work on the size of a number: the sign stays. */
export type Rounding = 'truncate' | 'half-up'

export const MONEY_DECIMALS = 8
export const UNIT_PRICE_DECIMALS = 10
/** The largest amount a column can hold: 90,071,992.54740991. */
export const MONEY_LIMIT = Number.MAX_SAFE_INTEGER as Money
export const NO_MONEY = 0 as Money

/** No sensible price or quantity is longer; a longer text would only cost time. */
const LONGEST_TEXT = 64
const SAFE_DIGITS = 15
const powers: readonly bigint[] = Array.from({ length: LONGEST_TEXT + 32 }, (_, exponent) => 10n ** BigInt(exponent))

/** 10 to the power of a whole exponent below 96. */
export const tenTo = (exponent: number): bigint => powers[exponent]

const decimalFault = (where: string, value: unknown, decimals: number, what?: string): BillingError =>
  new BillingError(
    where,
    what ?? `${shown(value)} is no decimal number in text`,
    `write a string of digits such as "12.5", with at most ${decimals} decimals`,
  )

/**
 * Reads decimal text exactly: `"12.5"` with `decimals` 8 is 1250000000n. Floats are refused, and so is any digit beyond
 * `decimals` that is not zero. Throws BillingError.
 */
export function parseDecimal(value: unknown, decimals: number, where: string, sign: 'unsigned' | 'signed'): bigint {
  if (typeof value !== 'string') throw decimalFault(where, value, decimals)
  if (value.length > LONGEST_TEXT)
    throw decimalFault(where, value, decimals, `${value.length} characters are too many for a number`)
  const negative = value.charCodeAt(0) === 45
  if (negative && sign === 'unsigned') throw new BillingError(where, `${shown(value)} is negative`, 'write 0 or more')
  const start = negative ? 1 : 0
  let dot = -1
  let end = value.length
  for (let at = start; at < end; at++) {
    const code = value.charCodeAt(at)
    if (code >= 48 && code <= 57) continue
    if (code !== 46 || dot >= 0) throw decimalFault(where, value, decimals)
    dot = at
  }
  // `.5` is a half; `.`, `5.` and a bare sign are no numbers.
  if (end === start || dot === end - 1) throw decimalFault(where, value, decimals)
  if (dot >= 0) while (end - dot - 1 > decimals && value.charCodeAt(end - 1) === 48) end--
  const fraction = dot < 0 ? 0 : end - dot - 1
  if (fraction > decimals)
    throw decimalFault(where, value, decimals, `${shown(value)} has ${fraction} decimals, more than ${decimals}`)
  const digits = dot < 0 ? value.slice(start, end) : value.slice(start, dot) + value.slice(dot + 1, end)
  const whole = digits.length <= SAFE_DIGITS ? BigInt(+digits) : BigInt(digits)
  const scaled = fraction === decimals ? whole : whole * powers[decimals - fraction]
  return negative ? -scaled : scaled
}

/** The gathering point of M-01: an amount as a column holds it. Throws when float64 could not hold it exactly. */
export function toMoney(amount: Amount | number, where = 'amount'): Money {
  const value = Number(amount)
  if (Number.isSafeInteger(value)) return value as Money
  throw new BillingError(
    where,
    `${typeof amount === 'bigint' ? formatAmount(amount) : amount} is beyond ${formatMoney(MONEY_LIMIT)}, the largest exact amount`,
    'bill in a larger unit of currency or in smaller parts',
  )
}

/** The smaller of two amounts. */
export const least = (a: Amount, b: Amount): Amount => (a < b ? a : b)

/** Adds two amounts of columns; throws BillingError beyond the limit (M-01). */
export const addMoney = (a: Money, b: Money): Money => toMoney(a + b)

/** An amount of money of any size from text with up to 8 decimals, 0 or more. Throws BillingError. */
export const parseAmount = (text: unknown, where = 'amount'): Amount =>
  parseDecimal(text, MONEY_DECIMALS, where, 'unsigned')

/** An amount of money from text with up to 8 decimals. Throws BillingError. */
export const parseMoney = (text: unknown, where = 'amount'): Money =>
  toMoney(parseDecimal(text, MONEY_DECIMALS, where, 'signed'), where)

/** Whole 1e-10: the largest price whose hour is still a `Money`, however it is rounded. */
const PRICE_LIMIT = BigInt(MONEY_LIMIT) * 100n

/** An hourly price from text with up to 10 decimals, 0 or more. Throws BillingError, also beyond 90,071,992.54740991. */
export function parseUnitPrice(text: unknown, where = 'unit price'): UnitPrice {
  const price = parseDecimal(text, UNIT_PRICE_DECIMALS, where, 'unsigned')
  if (price <= PRICE_LIMIT) return packPrice(price)
  throw new BillingError(where, `${shown(text)} is beyond 90071992.54740991`, 'bill in a larger unit of currency')
}

/** The price of a period from text with up to 10 decimals, 0 or more: whole 1e-10, of any size. Throws BillingError. */
export const parsePlanPrice = (text: unknown, where = 'price'): bigint =>
  parseDecimal(text, UNIT_PRICE_DECIMALS, where, 'unsigned')

/** The bits of a float64 and the same bits as a whole number. */
const float = new Float64Array(1)
const bits = new BigInt64Array(float.buffer)
const SIGN = -(1n << 63n)

/** A price (whole 1e-10, 0 to `PRICE_LIMIT`) as a number. Above 2^53 its 60 bits are those of a tiny number below 0. */
export function packPrice(price: bigint): UnitPrice {
  if (price <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(price) as UnitPrice
  bits[0] = SIGN + price
  return float[0] as UnitPrice
}

/** The price, whole 1e-10, that a number stands for. */
export function unpackPrice(price: UnitPrice): bigint {
  if (price >= 0) return BigInt(price)
  float[0] = price
  return bits[0] - SIGN
}

/** `39.00000000`: an amount with all its 8 decimals. */
export function formatAmount(amount: Amount): string {
  if (amount > -9007199254740992n && amount < 9007199254740992n) return formatMoney(Number(amount) as Money)
  const size = amount < 0n ? -amount : amount
  return `${amount < 0n ? '-' : ''}${size / 100000000n}.${String(size % 100000000n).padStart(8, '0')}`
}

/** `39.00000000`: money with all its 8 decimals. */
export function formatMoney(money: Money): string {
  const size = Math.abs(money)
  const whole = Math.floor(size / 1e8)
  // The leading 1 keeps the zeros of the fraction; it is cut off again.
  return `${money < 0 ? '-' : ''}${whole}.${String(size - whole * 1e8 + 1e8).slice(1)}`
}

/** The shortest text of a scaled whole number, for explanations: 65n with 1 decimal is `6.5`. */
export function plainDecimal(scaled: bigint | number, decimals: number): string {
  const text = String(scaled)
  const negative = text.charCodeAt(0) === 45
  const digits = (negative ? text.slice(1) : text).padStart(decimals + 1, '0')
  let end = digits.length
  const point = end - decimals
  while (end > point && digits.charCodeAt(end - 1) === 48) end--
  const plain = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`
  return negative ? `-${plain}` : plain
}

/** Divides whole numbers and rounds once (M-02); `denominator` is above 0. */
export function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator
  if (rounding === 'truncate') return quotient
  const rest = numerator - quotient * denominator
  if (rest < 0n) return -rest * 2n >= denominator ? quotient - 1n : quotient
  return rest * 2n >= denominator ? quotient + 1n : quotient
}
