/** U-07, C-05: what an hour of a server or an image costs at which instant: the list price, and planned new prices. */
import type { Scenario } from '#scenarios/schema.ts'

export interface PriceStep {
  readonly since: number
  /** Whole 1e-10 an hour. */
  readonly hourly: number
}

/** A price from the beginning, and what it became, in order of time. */
export type PriceHistory = readonly PriceStep[]

/** Decimal text of at most 10 decimals as whole 1e-10. */
const wholePrice = (text: string): number => Math.round(Number(text) * 1e10)

/** The history of one price: `changes` of it, in any order; of two at one instant the later in the file holds. */
function history(listed: number, changes: readonly PriceStep[]): PriceHistory {
  const sorted = changes.toSorted((a, b) => a.since - b.since)
  const last = sorted.filter(({ since }, index) => sorted[index + 1]?.since !== since)
  return [{ since: Number.NEGATIVE_INFINITY, hourly: listed }, ...last]
}

export function imagePrices({ events }: Scenario, product: string, name: string, listed: number): PriceHistory {
  const changes: PriceStep[] = []
  for (const event of events)
    if (event.kind === 'priceChange' && event.product === product && event.specification === name)
      if (event.hourly !== null) changes.push({ since: event.at, hourly: wholePrice(event.hourly) })
  return history(listed, changes)
}

export function serverPrices({ events }: Scenario, zone: string, flavour: string, listed: number): PriceHistory {
  const changes: PriceStep[] = []
  for (const event of events)
    if (event.kind === 'serverPriceChange' && event.zone === zone && event.flavour === flavour)
      changes.push({ since: event.at, hourly: wholePrice(event.hourly) })
  return history(listed, changes)
}

/** The price in force at an instant, whole 1e-10. */
export const priceAt = (prices: PriceHistory, at: number): number =>
  prices.findLast(({ since }) => since <= at)?.hourly ?? 0
