/** A warm start draws who is there from the stationary law of the scenario's own load. */
import { expect, test } from 'vitest'
import { refusalRates } from '#engine/queueing/loss-system.ts'
import { Streams } from '#engine/random/streams.ts'
import { WarmStart } from '#sim/people/warm-start.ts'
import { erlangB } from '../../engine/theory/formulas.ts'
import { SmallMarket, START } from './small-market.ts'

const HOUR = 3_600_000

interface Warm {
  readonly capacity: number
  readonly load: string
  readonly buys: string
  readonly provisioning?: string
}

const scenario = ({ capacity, load, buys, provisioning = '0s' }: Warm): string => `name: warm
start: 2024-05-06T08:00:00+08:00
duration: 30d
warmStart: true
regions:
  - { id: r, zones: [{ id: z, pools: [{ flavour: f, capacity: ${capacity}, hourly: "1", provisioning: ${provisioning} }] }] }
sellers: [{ segment: s, count: 1 }]
catalog: [{ id: i, kind: image, seller: s/1, category: systems, specifications: [{ id: a, billing: pay-per-use, hourly: "1" }] }]
buyers: [{ segment: b, count: 20, load: ${load}, buys: [${buys}] }]
`

/** Units held after each of many fills, and how long each server that runs has still to live, ms. */
function fills(
  warm: Warm,
  times: number,
): { readonly held: number[]; readonly lives: number[]; readonly creating: number } {
  const [held, lives]: [number[], number[]] = [[], []]
  let creating = 0
  for (let time = 0; time < times; time++) {
    const small = new SmallMarket([], scenario(warm))
    small.market.orders.customers.registered.fill(1)
    small.market.servers.owners.vpcs.fill(1)
    small.market.servers.owners.securityGroup.fill(1)
    small.market.servers.owners.credentials.fill(1)
    new WarmStart(small.market.servers, new Streams(String(time))).fill()
    held.push(small.market.servers.pools.held[0])
    for (const wake of small.wakes.values()) {
      if (wake.kind === 'instanceEnds') lives.push(wake.at - START)
      if (wake.kind === 'instanceLaunches') creating++
    }
  }
  return { held, lives, creating }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
/** Four standard errors of a mean. */
const about = (values: readonly number[]): number =>
  (4 * Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))) / Math.sqrt(values.length)

const line = (lifetime: string, quantity = '1'): string =>
  `{ product: i, specification: a, flavour: f, quantity: ${quantity}, lifetime: ${lifetime} }`

test.each([
  ['exponential', '{ exponential: { mean: 1h } }', HOUR],
  ['constant', '1h', HOUR / 2],
  ['lognormal', '{ lognormal: { mean: 1h, sd: 1h } }', HOUR],
])('12 erlangs on 11 units, %s lives: full as often as Erlang B says, and lives are met at random', (_, law, left) => {
  const { held, lives } = fills({ capacity: 11, load: '{ poisson: { total: 12/h } }', buys: line(law) }, 120)
  const full = held.map((units) => (units === 11 ? 1 : 0))
  expect(Math.abs(mean(full) - erlangB(11, 12))).toBeLessThan(about(full))
  expect(Math.abs(mean(held) - 12 * (1 - erlangB(11, 12)))).toBeLessThan(about(held))
  expect(Math.abs(mean(lives) - left)).toBeLessThan(about(lives))
})

test('orders of several units: full as often as Kaufman and Roberts say', () => {
  const buys = line('{ exponential: { mean: 1h } }', '{ discrete: { values: [1, 4] } }')
  const { held } = fills({ capacity: 12, load: '{ poisson: { perBuyer: 0.2/h } }', buys }, 120)
  const [one, four] = [1, 4].map((units) => ({ units, load: 2, rate: 0 }))
  const refused = [refusalRates([{ ...one, rate: 1 }, four], 12)[12], refusalRates([one, { ...four, rate: 1 }], 12)[12]]
  for (const [index, units] of [1, 4].entries()) {
    const blocked = held.map((busy) => (busy + units > 12 ? 1 : 0))
    expect(Math.abs(mean(blocked) - refused[index])).toBeLessThan(about(blocked))
  }
})

test('servers in creation are there too, as long as provisioning takes', () => {
  const warm: Warm = {
    capacity: 1000,
    load: '{ poisson: { total: 12/h } }',
    buys: line('1h'),
    provisioning: '30min',
  }
  const { held, creating } = fills(warm, 120)
  expect(Math.abs(mean(held) - 18)).toBeLessThan(about(held))
  expect(Math.abs(creating / 120 - 6)).toBeLessThan(4 * Math.sqrt(6 / 120))
})

test('a load with a day profile counts by its past: what came in the hours before the start', () => {
  // 24 a day, all between 06:00 and 07:00; at 08:00 a server of three hours is there, one of half an hour is not.
  const day = `[${Array.from({ length: 24 }, (_, hour) => (hour === 6 ? 1 : 0)).join(', ')}]`
  const load = `{ profile: { total: 24/d, day: ${day} } }`
  const { held, lives } = fills({ capacity: 1000, load, buys: line('3h') }, 120)
  expect(Math.abs(mean(held) - 24)).toBeLessThan(about(held))
  expect(lives.every((left) => left >= HOUR && left <= 2 * HOUR)).toBe(true)
  expect(fills({ capacity: 1000, load, buys: line('30min') }, 20).held.every((units) => units === 0)).toBe(true)
})
