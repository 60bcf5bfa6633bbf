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
    some({ growth }),
  )
  .map(([base, more, prices, ruled]) => ({
    ...base,
    ...more,
    ...ruled,
    plans: soldMonths.map((months, index) => ({ months, price: prices[index] })),
  }))

const zone = fc.tuple(pool, pool)

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
    zones: zones.map((pools, z) => ({
      id: `r${r + 1}z${z + 1}`,
      pools: pools.map((drawn, index) => ({ flavour: flavours[index], ...drawn })),
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
