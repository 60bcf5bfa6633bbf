/** What a chapter that comes later may do with servers: free units that are wanted, and set what an owner pays an hour. */
import { expect, test } from 'vitest'
import { placeOrder } from '#sim/market/place-order.ts'
import type { ServerIntent } from '#sim/market/servers/admission.ts'
import { repriceServers } from '#sim/market/servers/pool-changes.ts'
import { endLife } from '#sim/market/servers/running.ts'
import { SmallMarket } from './small-market.ts'

/** A server in the second pool, which has two units. */
const request = (account: number): ServerIntent => ({
  account,
  specification: 1,
  pool: 1,
  quantity: 1,
  months: 0,
  channel: 'search',
  interest: 1,
  lifetime: Number.POSITIVE_INFINITY,
  provisioning: 'customised',
  creation: () => ({ launches: [{ after: 0, fails: false }], patience: Number.POSITIVE_INFINITY }),
})

test('E-02: who frees a unit when it is wanted lets the request in; otherwise it is refused', () => {
  const { servers } = new SmallMarket().market
  const wanted: number[][] = []
  for (const account of [0, 1]) expect(placeOrder(servers, request(account))).toBeTypeOf('number')
  servers.unitsWanted.connect((...what) => wanted.push(what))
  expect(placeOrder(servers, request(2))).toMatchObject({ refused: 'capacity-sold-out' })
  servers.unitsWanted.connect(() => endLife(servers, 0))
  expect(placeOrder(servers, request(3))).toBeTypeOf('number')
  expect(wanted).toEqual([
    [1, 1, 2],
    [1, 1, 3],
  ])
})

test('U-07: what an hour costs goes through all who change it, in their order, also when the pool has a new price', () => {
  const { servers } = new SmallMarket().market
  servers.hourlyPrice.through((hourly, account) => (account === 0 ? hourly / 2 : hourly))
  servers.hourlyPrice.through((hourly) => hourly - 1)
  for (const account of [0, 1]) placeOrder(servers, request(account))
  const prices = () => [servers.instances.ecsPrice[0], servers.instances.ecsPrice[1]]
  const { hourly } = servers.world.pools[1]
  expect(prices()).toEqual([hourly / 2 - 1, hourly - 1])
  repriceServers(servers, 1, { hourly: 1000 })
  expect(prices()).toEqual([499, 999])
})
