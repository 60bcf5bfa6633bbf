import { parsePlanPrice, parseUnitPrice, type UnitPrice } from '#base/money.ts'
import { type CloudResource, cloudResources, listedHourly, resourceKeys } from '#scenarios/cloud-resources.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Pool } from '#scenarios/sections/market.ts'
import { cellPlaces } from './cells.ts'

/** A yearly/monthly price of one server (P-05, E-06). */
export interface ServerPlan {
  /** Number in the run, from 1. */
  readonly id: number
  readonly months: number
  /** Whole 1e-10. */
  readonly price: bigint
  /** E-09: what the resources of the server cost for the same months; those without a price are left out. */
  readonly resources: readonly ResourcePlan[]
}

/** A yearly/monthly price of a cloud resource of one server; numbered with the plans of servers. */
export interface ResourcePlan {
  readonly id: number
  readonly item: CloudResource
  readonly price: bigint
}

/** One ECS pool: one region, one zone, one flavour (E-01). */
export interface PoolPlace {
  /** Number in the run, from 1. */
  readonly id: number
  readonly cell: number
  /** Position of its region in the scenario. */
  readonly regionIndex: number
  /** Row in the pool table of its cell. */
  readonly row: number
  readonly region: string
  readonly zone: string
  readonly zoneId: number
  readonly hourly: UnitPrice
  /** E-09: what its cloud resources cost an hour, by name; those without a price are left out. */
  readonly resources: ReadonlyMap<CloudResource, UnitPrice>
  readonly plans: readonly ServerPlan[]
  readonly plan: Pool
}

/** All pools in the order of the file. */
export function placePools(scenario: Scenario): PoolPlace[] {
  const pools: PoolPlace[] = []
  let zoneId = 0
  let plans = 0
  const rows = cellPlaces(scenario).map(() => 0)
  scenario.regions.forEach((region, regionIndex) => {
    for (const zone of region.zones) {
      // Zones are numbered as their cells are where each is one.
      const cell = scenario.partition === 'zone' ? zoneId : regionIndex
      zoneId++
      for (const plan of zone.pools)
        pools.push({
          id: pools.length + 1,
          cell,
          regionIndex,
          row: rows[cell]++,
          region: region.id,
          zone: zone.id,
          zoneId,
          hourly: parseUnitPrice(plan.hourly),
          resources: pricedResources(plan),
          plans: plan.plans.map((sold) => ({
            id: ++plans,
            months: sold.months,
            price: parsePlanPrice(sold.price),
            resources: cloudResources.flatMap((item): ResourcePlan[] => {
              const price = sold[resourceKeys[item]]
              return price === null ? [] : [{ id: ++plans, item, price: parsePlanPrice(price) }]
            }),
          })),
          plan,
        })
    }
  })
  return pools
}

function pricedResources({ resources }: Pool): Map<CloudResource, UnitPrice> {
  const priced = new Map<CloudResource, UnitPrice>()
  for (const resource of cloudResources) {
    const hourly = listedHourly(resources, resource)
    if (hourly !== null) priced.set(resource, parseUnitPrice(hourly))
  }
  return priced
}
