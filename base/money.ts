/**
 * M-01, M-02: amounts are whole 1e-8 units, unit prices whole 1e-10 units of the run's one currency. What one metered hour
 * costs is a float64-safe integer (`Money`), and so is nearly every hourly price (`UnitPrice`); all other amounts and sums
 * are bigint (`Amount`). `toMoney` is the gathering point where a value that no float64 can hold exactly is an error, never
 * a wrong cent.
 */
import { BillingError } from './billing-error.ts'
import { parseDecimal } from './decimal.ts'
import { decimalText, grouped, roundedText } from './decimal-text.ts'
import type { Branded } from './flavour.ts'
import { shown } from './shown.ts'

/** Whole 1e-8 of the run's currency (M-01), at most 90,071,992.54740991 either way. */
export type Money = Branded<'money'>
/**
 * An hourly price in whole 1e-10 of the run's currency (M-02), at most 90,071,992.54740991 units, as a number that is equal
 * for equal prices. Up to 2^53 it is the price itself; a larger one is below 0 and holds its bits: see `unpackPrice`.
 */
export type UnitPrice = Branded<'unit-price'>
/** Whole 1e-8 of the run's currency without a limit: sums and exact results. */
export type Amount = bigint
export const MONEY_DECIMALS = 8
export const UNIT_PRICE_DECIMALS = 10
/** The largest amount a column can hold: 90,071,992.54740991. */
export const MONEY_LIMIT = Number.MAX_SAFE_INTEGER as Money

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

/** The price, whole 1e-10, of a number. */
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

/** Money as exact decimal text with at least 2 decimals: `12.50`, `0.00001`. */
export const moneyText = (units: Amount): string => decimalText(units, MONEY_DECIMALS, 2)

/** What a person pays: with the minor units of its currency (M-08), and every further decimal that an amount really has. */
export const payableText = (units: Amount, decimals: number): string => decimalText(units, MONEY_DECIMALS, decimals)

/** Money for the eye: 2 decimals, thousands in groups. */
export const shownMoney = (units: Amount): string => grouped(roundedText(units, MONEY_DECIMALS, 2))
