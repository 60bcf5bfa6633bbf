/** E-01, E-02, C-05, Q-03: pools, what happens to them by plan, and their invariants. */
import { expect, test } from 'vitest'
import { launch } from '#sim/market/servers/creation.ts'
import {
  beginOutage,
  endOutage,
  repriceImages,
  repriceServers,
  setCapacity,
  setFlavourStatus,
} from '#sim/market/servers/pool-changes.ts'
import { checkHeld, hasRoom, hold, releaseUnits } from '#sim/market/servers/pools.ts'
import { at, hoursOf, SmallMarket } from './small-market.ts'

test('E-02: a flavour that is sold out or abandoned gives out nothing, and takes nothing away', () => {
  const small = new SmallMarket()
  const { market } = small
  launch(market.servers, small.admit())
  for (const [status, room] of [
    ['sold-out', false],
    ['abandoned', false],
    ['normal', true],
  ] as const) {
    setFlavourStatus(market.servers, 0, status)
    expect([status, hasRoom(market.servers, 0, 1), market.servers.pools.held[0]]).toEqual([status, room, 1])
  }
  expect(small.facts('pool_changes').map(({ what, status }) => `${what} ${status}`)).toEqual([
    'flavour-status sold-out',
    'flavour-status abandoned',
    'flavour-status normal',
  ])
})

test('E-01: a capacity below the units held evicts no server', () => {
  const small = new SmallMarket()
  const { market } = small
  hold(market.servers, 0, 4)
  setCapacity(market.servers, 0, 2)
  expect([market.servers.pools.capacity[0], hasRoom(market.servers, 0, 1)]).toEqual([4, false])
  releaseUnits(market.servers, 0, 3)
  expect([market.servers.pools.capacity[0], hasRoom(market.servers, 0, 1), hasRoom(market.servers, 0, 2)]).toEqual([
    2,
    true,
    false,
  ])
})

test('Q-03: a pool that would hold more than it has, or other than its instances, stops the run', () => {
  const { market } = new SmallMarket()
  expect(() => hold(market.servers, 1, 3)).toThrow('Q-03: pool 2 holds 3 of 2 units')
  expect(() => releaseUnits(new SmallMarket().market.servers, 1, 1)).toThrow('Q-03')
  const other = new SmallMarket().market.servers
  hold(other, 0, 1)
  expect(() => checkHeld(other)).toThrow('Q-03: pool 1 holds 1 units, its instances 0')
})

test('an outage breaks the drawn servers, blocks creation and starts, and may overlap another', () => {
  const small = new SmallMarket()
  const { market } = small
  const rows = [small.admit(), small.admit(), small.admit()]
  for (const row of rows.slice(0, 2)) launch(market.servers, row)
  beginOutage(market.servers, 0, (row) => row === rows[1])
  expect(small.facts('pool_changes').at(-1)).toMatchObject({ what: 'outage', down: 1, broken: 1 })
  expect(small.facts('instance_steps').filter(({ event }) => event === 'fail')).toHaveLength(1)
  beginOutage(market.servers, 0, () => false)
  endOutage(market.servers, 0)
  expect(hasRoom(market.servers, 0, 1)).toBe(false)
  endOutage(market.servers, 0)
  expect(hasRoom(market.servers, 0, 1)).toBe(true)
  expect(market.servers.pools.held[0]).toBe(2)
})

test('C-05, U-07: a new price holds for servers that run, from the next hour on', () => {
  const small = new SmallMarket()
  const { market, meter } = small
  launch(market.servers, small.admit())
  small.goTo(at('09:30:00'))
  repriceServers(market.servers, 0, { hourly: 7.2e10 })
  repriceImages(market.servers, 1, 0.2e10)
  small.goTo(at('11:00:00'))
  meter.finish(small.now)
  const amounts = (item: string) =>
    hoursOf(small.facts('usage_spans'))
      .filter((line) => line.item === item)
      .map(({ amount }) => amount / 1e8)
  expect(amounts('ecs')).toEqual([3.6, 3.6, 7.2])
  expect(amounts('image')).toEqual([0.1, 0.1, 0.2])
  expect(small.facts('image_prices')).toMatchObject([{ specification: 1, hourly: 0.2e10, rule: 'C-05' }])
  expect(small.facts('pool_changes')).toMatchObject([{ what: 'price', hourly: 7.2e10 }])
})
