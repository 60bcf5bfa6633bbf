/** U-07: an hourly price that may change at given instants. */
import { BillingError } from '#base/billing-error.ts'
import { parseDecimal } from '#base/decimal.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'

export interface PriceStep {
  /** Milliseconds since the epoch; the price holds from here on. */
  readonly from: number
  /** Whole 1e-10 of the currency. */
  readonly hourly: bigint
}

/** Prices in time order; at least one. */
export type PriceSchedule = readonly PriceStep[]

/** A price that always held. */
export const fixedPrice = (hourly: unknown, where: string): PriceSchedule => [
  { from: Number.NEGATIVE_INFINITY, hourly: parseDecimal(hourly, UNIT_PRICE_DECIMALS, where, 'unsigned') },
]

/** The price in force at an instant. Throws BillingError before the first one. */
export function priceAt(schedule: PriceSchedule, at: number, where: string): bigint {
  let index = schedule.length - 1
  while (index >= 0 && schedule[index].from > at) index--
  if (index >= 0) return schedule[index].hourly
  throw new BillingError(where, 'no price was in force at the first use', 'add a price from an earlier time')
}
