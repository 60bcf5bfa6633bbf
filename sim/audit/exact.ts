/**
 * The auditor's own arithmetic: decimal.js with 60 digits where fractions matter, so that no shortcut of the billing
 * core can hide in it. Prices are whole 1e-10, money whole 1e-8.
 */
import { Decimal } from 'decimal.js'

/** 60 digits: far more than the 30 that M-03 asks for. */
export const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_DOWN, toExpNeg: -100, toExpPos: 100 })
export type ExactNumber = Decimal
export type Rounding = 'truncate' | 'half-up'

/** M-02: an amount of currency as whole units of 10^-decimals; both roundings work on its size. */
export const roundTo = (value: ExactNumber, decimals: number, rounding: Rounding): ExactNumber =>
  value.toDecimalPlaces(decimals, rounding === 'half-up' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_DOWN)

/** A whole number of any size. */
export const whole = (value: ExactNumber): bigint => BigInt(value.toFixed(0))

/** Decimal arithmetic on a whole number of any size. */
export const exactOf = (value: bigint | number): ExactNumber => new Exact(String(value))

/** M-01: brings an amount of currency to whole 1e-8. */
export const toMoney = (value: ExactNumber, rounding: Rounding): bigint => whole(roundTo(value, 8, rounding).times(1e8))

/** A decimal as a fraction of whole numbers; `under` is positive. */
export interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

/** A decimal as it is written in a scenario. */
export function fractionOf(text: string): Fraction {
  const [units, decimals = ''] = new Exact(text).toFixed().split('.')
  return { over: BigInt(units + decimals), under: 10n ** BigInt(decimals.length) }
}

const fractions = new Map<string, Fraction>()

/** A percentage as it is written in a scenario, as the part of a whole that it is: there are few, and every order asks. */
export function percentIn(text: string): Fraction {
  let part = fractions.get(text)
  if (part === undefined) {
    const { over, under } = fractionOf(text)
    fractions.set(text, (part = { over, under: under * 100n }))
  }
  return part
}

/** M-02: a fraction as a whole number; both roundings work on its size. */
export function rounded({ over, under }: Fraction, rounding: Rounding): bigint {
  const size = over < 0n ? -over : over
  const truncated = size / under
  const isUp = rounding === 'half-up' && (size - truncated * under) * 2n >= under
  const result = isUp ? truncated + 1n : truncated
  return over < 0n ? -result : result
}

const amounts = new Map<string, bigint>()
/** Beyond so many there is little to find again. */
const MOST_AMOUNTS = 10_000

/** An amount as it is written in a scenario, truncated to whole 1e-8: every account asks for those of its segment. */
export function amountWritten(text: string | number): bigint {
  const key = String(text)
  let amount = amounts.get(key)
  if (amount === undefined) {
    amount = toMoney(new Exact(key), 'truncate')
    if (amounts.size < MOST_AMOUNTS) amounts.set(key, amount)
  }
  return amount
}

/** A quotient of whole numbers, rounded down; `under` is positive. */
export const floorOf = (over: bigint, under: bigint): bigint => {
  const quotient = over / under
  return over < 0n && quotient * under !== over ? quotient - 1n : quotient
}

/** The smaller of two amounts. */
export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** An hourly price in whole 1e-10: a number where float64 holds it exactly, so that equal prices are equal. */
export type Price = number | bigint

/** A whole price as the auditor keeps it. */
export const priceOf = (price: bigint): Price => (price <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(price) : price)

/** M-02, M-08: the payable of a monthly bill in the currency's minor units, in whole 1e-8. */
export function toMinorUnits(charges: bigint | number, decimals: number, rounding: Rounding): bigint {
  const unit = 10n ** BigInt(8 - decimals)
  return rounded({ over: BigInt(charges), under: unit }, rounding) * unit
}

/** O-13: the least whole minor units that cover an amount (whole 1e-8) of at least 0. */
export const coverInMinorUnits = (amount: bigint, decimals: number): bigint => {
  const truncated = toMinorUnits(amount, decimals, 'truncate')
  return truncated === amount ? amount : truncated + 10n ** BigInt(8 - decimals)
}

/** Seconds of an hour, times the 1e-10 of a price in the 1e-8 of an amount. */
const A_SECOND = 360_000n

/** Charges of one clock hour by price and seconds; each is computed once. */
export class HourlyCharges {
  readonly #rounding: Rounding
  readonly #byPrice = new Map<Price, Float64Array>()

  constructor(rounding: Rounding) {
    this.#rounding = rounding
  }

  /** In whole numbers: a second of a price in whole 1e-10 an hour is 1/360,000 of it in whole 1e-8. */
  #compute(hourly: Price, seconds: number): number {
    const parts = BigInt(hourly) * BigInt(seconds)
    const truncated = parts / A_SECOND
    const isUp = this.#rounding === 'half-up' && (parts - truncated * A_SECOND) * 2n >= A_SECOND
    return Number(isUp ? truncated + 1n : truncated)
  }

  /** U-01, U-02: price / 3600 x seconds, truncated (M-02); `hourly` in whole 1e-10, `seconds` 0..3600. */
  of(hourly: Price, seconds: number): number {
    let known = this.#byPrice.get(hourly)
    if (known === undefined) {
      known = new Float64Array(3601).fill(Number.NaN)
      this.#byPrice.set(hourly, known)
    }
    if (Number.isNaN(known[seconds])) known[seconds] = this.#compute(hourly, seconds)
    return known[seconds]
  }
}
