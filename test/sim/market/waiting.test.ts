/** E-02: orders that wait in front of a full pool, first come first served, until patience ends. */
import { expect, test } from 'vitest'
import { standing } from '#sim/market/arrears/standing.ts'
import { remove } from '#sim/market/servers/instance-steps.ts'
import { orderServers } from '#sim/market/servers/pay-per-use.ts'
import { setCapacity, setFlavourStatus } from '#sim/market/servers/pool-changes.ts'
import { hasRoom } from '#sim/market/servers/pools.ts'
import { renege, serveWaiting } from '#sim/market/servers/waiting.ts'
import { SmallMarket, START } from './small-market.ts'

const queue = 'policies.pool.whenFull=queue'
const strict = 'policies.queue.discipline=fifo'
const MINUTE = 60_000

/** The buyer asks for so many servers of the large flavour, of which there are two. */
const ask = (small: SmallMarket, quantity: number, account = 0, patience = Number.POSITIVE_INFINITY): boolean =>
  typeof orderServers(small.market.servers, {
    account,
    specification: 1,
    pool: 1,
    quantity,
    months: 0,
    channel: 'search',
    interest: 1,
    lifetime: Number.POSITIVE_INFINITY,
    provisioning: 'customised',
    creation: () => ({ patience, launches: Array.from({ length: quantity }, () => ({ after: 0, fails: false })) }),
  }) === 'number'

const waits = (small: SmallMarket): string[] =>
  small.facts('pool_waits').map(({ event, order_id, waited }) => `${event} ${order_id} ${Number(waited) / MINUTE}`)
const due = (small: SmallMarket, kind: string) => [...small.wakes.values()].filter((wake) => wake.kind === kind)

test('refuse: a full pool refuses orders, and what an hour would have cost is lost', () => {
  const small = new SmallMarket()
  expect(ask(small, 2)).toBe(true)
  expect(ask(small, 2)).toBe(false)
  expect(small.facts('refusals')).toMatchObject([
    { code: 'capacity-sold-out', rule: 'E-02', quantity: 2, lost: 1_460_000_000 },
  ])
  expect(small.facts('orders')).toHaveLength(1)
})

test('fifo: the order waits; later orders do not overtake', () => {
  const small = new SmallMarket([queue, strict])
  const { market } = small
  ask(small, 1)
  expect([ask(small, 2, 1), ask(small, 1, 2)]).toEqual([true, true])
  expect(hasRoom(market.servers, 1, 1)).toBe(false)
  serveWaiting(market.servers, 1)
  expect(waits(small)).toEqual(['wait 2 0', 'wait 3 0'])
  small.goTo(START + 30 * MINUTE)
  remove(market.servers, 0, 'delete', 'E-01')
  expect(due(small, 'poolServes')).toHaveLength(1)
  serveWaiting(market.servers, 1)
  expect(waits(small).at(-1)).toBe('admit 2 30')
  expect(small.facts('pool_waits').at(-1)).toMatchObject({ quantity: 2, hourly: 1_460_000_000 })
  setCapacity(market.servers, 1, 3)
  serveWaiting(market.servers, 1)
  expect(waits(small).at(-1)).toBe('admit 3 30')
  expect(market.servers.pools.held[1]).toBe(3)
})

test('patience: who gives up cancels the order, and the demand is lost; those behind move up', () => {
  const small = new SmallMarket([queue, strict])
  const { market } = small
  ask(small, 1)
  ask(small, 2, 1, 10 * MINUTE)
  ask(small, 1, 2)
  const [patience] = due(small, 'patienceEnds')
  expect(patience.at).toBe(START + 10 * MINUTE)
  small.goTo(patience.at)
  renege(market.servers, patience.entity)
  expect(waits(small).at(-1)).toBe('renege 2 10')
  expect(small.facts('order_steps').at(-1)).toMatchObject({ order_id: 2, event: 'cancel', rule: 'E-02' })
  expect(small.facts('refusals')).toMatchObject([{ code: 'patience-exhausted', order_id: 2, lost: 1_460_000_000 }])
  expect(due(small, 'poolServes')).toHaveLength(1)
  serveWaiting(market.servers, 1)
  expect(waits(small).at(-1)).toBe('admit 3 10')
})

test('no order waits for more than the pool will ever have', () => {
  const small = new SmallMarket([queue])
  expect(ask(small, 3)).toBe(false)
  expect(small.facts('refusals')).toMatchObject([
    { code: 'never-fits', rule: 'E-02', order_id: 0, lost: 2_190_000_000 },
  ])
})

