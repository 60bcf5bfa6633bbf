/** E-12: capacity that rules order and release, against histories worked by hand and laws that all of them keep. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOfText, simulated } from './inline-run.ts'

interface Parts {
  readonly growth: string
  readonly capacity?: string
  readonly hours?: number
  readonly events?: string
  readonly policies?: string
  /** Of the second zone. */
  readonly more?: string
  readonly buyers?: string
}

/** Four servers come at 00:10 and run for 5 hours; two come at 02:00 and run for 4 h 30 min. */
const twoWaves = `
  - segment: early
    count: 4
    stays: 15min
    wallet: { opening: 1000 }
    load: { closed: { thinkTime: 10min } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 5h }]
  - segment: late
    count: 2
    joins: 110min
    stays: 15min
    wallet: { opening: 1000 }
    load: { closed: { thinkTime: 10min } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 270min }]`

const market = ({
  growth,
  capacity = 'capacity: 4',
  hours = 9,
  events = '[]',
  policies = '',
  more = '',
  buyers = twoWaves,
}: Parts) => `
name: growth
question: When does capacity come?
start: 2024-01-01T00:00:00+08:00
duration: ${hours}h
seed: 7
policies: { ${policies} }
regions: [{ id: r, zones: [{ id: z, ${capacity.startsWith('capacity') ? '' : `hosts: [{ id: rack, vcpu: 2, ${capacity}, growth: { ${growth} } }], `}pools: [{ flavour: f, ${capacity.startsWith('capacity') ? `${capacity}, growth: { ${growth} }` : 'hosts: rack, vcpu: 1'}, hourly: "1", patience: 2h }] }${more}] }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0" }] }]
buyers:${buyers}
events: ${events}
`

const START = Date.parse('2024-01-01T00:00:00+08:00')
const clock = (at: number): string => {
  const minutes = Math.round((at - START) / 60_000)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

interface Row {
  readonly event: string
  readonly at: number
  readonly units: number
  readonly due: number
  readonly ordered: number
}

const ordersSql = `SELECT w.word AS event, o.at, o.units, o.due, o.ordered FROM capacity_orders o
  JOIN words w ON w.id = o.event ORDER BY o.rowid`

/** `time event units, due, units beyond the schedule` of a run in which the auditor agrees. */
const ordersOf = (text: string): Promise<string[]> =>
  simulated(text, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    return rows<Row>(ordersSql).map(({ event, at, units, due, ordered }) =>
      event.startsWith('units')
        ? `${clock(at)} ${event} ${units}`
        : `${clock(at)} ${event} ${units} for ${clock(due)}, ${ordered} beyond`,
    )
  })

const bounds = 'every: 30min, order: { above: 75, units: 2, lead: 1h, most: 7 }'

const histories: readonly (readonly [why: string, parts: Parts, orders: readonly string[]])[] = [
  [
    'orders when more than the bound is in use, counting what is on order, and never beyond its most',
    { growth: bounds },
    [
      // 4 of 4; then 4 of 6 are below 75 %.
      '00:30 order-units 2 for 01:30, 2 beyond',
      '01:30 units-arrive 2',
      // 6 of 6, of which the review at 02:00 does not know yet; 7 is the most.
      '02:30 order-units 1 for 03:30, 3 beyond',
      '03:30 units-arrive 1',
    ],
  ],
  [
    'releases what it ordered, after its term of notice, and nothing of the schedule',
    { growth: `${bounds}, release: { below: 40, units: 2, lead: 2h }`, hours: 10 },
    [
      '00:30 order-units 2 for 01:30, 2 beyond',
      '01:30 units-arrive 2',
      '02:30 order-units 1 for 03:30, 3 beyond',
      '03:30 units-arrive 1',
      // 2 of 7 are in use, less than 2.8; then 2 of 5, which is 40 %.
      '05:30 release-units 2 for 07:30, 1 beyond',
      // The last two ended at 06:30; of three, two leave already.
      '07:00 release-units 1 for 09:00, 0 beyond',
      '07:30 units-leave 2',
      '09:00 units-leave 1',
    ],
  ],
  [
    'does not release what it would order again',
    { growth: 'every: 30min, order: { above: 45, units: 3, most: 7 }, release: { below: 44, units: 3 }' },
    [
      '00:30 order-units 3 for 00:30, 3 beyond',
      '00:30 units-arrive 3',
      // 2 of 7 from 05:10: below 44 %, but 2 of 4 are above 45 %.
      '07:00 release-units 3 for 07:00, 0 beyond',
      '07:00 units-leave 3',
    ],
  ],
  [
    'adds to what a planned change leaves',
    {
      growth: bounds,
      events: '[{ at: 2024-01-01T01:00:00+08:00, capacityChange: { zone: z, flavour: f, capacity: 5 } }]',
    },
    [
      '00:30 order-units 2 for 01:30, 2 beyond',
      '01:30 units-arrive 2',
      // 6 of 7 units are above 75 %, but 7 is the most.
    ],
  ],
  [
    'orders hosts by the dimension most in use',
    { growth: bounds.replace('most: 7', 'most: 4'), capacity: 'count: 2' },
    [
      // 4 of 4 vCPU; then 4 of 8.
      '00:30 order-units 2 for 01:30, 2 beyond',
      '01:30 units-arrive 2',
      // 6 of 8 vCPU are 75 %, and not more.
    ],
  ],
]

test.each(histories)('E-12: a rule %s', async (_, parts, orders) => {
  expect(await ordersOf(market(parts))).toEqual(orders)
})

