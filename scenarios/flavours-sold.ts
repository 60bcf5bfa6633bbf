/** E-01: buyers buy at home, so a flavour is sold to all of a segment only where it has a pool in each of their homes. */
import { own } from '#base/own.ts'
import type { Scenario } from './schema.ts'
import type { BuyerSegment } from './sections/buyers.ts'

export function flavoursSold(
  { regions, partition }: Pick<Scenario, 'regions' | 'partition'>,
  segment: BuyerSegment,
): ReadonlySet<string> {
  const isHome = (region: string): boolean => segment.regions === null || (own(segment.regions, region) ?? 0) > 0
  const homes = regions
    .filter(({ id }) => isHome(id))
    .flatMap(({ zones }) => (partition === 'zone' ? zones.map((zone) => [zone]) : [zones]))
    .map((zones) => new Set(zones.flatMap(({ pools }) => pools.map(({ flavour }) => flavour))))
  return homes.length === 0
    ? new Set()
    : new Set([...homes[0]].filter((flavour) => homes.every((home) => home.has(flavour))))
}