test('who waits for more than is free is passed over by who fits, and served as soon as there is room', () => {
  const small = new SmallMarket([queue])
  const { market } = small
  setCapacity(market.servers, 1, 3)
  ask(small, 2)
  ask(small, 3, 1)
  ask(small, 1, 2)
  expect(waits(small)).toEqual(['wait 2 0'])
  expect(market.servers.pools.held[1]).toBe(3)
  ask(small, 2, 3)
  remove(market.servers, 0, 'delete', 'E-01')
  remove(market.servers, 1, 'delete', 'E-01')
  // At one instant who waits comes before who comes.
  expect(ask(small, 1)).toBe(true)
  serveWaiting(market.servers, 1)
  expect(waits(small)).toEqual(['wait 2 0', 'wait 4 0', 'wait 5 0', 'admit 4 0'])
  for (let row = 2; row < 5; row++)
    if (market.servers.instances.id[row] > 0) remove(market.servers, row, 'delete', 'E-01')
  for (const row of [0, 1]) if (market.servers.instances.state[row] === 0) remove(market.servers, row, 'delete', 'E-01')
  serveWaiting(market.servers, 1)
  expect(waits(small).slice(4, 5)).toEqual(['admit 2 0'])
})

test('queue.discipline fifo: the first in line holds up all others', () => {
  const small = new SmallMarket([queue, strict])
  const { market } = small
  setCapacity(market.servers, 1, 3)
  ask(small, 2)
  ask(small, 3, 1)
  ask(small, 1, 2)
  serveWaiting(market.servers, 1)
  expect(waits(small)).toEqual(['wait 2 0', 'wait 3 0'])
  expect(hasRoom(market.servers, 1, 1)).toBe(false)
})

test('who waits is refused as soon as no planned capacity can ever do', () => {
  const steps =
    'regions.here.zones.here-1.pools.large.capacity=[{ from: 2024-05-06T08:00:00+08:00, capacity: 2 }, { from: 2024-05-07T08:00:00+08:00, capacity: 4 }, { from: 2024-05-08T08:00:00+08:00, capacity: 1 }]'
  const event =
    'events=[{ at: 2024-05-09T08:00:00+08:00, capacityChange: { zone: here-1, flavour: large, capacity: 2 } }]'
  const small = new SmallMarket([queue, steps, event])
  const { market } = small
  ask(small, 1)
  expect([ask(small, 5, 1), ask(small, 4, 1), ask(small, 3, 2), ask(small, 2, 3)]).toEqual([false, true, true, true])
  const capacities = [4, 1, 2]
  const refused: unknown[][] = []
  capacities.forEach((capacity, index) => {
    small.goTo(START + (index + 1) * 24 * 60 * MINUTE)
    // Not served on the first day: the server in the pool is one too many for 4, and 3 + 1 fit.
    setCapacity(market.servers, 1, capacity)
    serveWaiting(market.servers, 1)
    refused.push(small.facts('refusals').map(({ code, quantity }) => `${code} ${quantity}`))
  })
  expect(refused).toEqual([['never-fits 5'], ['never-fits 5', 'never-fits 4'], ['never-fits 5', 'never-fits 4']])
  expect(waits(small).slice(3)).toEqual(['admit 3 1440', 'turn-away 2 2880'])
})

test('a flavour that is sold out lets orders wait, one that is abandoned turns them away', () => {
  const small = new SmallMarket([queue])
  setFlavourStatus(small.market.servers, 1, 'sold-out')
  expect(ask(small, 1)).toBe(true)
  setFlavourStatus(small.market.servers, 1, 'abandoned')
  expect(waits(small)).toEqual(['wait 1 0', 'turn-away 1 0'])
  expect(ask(small, 1)).toBe(false)
  expect(small.facts('refusals').map(({ code }) => code)).toEqual(['flavour-abandoned', 'flavour-abandoned'])
})

test('O-10: an account that fell in arrears while it waited gets nothing, and that is no loss of the pool', () => {
  const small = new SmallMarket([queue])
  const { market } = small
  ask(small, 2)
  ask(small, 1, 1)
  market.arrears.standings.state[1] = standing.state.grace
  serveWaiting(market.servers, 1)
  expect(waits(small).at(-1)).toBe('turn-away 2 0')
  expect(small.facts('refusals')).toMatchObject([{ code: 'in-arrears', rule: 'O-10', lost: 0 }])
})

test('a line survives a snapshot', () => {
  const [small, again] = [new SmallMarket([queue]), new SmallMarket([queue])]
  ask(small, 2)
  ask(small, 1, 1)
  ask(small, 1, 2)
  again.restore(small)
  remove(again.market.servers, 0, 'delete', 'E-01')
  serveWaiting(again.market.servers, 1)
  expect(waits(again)).toEqual(['admit 2 0'])
})
