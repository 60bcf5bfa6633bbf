/** E-11: what an hour of an interruptible server costs: the price of its pool less the discount in force. */
import type { Database } from 'better-sqlite3'
import type { Scenario } from '#scenarios/schema.ts'
import { Exact, exactOf, type Price, priceOf, whole } from './exact.ts'
import { type PriceHistory, priceAt } from './hourly-prices.ts'

/** Percent off from an instant on, as decimal text. */
export interface SpotStep {
  readonly since: number
  readonly percentOff: string
}

export type SpotSteps = readonly SpotStep[]

/** What the scenario plans; undefined where the pool has no such servers, or their discounts are drawn. */
export function plannedSpot(scenario: Scenario, zone: string, flavour: string): SpotSteps | undefined {
  const terms = termsOf(scenario, zone, flavour)
  if (terms === null || terms.random !== null) return undefined
  return terms.percentOff.map(({ from, percentOff }) => ({ since: from, percentOff }))
}

export function termsOf({ regions }: Scenario, zone: string, flavour: string) {
  const zones = regions.flatMap((region) => region.zones)
  return zones.find(({ id }) => id === zone)?.pools.find((pool) => pool.flavour === flavour)?.interruptible ?? null
}

/** What the record says of a pool; nothing in the ledger of a load test, which bills the full price (docs/load.md). */
export function recordedSpot(database: Database, pool: number): SpotSteps {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'interruptible_prices'").get()
  if (table === undefined) return []
  return database
    .prepare<[number], [number, number]>(
      'SELECT at, percent_off FROM interruptible_prices WHERE pool = ? ORDER BY rowid',
    )
    .raw()
    .all(pool)
    .map(([since, percent]) => ({ since, percentOff: new Exact(percent).div(1e8).toFixed() }))
}

/** A new price wherever the price of the pool or the discount changes; 10 decimals, by truncation. */
export function spotHistory(prices: PriceHistory, steps: SpotSteps): PriceHistory {
  const since = [...new Set([...prices, ...steps].map((step) => step.since))].sort((a, b) => a - b)
  return since.map((at) => ({ since: at, hourly: less(priceAt(prices, at), steps, at) }))
}

function less(hourly: Price, steps: SpotSteps, at: number): Price {
  const off = steps.findLast((step) => step.since <= at)?.percentOff ?? '0'
  return priceOf(whole(exactOf(hourly).times(new Exact(100).minus(off)).div(100)))
}
