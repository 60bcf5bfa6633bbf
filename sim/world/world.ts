/**
 * A scenario made ready to run: everything numbered from 1 in the order of the file, prices compiled, and each thing
 * given its home cell. Each thread builds the same world from the same scenario.
 */
import type { Policies } from '#scenarios/policies.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { CapacityAhead } from './capacity-ahead.ts'
import { type Catalog, compileCatalog } from './catalog.ts'
import { type CellPlace, cellPlaces } from './cells.ts'
import { type HostGroup, placeHostGroups } from './host-groups.ts'
import { type Listing, listingTimelines } from './listing.ts'
import { type PoolPlace, placePools } from './places.ts'
import { policyTimeline } from './policy-timeline.ts'
import { type Population, populate, type SellerHome, settleSellers } from './population.ts'
import type { Since } from './timeline.ts'

/** What a run is made of: the scenario as read, and its trace files by segment. */
export interface WorldSpec {
  readonly scenario: Scenario
  readonly traces: Readonly<Record<string, Trace>>
}

export interface World {
  readonly scenario: Scenario
  /** Policies as the run begins. */
  readonly policies: Policies
  /** … and over time. */
  readonly policyTimeline: readonly Since<Policies>[]
  readonly traces: Readonly<Record<string, Trace>>
  readonly cells: number
  /** By number of the cell. */
  readonly cellPlaces: readonly CellPlace[]
  readonly pools: readonly PoolPlace[]
  /** E-10: the hosts that pools are made of. */
  readonly hostGroups: readonly HostGroup[]
  readonly capacityAhead: CapacityAhead
  readonly sellers: readonly SellerHome[]
  readonly catalog: Catalog
  /** C-05: by number of the product - 1. */
  readonly listings: readonly (readonly Since<Listing>[])[]
  readonly population: Population
}

export function buildWorld({ scenario, traces }: WorldSpec): World {
  const sellers = settleSellers(scenario)
  const places = cellPlaces(scenario)
  const pools = placePools(scenario)
  const hostGroups = placeHostGroups(scenario, pools)
  return {
    scenario,
    policies: scenario.policies,
    policyTimeline: policyTimeline(scenario),
    traces,
    cells: places.length,
    cellPlaces: places,
    pools,
    hostGroups,
    capacityAhead: new CapacityAhead(scenario, pools, hostGroups),
    sellers,
    catalog: compileCatalog(scenario, sellers),
    listings: listingTimelines(scenario),
    population: populate(scenario, traces),
  }
}
