/** U-01, U-02, U-07: metered hours become charges. */
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { Line } from '../line.ts'
import type { HourRow } from './hour-rows.ts'
import { type PriceSchedule, priceAt } from './price-schedule.ts'
import { exactHourAmount, exactSecondsAmount } from './rating.ts'

export type RatingPolicies = Pick<
  Policies,
  'ecs.granularity' | 'image.granularity' | 'image.priceAt' | 'rounding.charge'
>

/**
 * The charge of one row; null where less than a second was used of what is charged by the second. Throws BillingError
 * where no price was in force.
 */
export function hourCharge(
  resource: 'ecs' | 'image',
  row: HourRow,
  prices: PriceSchedule,
  policies: RatingPolicies,
): Line | null {
  const granularity = policies[`${resource}.granularity`]
  if (granularity === 'second' && row.seconds === 0) return null
  const isLast = resource === 'image' && policies['image.priceAt'] === 'last'
  const hourly = priceAt(prices, isLast ? row.useEnd - 1 : row.firstUse, 'price')
  return hourLine(resource, hourly, row.seconds, policies)
}

/** What an hour costs at a price (whole 1e-10), with its formula. */
export function hourLine(
  resource: 'ecs' | 'image',
  hourly: bigint,
  seconds: number,
  policies: Omit<RatingPolicies, 'image.priceAt'>,
): Line {
  const price = decimalText(hourly, UNIT_PRICE_DECIMALS)
  const rule = resource === 'ecs' ? 'U-01' : 'U-02'
  const rounding = policies['rounding.charge']
  return policies[`${resource}.granularity`] === 'second'
    ? { rule, text: `${price} / 3600 x ${seconds}`, amount: exactSecondsAmount(hourly, BigInt(seconds), rounding) }
    : { rule, text: `${price} x 1 started hour`, amount: exactHourAmount(hourly, rounding) }
}
