/** U-01, U-02: what a metered hour costs. An hour's price is exact in 1e-10, its charge rounded once to 1e-8 (M-02). */
import { divideRounded, type Rounding } from '#base/decimal.ts'
import { type Money, toMoney, type UnitPrice, unpackPrice } from '#base/money.ts'

const SECONDS_OF_HOUR = 3600
/** Unit prices are a hundred times finer than money. */
const FINENESS = 100
const DIVISOR = SECONDS_OF_HOUR * FINENESS

/** U-01: hourly price / 3600 x seconds, for 0..3600 whole seconds of a clock hour. */
export function ecsHourAmount(hourly: UnitPrice, seconds: number, rounding: Rounding): Money {
  const product = hourly * seconds
  if (product >= 0 && product <= Number.MAX_SAFE_INTEGER) {
    // Exact: a quotient below 2^53 / divisor errs by less than the 1 / divisor that parts it from the next whole number.
    const amount = Math.floor(product / DIVISOR)
    return (rounding === 'half-up' && (product - amount * DIVISOR) * 2 >= DIVISOR ? amount + 1 : amount) as Money
  }
  return toMoney(exactSecondsAmount(unpackPrice(hourly), BigInt(seconds), rounding))
}

/** U-02: a started hour is a full hour. */
export function imageHourAmount(hourly: UnitPrice, rounding: Rounding): Money {
  if (hourly < 0) return toMoney(exactHourAmount(unpackPrice(hourly), rounding))
  const amount = Math.floor(hourly / FINENESS)
  return (rounding === 'half-up' && hourly - amount * FINENESS >= FINENESS / 2 ? amount + 1 : amount) as Money
}

/** U-01 for prices of any size: whole 1e-10 in, whole 1e-8 out. */
export const exactSecondsAmount = (hourly: bigint, seconds: bigint, rounding: Rounding): bigint =>
  divideRounded(hourly * seconds, BigInt(DIVISOR), rounding)

/** U-02 for prices of any size: whole 1e-10 in, whole 1e-8 out. */
export const exactHourAmount = (hourly: bigint, rounding: Rounding): bigint =>
  divideRounded(hourly, BigInt(FINENESS), rounding)
