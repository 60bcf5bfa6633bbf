/** E-10: servers on hosts. Where each is placed, when none has room, and how hosts come and go. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setHosts } from '#sim/market/hosts/host-changes.ts'
import { orderServers } from '#sim/market/servers/pay-per-use.ts'
import { endLife, restart, stop } from '#sim/market/servers/running.ts'
import { table } from '../billing/table.ts'
import { type NaiveAnswer, type NaiveHosts, type NaiveJob, placeNaively } from './naive-placement.ts'
import { SmallMarket, START } from './small-market.ts'

const flavours = {
  small: { vcpu: 1, memory: 1, gpu: 0 },
  large: { vcpu: 4, memory: 2, gpu: 0 },
  visual: { vcpu: 2, memory: 8, gpu: 1 },
}
type Flavour = keyof typeof flavours
const names = Object.keys(flavours) as Flavour[]

const scenario = ({ hosts, vcpu, memory, gpu, domains, strategy }: NaiveHosts): string => `name: hosts
question: Is each server on the right host?
start: 2024-05-06T08:00:00+08:00
duration: 30d
seed: 1
currency: USD
regions:
  - id: here
    zones:
      - id: here-1
        hosts: [{ id: rack, count: ${hosts}, vcpu: ${vcpu}, memory: ${memory}, gpu: ${gpu}, faultDomains: ${domains}, placement: ${strategy} }]
        pools:
${names.map((name) => `          - { flavour: ${name}, hosts: rack, vcpu: ${flavours[name].vcpu}, memory: ${flavours[name].memory}, gpu: ${flavours[name].gpu}, hourly: 1 }`).join('\n')}
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use, hourly: "0.1" }] }]
buyers:
  - { segment: people, count: 4, load: { poisson: { perBuyer: 1/week } }, buys: [{ product: A, specification: s, flavour: small, lifetime: 1d }] }
`

const rack = (strategy: NaiveHosts['strategy'], more: Partial<NaiveHosts> = {}): NaiveHosts => ({
  ...{ hosts: 3, vcpu: 8, memory: 16, gpu: 1, domains: 1, strategy },
  ...more,
})

const order = (small: SmallMarket, flavour: Flavour, quantity = 1, account = 0) =>
  orderServers(small.market.servers, {
    account,
    specification: 1,
    pool: names.indexOf(flavour),
    quantity,
    months: 0,
    channel: 'search',
    interest: 1,
    lifetime: Number.POSITIVE_INFINITY,
    provisioning: 'customised',
    creation: () => ({
      patience: Number.POSITIVE_INFINITY,
      launches: Array.from({ length: quantity }, () => ({ after: 0, fails: false })),
    }),
  })

/** Hosts by number of the servers that were placed so far. */
const placed = (small: SmallMarket): number[] =>
  small
    .facts('host_moves')
    .filter(({ event }) => event === 'place')
    .map(({ host }) => Number(host))

/** A server of which flavour each gets, in order: its host by each strategy. */
const cases = table(`
  strategy   first large  second large  first small  second small  visual  why
  first-fit  1      1      2      2      2       the first host with room
  best-fit   1      1      2      2      2       the fullest host with room
  worst-fit  1      2      3      3      3       the emptiest host; two smalls leave it emptier than a large does
  spread     1      2      1      2      1       two fault domains in turn, and within one the first host
`)

test.each(cases)('E-10: placement by $strategy: $why', ({ strategy, why: _, ...hosts }) => {
  const small = new SmallMarket([], scenario(rack(strategy as NaiveHosts['strategy'], { domains: 2 })))
  for (const flavour of ['large', 'large', 'small', 'small', 'visual'] as const) order(small, flavour)
  expect(placed(small)).toEqual(Object.values(hosts).map(Number))
})

test('E-10: a server of 4 vCPU is one server, and an order of two is placed on two hosts if need be', () => {
  const small = new SmallMarket([], scenario(rack('first-fit', { vcpu: 6 })))
  order(small, 'large', 2)
  const { pools } = small.market.servers
  expect(placed(small)).toEqual([1, 2])
  expect(pools.held[1]).toBe(2)
  // Of the small flavour two are left on the first and the second host, and six on the third.
  expect([...pools.capacity.slice(0, 3)]).toEqual([10, 3, 3])
})

test('E-10: no-host where all hosts together have the room but none by itself; sold out where they have not', () => {
  const small = new SmallMarket([], scenario(rack('first-fit', { vcpu: 6 })))
  for (let host = 0; host < 3; host++) order(small, 'large')
  expect(order(small, 'large')).toMatchObject({ refused: 'no-host', rule: 'E-02' })
  order(small, 'small', 4)
  expect(order(small, 'large')).toMatchObject({ refused: 'capacity-sold-out' })
  expect(small.facts('refusals').map(({ code }) => code)).toEqual(['no-host', 'capacity-sold-out'])
})

test('E-10: a stopped server leaves its host, and starts again wherever there is room then', () => {
  const small = new SmallMarket([], scenario(rack('first-fit', { hosts: 2, vcpu: 4 })))
  order(small, 'large')
  const { servers } = small.market
  stop(servers, 0, 'E-01')
  order(small, 'small')
  expect(restart(servers, 0)).toBe(true)
  expect(placed(small)).toEqual([1, 1, 2])
  endLife(servers, 1)
  expect([...small.market.hosts.hosts.servers.slice(0, 2)]).toEqual([0, 1])
})