test('E-12: units that arrive serve who waits, and units that leave wait for their servers', async () => {
  const text = market({
    growth: 'every: 30min, order: { above: 90, units: 2, lead: 2h, most: 6 }, release: { below: 60, units: 2 }',
    policies: 'pool.whenFull: queue',
    hours: 12,
  })
  await simulated(text, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    expect(rows<Row>(ordersSql).map(({ event, at }) => `${clock(at)} ${event}`)).toEqual([
      '00:30 order-units',
      '02:30 units-arrive',
      '05:30 release-units',
      '05:30 units-leave',
    ])
    // Two wait from 02:00 until the units are there.
    const waits = rows<{ event: string; at: number }>(
      'SELECT w.word AS event, p.at FROM pool_waits p JOIN words w ON w.id = p.event ORDER BY p.rowid',
    ).map(({ event, at }) => `${clock(at)} ${event}`)
    expect(waits).toEqual(['02:00 wait', '02:00 wait', '02:30 admit', '02:30 admit'])
    // 6 of which 2 are used until 05:10 are over: 4 from 05:30 on.
    const capacity = rows<{ at: number; capacity: number }>('SELECT hour AS at, capacity FROM pool_hours ORDER BY hour')
    expect(capacity.findLast(({ at }) => clock(at) <= '06:00')?.capacity).toBe(4)
  })
})

test('E-12: an order waits for what a rule may order up to, and is refused beyond it', async () => {
  const buyers = (quantity: number) => `
  - segment: b
    count: 1
    stays: 15min
    wallet: { opening: 1000 }
    load: { closed: { thinkTime: 10min } }
    buys: [{ product: A, specification: s, flavour: f, lifetime: 1h, quantity: ${quantity} }]`
  const code = (quantity: number) =>
    simulated(
      market({ growth: bounds, buyers: buyers(quantity), policies: 'pool.whenFull: queue' }),
      ({ outcome, rows }) => {
        expect(outcome.differences).toBe(0)
        return rows<{ code: string }>('SELECT w.word AS code FROM refusals r JOIN words w ON w.id = r.code').map(
          (row) => row.code,
        )
      },
    )
  expect(await code(7)).toEqual(['patience-exhausted'])
  expect(await code(8)).toEqual(['never-fits'])
})

const busy = `
  - segment: b
    count: 12
    wallet: { opening: 100000 }
    load: { poisson: { total: 30/d } }
    buys: [{ product: A, specification: s, flavour: f, quantity: { discrete: { values: [1, 2, 3] } }, lifetime: { exponential: { mean: 9h } } }]
    habits: { stopStart: { probability: 0.4, after: { exponential: { mean: 5h } }, pause: { exponential: { mean: 3h } } } }`

const hosts = `, { id: y, hosts: [{ id: h, count: 1, vcpu: 8, memory: 16, placement: worst-fit, failures: { timeToFailure: { exponential: { mean: 2d } }, timeToRepair: 3h }, growth: { every: 15min, order: { above: 70, units: 2, lead: 45min, most: 9 }, release: { below: 50, units: 1 } } }],
  pools: [{ flavour: f, hosts: h, vcpu: 2, memory: 5, hourly: "1" }] }`

test('E-12: pools and hosts that grow in two cells have one history on any number of threads', async () => {
  const text = market({
    growth:
      'every: 10min, order: { above: 80, units: 2, lead: 1h, most: 30 }, release: { below: 50, units: 3, lead: 30min }',
    policies: 'pool.whenFull: queue, outage.servers: restart',
    hours: 60,
    more: hosts,
    buyers: busy,
  }).replace('name: growth', 'name: growth\npartition: zone\nmessageDelay: 30min')
  const digest = await simulated(text, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    const kinds = rows<{ event: string }>(
      `SELECT DISTINCT w.word || (o.pool > 0) AS event FROM capacity_orders o JOIN words w ON w.id = o.event ORDER BY 1`,
    )
    expect(kinds.length).toBe(8)
    return outcome.digest
  })
  // A cell is on one thread, so that more than two run it as two do.
  expect(await digestOfText(text, 2)).toBe(digest)
})

test('E-12: whatever the rule, the auditor agrees, and no order goes beyond its most', async () => {
  const rules = fc.record({
    every: fc.integer({ min: 1, max: 180 }),
    above: fc.integer({ min: 0, max: 100 }),
    units: fc.integer({ min: 1, max: 4 }),
    lead: fc.integer({ min: 0, max: 300 }),
    most: fc.integer({ min: 5, max: 12 }),
    below: fc.integer({ min: 0, max: 100 }),
    back: fc.integer({ min: 1, max: 4 }),
    notice: fc.integer({ min: 0, max: 200 }),
    onHosts: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(rules, async ({ every, above, units, lead, most, below, back, notice, onHosts }) => {
      const text = market({
        growth: `every: ${every}min, order: { above: ${above}, units: ${units}, lead: ${lead}min, most: ${most} }, release: { below: ${Math.min(above, below)}, units: ${back}, lead: ${notice}min }`,
        capacity: onHosts ? 'count: 2' : 'capacity: 4',
        hours: 24,
        buyers: busy,
        policies: 'pool.whenFull: queue',
      })
      await simulated(text, ({ outcome, rows }) => {
        expect(outcome.differences).toBe(0)
        const scheduled = onHosts ? 2 : 4
        for (const { event, ordered, due, at } of rows<Row>(ordersSql)) {
          expect(ordered).toBeGreaterThanOrEqual(0)
          expect(ordered + scheduled).toBeLessThanOrEqual(most)
          if (event === 'order-units') expect(due - at).toBe(lead * 60_000)
        }
      })
    }),
    { numRuns: 8, seed: 12 },
  )
})
