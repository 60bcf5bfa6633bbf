/** U-01, U-02, U-07, E-09: metered hours become charges. */
import { decimalText } from '#base/decimal-text.ts'
import { UNIT_PRICE_DECIMALS } from '#base/money.ts'
import type { CloudResource } from '#scenarios/cloud-resources.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { Line } from '../line.ts'
import type { HourRow } from './hour-rows.ts'
import { type PriceSchedule, priceAt } from './price-schedule.ts'
import { exactHourAmount, exactSecondsAmount } from './rating.ts'

export type RatingPolicies = Pick<
  Policies,
  'ecs.granularity' | 'image.granularity' | 'image.priceAt' | 'rounding.charge'
>

/** What is metered: a server, an image, or a cloud resource of a server (E-09). */
export type MeteredItem = 'ecs' | 'image' | CloudResource

const ruleOf = (item: MeteredItem): string => (item === 'ecs' ? 'U-01' : item === 'image' ? 'U-02' : 'E-09')

/** Whether an hour is charged by the second. A GB of traffic is no part of an hour, so that no policy makes it a whole one. */
const isBySecond = (item: MeteredItem, policies: Omit<RatingPolicies, 'image.priceAt'>): boolean =>
  item === 'traffic' || policies[item === 'image' ? 'image.granularity' : 'ecs.granularity'] === 'second'

/**
 * The charge of one row; null where less than a second was used of what is charged by the second. Throws BillingError
 * where no price was in force.
 */
export function hourCharge(
  item: MeteredItem,
  row: HourRow,
  prices: PriceSchedule,
  policies: RatingPolicies,
): Line | null {
  if (isBySecond(item, policies) && row.seconds === 0) return null
  const isLast = item === 'image' && policies['image.priceAt'] === 'last'
  const hourly = priceAt(prices, isLast ? row.useEnd - 1 : row.firstUse, 'price')
  return hourLine(item, hourly, row.seconds, policies)
}

/** What an hour costs at a price (whole 1e-10), with its formula. */
export function hourLine(
  item: MeteredItem,
  hourly: bigint,
  seconds: number,
  policies: Omit<RatingPolicies, 'image.priceAt'>,
): Line {
  const price = decimalText(hourly, UNIT_PRICE_DECIMALS)
  const rule = ruleOf(item)
  const rounding = policies['rounding.charge']
  return isBySecond(item, policies)
    ? { rule, text: `${price} / 3600 x ${seconds}`, amount: exactSecondsAmount(hourly, BigInt(seconds), rounding) }
    : { rule, text: `${price} x 1 started hour`, amount: exactHourAmount(hourly, rounding) }
}

/** The same as a part of a longer formula, which says that it is rounded on its own: `trunc(0.1234567891 / 3600 x 3600)`. */
export function hourPart(
  item: MeteredItem,
  hourly: bigint,
  seconds: number,
  policies: Omit<RatingPolicies, 'image.priceAt'>,
): Line {
  const line = hourLine(item, hourly, seconds, policies)
  const isExact = isBySecond(item, policies) ? (hourly * BigInt(seconds)) % 360_000n === 0n : hourly % 100n === 0n
  if (isExact) return line
  return { ...line, text: `${policies['rounding.charge'] === 'truncate' ? 'trunc' : 'round'}(${line.text})` }
}