test('E-10: fewer hosts drain those with the highest numbers, which leave when they are empty; more bring them back', () => {
  const small = new SmallMarket([], scenario(rack('worst-fit')))
  order(small, 'large')
  order(small, 'large')
  const { hosts, servers } = small.market
  const moves = () =>
    small
      .facts('host_moves')
      .filter(({ instance_id }) => instance_id === 0)
      .map(({ event, host }) => `${event} ${host}`)
      .slice(3)
  setHosts(hosts, 0, 1)
  // The second has a server: it takes no other, and the capacity is what is held and what the first still takes.
  expect(moves()).toEqual(['drain 2', 'drain 3', 'remove 3'])
  expect([servers.pools.capacity[1], servers.pools.planned[1]]).toEqual([3, 2])
  endLife(servers, 1)
  expect(moves().slice(3)).toEqual(['remove 2'])
  setHosts(hosts, 0, 4)
  expect(moves().slice(4)).toEqual(['add 2', 'add 3', 'add 4'])
  expect(servers.pools.planned[1]).toBe(8)
})

test('E-10: an order waits for hosts and is served when a host is added, by the order in which they came', () => {
  const small = new SmallMarket(['policies.pool.whenFull=queue'], scenario(rack('first-fit', { hosts: 1 })))
  for (let server = 0; server < 2; server++) order(small, 'large')
  expect(order(small, 'large', 3)).toMatchObject({ refused: 'never-fits' })
  endLife(small.market.servers, 0)
  order(small, 'small', 2)
  expect(order(small, 'large')).toBeTypeOf('number')
  setHosts(small.market.hosts, 0, 2)
  const serving = small.takeDue(START)
  expect(serving).toMatchObject({ kind: 'poolServes', entity: 1 })
  if (serving !== undefined) small.happen(serving)
  expect(placed(small).at(-1)).toBe(2)
})

const job = fc.record({
  wait: fc.nat(5),
  life: fc.integer({ min: 1, max: 60 }),
  owner: fc.nat(3),
  count: fc.integer({ min: 1, max: 3 }),
  flavour: fc.constantFrom(...names),
})

const group = fc.record({
  hosts: fc.integer({ min: 1, max: 6 }),
  vcpu: fc.integer({ min: 4, max: 9 }),
  memory: fc.integer({ min: 8, max: 12 }),
  gpu: fc.integer({ min: 1, max: 2 }),
  domains: fc.integer({ min: 1, max: 3 }),
  strategy: fc.constantFrom('first-fit', 'best-fit', 'worst-fit', 'spread'),
}) as fc.Arbitrary<NaiveHosts>

/** What the market does with jobs: what ends by an instant ends before what comes at it. */
function placeInMarket(small: SmallMarket, jobs: readonly (NaiveJob & { readonly flavour: Flavour })[]): NaiveAnswer[] {
  const { servers } = small.market
  const ends: { until: number; row: number }[] = []
  return jobs.map((each) => {
    small.now = START + each.at
    for (const done of ends.filter(({ until }) => until <= each.at)) endLife(servers, done.row)
    ends.splice(0, ends.length, ...ends.filter(({ until }) => until > each.at))
    const before = placed(small).length
    const first = servers.instances.rows
    const answer = order(small, each.flavour, each.count, each.owner)
    if (typeof answer !== 'number') return answer.refused as NaiveAnswer
    for (let row = first; row < servers.instances.rows; row++) ends.push({ until: each.until, row })
    return placed(small).slice(before)
  })
}

test('E-10: every server of a random trace is on the host that a naive placement program says, by each strategy', () => {
  fc.assert(
    fc.property(group, fc.array(job, { minLength: 1, maxLength: 60 }), (hosts, drawn) => {
      let at = 0
      const jobs = drawn.map(({ wait, life, owner, count, flavour }) => {
        at += wait
        return { at, until: at + life, owner, count, flavour, ...flavours[flavour] }
      })
      const small = new SmallMarket([], scenario(hosts))
      expect(placeInMarket(small, jobs)).toEqual(placeNaively(hosts, jobs))
    }),
    { numRuns: 60 },
  )
})

test('E-10: a restored market places as the one that was saved', () => {
  const jobs = Array.from({ length: 40 }, (_, index) => {
    const flavour = names[(index * 7) % 3]
    return { at: index, until: index + 15, owner: index % 4, count: 1 + (index % 2), flavour, ...flavours[flavour] }
  })
  for (const strategy of ['first-fit', 'best-fit', 'worst-fit', 'spread'] as const) {
    const text = scenario(rack(strategy, { hosts: 5, domains: 2 }))
    const saved = new SmallMarket([], text)
    placeInMarket(saved, jobs.slice(0, 20))
    const restored = new SmallMarket([], text)
    const before = placed(restored).length
    restored.restore(saved)
    const rest = jobs.slice(20).map((each) => ({ ...each, until: Number.POSITIVE_INFINITY }))
    const expected = placeInMarket(saved, rest)
    expect(placeInMarket(restored, rest)).toEqual(expected)
    expect(before).toBe(0)
  }
})
