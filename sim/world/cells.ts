/** What the cells of a run are: its regions, or by `partition: zone` the zones of each. Never a matter of threads. */
import type { Scenario } from '#scenarios/schema.ts'

export interface CellPlace {
  /** Id of the region, or of the zone: it names the cell's random streams. */
  readonly name: string
  /** Position in the scenario of the region that it is, or is in: its tax, its network, its share of the people. */
  readonly region: number
  /** How many cells share that region. */
  readonly siblings: number
}

/** All cells in the order of the file. */
export function cellPlaces({ partition, regions }: Pick<Scenario, 'partition' | 'regions'>): CellPlace[] {
  return regions.flatMap(({ id, zones }, region) =>
    partition === 'region'
      ? [{ name: id, region, siblings: 1 }]
      : zones.map((zone) => ({ name: zone.id, region, siblings: zones.length })),
  )
}
