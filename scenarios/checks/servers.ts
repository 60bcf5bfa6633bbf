/** Checks of the servers under the images that buyers buy (E-01, E-06). */
import { own } from '#base/own.ts'
import type { Path } from '../document.ts'
import type { Buy, BuyerSegment } from '../sections/buyers.ts'
import type { Specification } from '../sections/catalog.ts'
import { type Draft, type Report, refer } from './draft.ts'
import { checkWeights } from './market.ts'
import { valuesOf } from './quantities.ts'

/** Regions where buyers of the segment live. */
const homesOf = ({ regions }: BuyerSegment, all: readonly string[]) =>
  regions ? all.filter((region) => (own(regions, region) ?? 0) > 0) : all

/** An image runs on a server of a flavour that is where the buyers are at home (E-01, E-06). */
export function checkServer(
  segment: BuyerSegment,
  buy: Buy,
  image: boolean,
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const { zones, regions } = draft.names
  if (!image || buy.flavour === null) {
    if (image !== (buy.flavour !== null))
      report([...path, 'flavour'], {
        what: image ? 'an image without a server' : `the flavour ${buy.flavour} on a product that is not an image`,
        expected: image ? 'flavour: of the server the image runs on (E-06)' : 'a flavour with images only (E-06)',
        hint: image ? `add flavour: ${[...zones.values()][0]?.flavours[0] ?? 'c6.large'}` : 'remove flavour',
        remove: !image,
      })
    return
  }
  const { flavour } = buy
  const flavours = [...new Set([...zones.values()].flatMap((zone) => zone.flavours))]
  if (!refer(report, [...path, 'flavour'], 'flavour', flavour, flavours)) return
  checkWeights(buy.zones, [...path, 'zones'], 'zone', [...zones.keys()], report)
  for (const zone of Object.keys(buy.zones ?? {}))
    if (zones.has(zone) && !zones.get(zone)?.flavours.includes(flavour))
      report(
        [...path, 'zones', zone],
        {
          what: `zone ${zone} without a pool of ${flavour}`,
          expected: `zones that have ${flavour} (E-01)`,
          hint: `add a pool of ${flavour} there, or remove the zone here`,
        },
        'key',
      )
  const homes = homesOf(segment, regions)
  if (draft.partition === 'zone') {
    checkHomeZones(segment, buy, homes, draft, path, report)
    return
  }
  if (buy.zones !== null) {
    checkZones(segment, buy.zones, homes, draft, path, report)
    return
  }
  const bare = homes.filter((home) =>
    [...zones.values()].every((zone) => zone.region !== home || !zone.flavours.includes(flavour)),
  )
  if (bare.length > 0)
    report([...path, 'flavour'], {
      what: `no pool of ${flavour} in ${bare.join(', ')}, where buyers of ${segment.segment} live`,
      expected: 'a pool of the flavour in every home region (E-01)',
      missing: { kind: 'pool', name: flavour },
      hint: `add a pool of ${flavour} there, or give the segment other regions`,
    })
}

/**
 * `partition: zone`: each buyer has one home zone in the home region, so every zone of the region must have what the
 * buyer needs.
 */
function checkHomeZones(
  segment: BuyerSegment,
  buy: Buy,
  homes: readonly string[],
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const flavour = buy.flavour ?? ''
  if (buy.zones !== null)
    report([...path, 'zones'], {
      what: 'zones of a purchase under partition: zone',
      expected: 'buyers who take servers in their home zone (partition: zone)',
      hint: 'remove zones, or write partition: region',
    })
  const bare = [...draft.names.zones].filter(
    ([, { region, flavours }]) => homes.includes(region) && !flavours.includes(flavour),
  )
  if (bare.length > 0)
    report([...path, 'flavour'], {
      what: `no pool of ${flavour} in ${bare.map(([id]) => id).join(', ')}, where buyers of ${segment.segment} live`,
      expected: 'a pool of the flavour in every zone of the home regions (partition: zone)',
      missing: { kind: 'pool', name: flavour },
      hint: `add a pool of ${flavour} there, or write partition: region`,
    })
}

/** E-01: buyers buy at home, so each home region needs a zone that they may choose. */
function checkZones(
  segment: BuyerSegment,
  weights: Readonly<Record<string, number>>,
  homes: readonly string[],
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const zones = [...draft.names.zones]
  const bare = homes.filter((home) => !zones.some(([id, { region }]) => region === home && (own(weights, id) ?? 0) > 0))
  if (bare.length > 0)
    report([...path, 'zones'], {
      what: `no zone of ${bare.join(', ')}, where buyers of ${segment.segment} live`,
      expected: 'a zone of weight above 0 in every home region (E-01)',
      hint: 'add a zone of each, or give the segment other regions',
    })
}

/** E-06: the server of a yearly/monthly image is bought for the same months, so its pools sell them too. */
export function checkPoolPlans(
  segment: BuyerSegment,
  buy: Buy,
  specification: Specification,
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const metered = specification.billing === 'pay-per-use'
  if (buy.flavour === null || (metered && buy.serverMonths === null)) return
  const drawn = buy.months ? valuesOf(buy.months)?.map(({ value }) => value) : null
  const firstPlan = 'plans' in specification ? [specification.plans[0].months] : []
  const months = buy.serverMonths === null ? (drawn ?? firstPlan) : [buy.serverMonths]
  const homes = homesOf(segment, draft.names.regions)
  for (const region of draft.regions.filter((candidate) => candidate && homes.includes(candidate.id)))
    for (const zone of region?.zones ?? [])
      for (const pool of zone.pools.filter(({ flavour }) => flavour === buy.flavour)) {
        const missing = months.filter((bought) => !pool.plans.some((plan) => plan.months === bought))
        if (missing.length > 0)
          report([...path, 'flavour'], {
            what: `no price of ${pool.flavour} in ${zone.id} for ${missing.join(', ')} months`,
            expected: 'plans of the pool for the months its servers are bought for (E-06)',
            hint: `add plans to the pool of ${pool.flavour} in ${zone.id}`,
          })
      }
}
