/** U-07, C-05: what an hour of a server or an image costs at which instant: the list price, and planned new prices. */
import type { Scenario } from '#scenarios/schema.ts'
import { Exact, type ExactNumber, type Price, priceOf, whole } from './exact.ts'
import type { DiscountText } from './plan.ts'
import { discountAt, discountSteps } from './planned.ts'

export interface PriceStep {
  readonly since: number
  /** Whole 1e-10 an hour. */
  readonly hourly: Price
}

/** A price from the beginning, and what it became, in order of time. */
export type PriceHistory = readonly PriceStep[]

/** A price of at most 10 decimals as whole 1e-10. */
const wholePrice = (price: string | ExactNumber): Price => priceOf(whole(new Exact(price).times(1e10)))

/** The history of one price: `changes` of it, in any order; of two at one instant the later in the file holds. */
function history(listed: Price, changes: readonly PriceStep[]): PriceHistory {
  const sorted = changes.toSorted((a, b) => a.since - b.since)
  const last = sorted.filter(({ since }, index) => sorted[index + 1]?.since !== since)
  return [{ since: Number.NEGATIVE_INFINITY, hourly: listed }, ...last]
}

/** M-06: the price of an hour less its discount, whole 1e-10. */
export function discountedHour(hourly: string, discount: DiscountText | null): Price {
  const price = new Exact(hourly)
  if (discount?.percentOff !== undefined)
    return wholePrice(price.times(new Exact(100).minus(discount.percentOff)).div(100))
  if (discount?.fixedPrice !== undefined) return wholePrice(discount.fixedPrice)
  return wholePrice(Exact.max(0, price.minus(discount?.amountOff ?? 0)))
}

/** The hours of an image that is sold pay-per-use: each new price or discount, with what holds of the other. */
export function imagePrices(
  scenario: Scenario,
  product: string,
  name: string,
  listed: { readonly hourly: string; readonly discount: DiscountText | null },
): PriceHistory {
  const discounts = discountSteps(scenario, product, name, listed.discount)
  const changes: PriceStep[] = []
  let { hourly } = listed
  for (const event of scenario.events.toSorted((a, b) => a.at - b.at)) {
    if (event.kind !== 'priceChange' || event.product !== product || event.specification !== name) continue
    hourly = event.hourly ?? hourly
    changes.push({ since: event.at, hourly: discountedHour(hourly, discountAt(discounts, event.at)) })
  }
  return history(discountedHour(listed.hourly, listed.discount), changes)
}

export function serverPrices({ events }: Scenario, zone: string, flavour: string, listed: Price): PriceHistory {
  const changes: PriceStep[] = []
  for (const event of events)
    if (event.kind === 'serverPriceChange' && event.zone === zone && event.flavour === flavour && event.hourly !== null)
      changes.push({ since: event.at, hourly: wholePrice(event.hourly) })
  return history(listed, changes)
}

/** E-09: what the cloud resources of a server of a pool cost an hour; those without a price are left out. */
export type ResourcePrices = Readonly<Partial<Record<'disk' | 'elasticIp' | 'bandwidth' | 'traffic', PriceHistory>>>

export function resourcePrices(scenario: Scenario, zone: string, flavour: string): ResourcePrices {
  const zones = scenario.regions.flatMap((region) => region.zones)
  const pool = zones.find(({ id }) => id === zone)?.pools.find((each) => each.flavour === flavour)
  const { disk, elasticIp, bandwidth, traffic } = pool?.resources ?? {}
  const planned = scenario.events.flatMap((event) =>
    event.kind === 'serverPriceChange' && event.zone === zone && event.flavour === flavour ? [event] : [],
  )
  /** So many units at the price of one, listed and as planned events change it. */
  const priced = (
    units: string | number,
    listed: string,
    changedBy: (event: (typeof planned)[number]) => string | null | undefined,
  ): PriceHistory => {
    const hour = (price: string): Price => wholePrice(new Exact(units).times(price))
    const changes = planned.flatMap((event) => {
      const changed = changedBy(event) ?? null
      return changed === null ? [] : [{ since: event.at, hourly: hour(changed) }]
    })
    return history(hour(listed), changes)
  }
  return {
    ...(disk ? { disk: priced(disk.gigabytes, disk.hourly, (event) => event.disk) } : {}),
    ...(elasticIp ? { elasticIp: priced(1, elasticIp.hourly, (event) => event.elasticIp) } : {}),
    ...(bandwidth ? { bandwidth: priced(bandwidth.mbits, bandwidth.hourly, (event) => event.bandwidth) } : {}),
    ...(traffic ? { traffic: priced(traffic.gigabytesPerHour, traffic.perGigabyte, (event) => event.traffic) } : {}),
  }
}

/** The price in force at an instant, whole 1e-10. */
export const priceAt = (prices: PriceHistory, at: number): Price =>
  prices.findLast(({ since }) => since <= at)?.hourly ?? 0
