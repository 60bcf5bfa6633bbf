/** Random regions, sellers and operations. */
import fc from 'fast-check'
import { amount, hours, lasting, minutes, often, seldom, share, some } from './laws.ts'
import type { Doc } from './read-doc.ts'

const flavours = ['f1', 'f2']
/** Months that yearly/monthly products and pools of the swarm are sold for. */
export const soldMonths = [1, 12] as const

/** E-12: capacities of the swarm are below every `most`. */
const growth = fc
  .record({
    every: fc.constantFrom('17min', '4h'),
    above: fc.constantFrom(0, 50, 80, 99),
    units: fc.integer({ min: 1, max: 3 }),
    lead: lasting(0, 900),
    most: fc.integer({ min: 7, max: 12 }),
    back: fc.option(fc.record({ below: fc.constantFrom(0, 20, 50), units: fc.integer({ min: 1, max: 3 }) })),
  })
  .map(({ every, above, units, most, back }) => ({
    every,
    order: { above, units, lead: '3h', most },
    ...(back === null ? {} : { release: { below: Math.min(above, back.below), units: back.units } }),
  }))

const priceOfUnit = fc.constantFrom('0', '0.0001', '0.0063', '1.5')
const priceOfTerm = amount(40)

/** E-09: what a server has besides its flavour, some of it priced; bandwidth is by the hour or by the GB. */
const resources = fc
  .tuple(
    some({
      disk: fc.record({ gigabytes: fc.constantFrom(1, 40, 500), hourly: priceOfUnit }),
      elasticIp: fc.record({ hourly: priceOfUnit }),
      bandwidth: fc.record({ mbits: fc.constantFrom(1, 5, 300), hourly: priceOfUnit }),
    }),
    fc.option(fc.record({ gigabytesPerHour: fc.constantFrom('0.25', '3', '0.0001'), perGigabyte: priceOfUnit })),
  )
  .map(([drawn, traffic]) => {
    const { bandwidth: _, ...others } = drawn
    return traffic === null ? drawn : { ...others, traffic }
  })

/** What the resources of a term cost, each with a price of its own or none. */
const termResources = fc
  .tuple(some({ disk: priceOfTerm, elasticIp: priceOfTerm }), some({ bandwidth: priceOfTerm }), fc.option(priceOfTerm))
  .map(([others, bandwidth, traffic]) => ({ ...others, ...(traffic === null ? bandwidth : { traffic }) }))

const pool = fc
  .tuple(
    fc.record({ capacity: fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5, 6), hourly: amount(2, 10) }),
    some({
      provisioning: lasting(0, 30),
      failure: seldom,
      status: fc.constantFrom('normal', 'normal', 'normal', 'normal', 'sold-out', 'abandoned'),
      patience: lasting(0, 600),
      interruptible: fc.oneof(
        fc.record({
          percentOff: fc.constantFrom('0', '33.3333333', '60', '100'),
          notice: fc.constantFrom('0s', '2min', '3h'),
        }),
        fc.record({
          random: fc.constant({ percentOff: { uniform: { min: 0, max: 120 } }, every: '7h' }),
          notice: fc.constantFrom('0s', '5min'),
        }),
      ),
    }),
    fc.tuple(amount(60), amount(500)),
    some({ growth, resources }),
    fc.tuple(termResources, termResources),
  )
  .map(([base, more, prices, ruled, resourcePrices]) => ({
    ...base,
    ...more,
    ...ruled,
    plans: soldMonths.map((months, index) => ({
      months,
      price: prices[index],
      ...('resources' in ruled ? resourcePrices[index] : {}),
    })),
  }))

type Pool = typeof pool extends fc.Arbitrary<infer T> ? T : never

/** E-10: one or two groups of hosts, on which a server of a zone may need more than is free on any. */
const hosts = fc.array(
  fc
    .tuple(
      fc.record({
        count: fc.integer({ min: 0, max: 3 }),
        vcpu: fc.constantFrom(4, 8),
        memory: fc.constantFrom(8, 16),
        placement: fc.constantFrom('first-fit', 'best-fit', 'worst-fit', 'spread'),
      }),
      some({
        faultDomains: fc.integer({ min: 1, max: 3 }),
        overcommit: fc.constantFrom({ vcpu: 2 }, { vcpu: 1.5, memory: 1.25 }),
        failures: fc
          .tuple(lasting(2000, 40_000), lasting(10, 2000), some({ repairCrews: fc.constantFrom(1, 2) }))
          .map(([timeToFailure, timeToRepair, crews]) => ({ timeToFailure, timeToRepair, ...crews })),
        growth,
      }),
    )
    .map(([group, more]) => ({ ...group, ...more })),
  { minLength: 1, maxLength: 2 },
)

const sizes = fc.constantFrom({ vcpu: 1, memory: 2 }, { vcpu: 2, memory: 8 }, { vcpu: 3, memory: 1 })

/** Pools that count units, or that are made of hosts; what is on hosts has no capacity of its own. */
const zone = fc
  .tuple(pool, pool, fc.option(fc.tuple(hosts, fc.tuple(sizes, sizes)), { freq: 3 }))
  .map(([first, second, onHosts]): Doc => {
    if (onHosts === null) return { pools: [first, second] }
    const [groups, sized] = onHosts
    const named = groups.map((group, index) => ({ id: `h${index + 1}`, ...group }))
    const placed = ({ capacity: _, growth: __, ...rest }: Pool & { growth?: unknown }, index: number) => ({
      ...rest,
      ...sized[index],
      hosts: named.map(({ id }) => id),
    })
    return { hosts: named, pools: [first, second].map(placed) }
  })

const region = fc.tuple(
  fc.array(zone, { minLength: 1, maxLength: 2 }),
  some({
    taxPercent: fc.constantFrom('0', '7', '19.6'),
    network: fc.record({ vpcCreation: lasting(0, 60), vpcLimit: fc.integer({ min: 1, max: 3 }) }),
  }),
)

/** One to three regions that all have both flavours, so that all of their buyers can buy. */
export const regions: fc.Arbitrary<Doc[]> = fc.array(region, { minLength: 1, maxLength: 3 }).map((list) =>
  list.map(([zones, more], r) => ({
    id: `r${r + 1}`,
    ...more,
    zones: zones.map(({ pools, ...others }, z) => ({
      id: `r${r + 1}z${z + 1}`,
      ...others,
      pools: (pools as Doc[]).map((drawn, index) => ({ flavour: flavours[index], ...drawn })),
    })),
  })),
)

const seller = some({
  count: fc.integer({ min: 1, max: 2 }),
  staff: fc.integer({ min: 1, max: 2 }),
  workingHours: hours,
  provisioning: lasting(0, 1500),
  failure: share,
  response: lasting(10, 2000),
  rejectRequest: often,
  appeal: share,
  silence: fc.record({ probability: share, for: lasting(60, 20_000) }),
  support: lasting(10, 2000),
  reachable: share,
  solves: share,
  withholdingPercent: fc.constantFrom('0', '5', '12.5'),
  taxPercent: fc.constantFrom('0', '6'),
})

export const sellers: fc.Arbitrary<Doc[]> = fc
  .array(seller, { minLength: 1, maxLength: 2 })
  .map((list) => list.map((drawn, index) => ({ segment: `isv${index + 1}`, ...drawn })))

const team = some({ staff: fc.integer({ min: 1, max: 2 }), workingHours: hours, handling: lasting(10, 1000) })

export const operations: fc.Arbitrary<Doc> = some({ managers: team, tickets: team })

export const messageDelay = minutes(10, 240)
