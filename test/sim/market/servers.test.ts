/** E-01, E-04, E-05, E-07, O-08, U-05: the life of a pay-per-use server, step by step. */
import { expect, test } from 'vitest'
import { standing } from '#sim/market/arrears/standing.ts'
import { created, failOrder } from '#sim/market/servers/creation.ts'
import { completeSwitch, switchImage } from '#sim/market/servers/image-switch.ts'
import { instance } from '#sim/market/servers/instance.ts'
import { remove, step } from '#sim/market/servers/instance-steps.ts'
import type { Launch } from '#sim/market/servers/launch.ts'
import { orderServers } from '#sim/market/servers/pay-per-use.ts'
import { endLife, restart, stop } from '#sim/market/servers/running.ts'
import { SmallMarket, START } from './small-market.ts'

const sure = (after: number): Launch => ({ after, fails: false })
const doomed = (after: number): Launch => ({ after, fails: true })

/** Orders servers of the large flavour, of which the zone has two. */
function order(small: SmallMarket, launches: readonly Launch[], more: object = {}): boolean {
  const placed = orderServers(small.market.servers, {
    account: 0,
    specification: 1,
    pool: 1,
    quantity: launches.length,
    months: 0,
    channel: 'search',
    interest: 1,
    lifetime: Number.POSITIVE_INFINITY,
    provisioning: 'customised',
    creation: () => ({ launches, patience: Number.POSITIVE_INFINITY }),
    ...more,
  })
  return typeof placed === 'number'
}

/** Lets everything that was requested happen up to an instant. */
function live(small: SmallMarket, until: number): void {
  for (;;) {
    const due = [...small.wakes].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0]
    if (due === undefined) break
    const [handle, { kind, at, entity, a }] = due
    small.wakes.delete(handle)
    small.goTo(at)
    if (kind === 'instanceLaunches') created(small.market.servers, entity, a === 1)
    else if (kind === 'instanceEnds') endLife(small.market.servers, entity)
    else if (kind === 'orderFails') failOrder(small.market.servers, entity)
    else if (kind === 'imageChanges') completeSwitch(small.market.servers, entity, a)
  }
  small.goTo(until)
}

const statesOf = (small: SmallMarket): string[] => {
  const states = new Map<string, string>()
  for (const { instance_id, to_state } of small.facts('instance_steps'))
    states.set(String(instance_id), String(to_state))
  return [...states.values()]
}
const lastOf = (small: SmallMarket, table: 'order_steps' | 'refusals') => small.facts(table).at(-1)
const minutes = (count: number): number => START + count * 60_000

test('E-01: a server holds its unit from create to delete, and gives it back while it is stopped', () => {
  const small = new SmallMarket()
  const { market } = small
  expect(order(small, [sure(60_000), sure(120_000)])).toBe(true)
  expect(market.servers.pools.held[1]).toBe(2)
  live(small, minutes(5))
  expect(statesOf(small)).toEqual(['running', 'running'])
  expect(lastOf(small, 'order_steps')).toMatchObject({ event: 'complete', at: minutes(2) })
  expect(stop(market.servers, 0, 'E-01')).toBe(true)
  expect(market.servers.pools.held[1]).toBe(1)
  expect(order(small, [sure(0)])).toBe(true)
  // Its restart fails: the unit is gone. What is lost is an hour of the server; its image is on its disk still.
  expect(restart(market.servers, 0)).toBe(false)
  expect(lastOf(small, 'refusals')).toMatchObject({
    code: 'capacity-sold-out',
    rule: 'E-01',
    quantity: 1,
    lost: 720_000_000,
  })
  endLife(market.servers, 1)
  expect(restart(market.servers, 0)).toBe(true)
  expect(market.servers.pools.held[1]).toBe(2)
})

test('E-01: what is frozen or has its image replaced keeps the unit it held, and takes none', () => {
  const small = new SmallMarket()
  const { market } = small
  order(small, [sure(0), sure(0)])
  stop(market.servers, 0, 'E-01')
  step(market.servers, 0, 'suspend', 'A-03')
  step(market.servers, 1, 'suspend', 'A-03')
  expect(market.servers.pools.held[1]).toBe(1)
  step(market.servers, 1, 'unfreeze', 'A-05')
  expect(market.servers.pools.held[1]).toBe(0)
  step(market.servers, 1, 'changeImage', 'E-07')
  expect(market.servers.pools.held[1]).toBe(0)
  remove(market.servers, 1, 'delete', 'E-01')
  expect(market.servers.pools.held[1]).toBe(0)
})

test('E-04: quick provisioning of pay-per-use pays nothing, and says so on the order', () => {
  const small = new SmallMarket()
  order(small, [sure(0)], { provisioning: 'quick' })
  expect(small.facts('orders')[0]).toMatchObject({ amount: 0, rule: 'E-04' })
  expect(small.facts('transactions')).toEqual([])
})

const failing = 'regions.here.zones.here-1.pools.large.failure=0.5'

test('E-05, O-08: of an order that fails none is created, none was started, and nothing is charged', () => {
  const small = new SmallMarket([failing])
  order(small, [sure(60_000), doomed(90_000)])
  live(small, minutes(200))
  expect(statesOf(small)).toEqual(['failed', 'failed'])
  expect(small.facts('instance_steps').map(({ event }) => event)).toEqual(['begin', 'begin', 'fail', 'fail'])
  expect(lastOf(small, 'order_steps')).toMatchObject({ event: 'fail', to_state: 'cancelled', at: minutes(1.5) })
  expect(lastOf(small, 'refusals')).toMatchObject({
    code: 'provisioning-failed',
    rule: 'O-08',
    quantity: 2,
    lost: 1_460_000_000,
  })
  expect(small.facts('usage_spans')).toEqual([])
  expect(small.market.servers.pools.held[1]).toBe(0)
})

test('E-05: where creating can fail, servers of an order start together', () => {
  const small = new SmallMarket([failing])
  order(small, [sure(60_000), sure(90_000)])
  live(small, minutes(10))
  expect(
    small
      .facts('instance_steps')
      .filter(({ event }) => event === 'launch')
      .map(({ at }) => at),
  ).toEqual([minutes(1.5), minutes(1.5)])
})

test('E-05, keep-created: those that were created stay; an order without any is cancelled', () => {
  const small = new SmallMarket([failing, 'policies.custom.partial=keep-created'])
  order(small, [sure(60_000), doomed(90_000)])
  live(small, minutes(10))
  expect(statesOf(small)).toEqual(['running', 'failed'])
  expect(lastOf(small, 'order_steps')).toMatchObject({ event: 'complete', at: minutes(1.5) })
  expect(lastOf(small, 'refusals')).toMatchObject({ code: 'provisioning-failed', quantity: 1, lost: 730_000_000 })
  order(small, [doomed(60_000)])
  live(small, minutes(20))
  expect(lastOf(small, 'order_steps')).toMatchObject({ event: 'fail', to_state: 'cancelled' })
})

test('E-07: a replacement needs a stopped server, keeps its id, and the new image counts from completion', () => {
  const small = new SmallMarket()
  const { market, meter } = small
  order(small, [sure(0)])
  expect(switchImage(market.servers, 0, 3, 600_000)).toBe(false)
  small.goTo(minutes(10))
  stop(market.servers, 0, 'E-07')
  expect(switchImage(market.servers, 0, 3, 60 * 60_000)).toBe(true)
  live(small, minutes(130))
  meter.finish(small.now)
  const steps = small.facts('instance_steps').filter(({ event }) => event === 'changeImage' || event === 'imageChanged')
  expect(steps).toMatchObject([
    { instance_id: 1, at: minutes(10), specification: 1, to_state: 'changing-image' },
    { instance_id: 1, at: minutes(70), specification: 3, to_state: 'stopped' },
  ])
  // U-05: A for the hours from 08:00 to 09:10, B from the hour in which it was installed.
  const images = small.facts('usage_spans').filter(({ item }) => item === 'image')
  expect(images.map(({ priced, first_hour, hours }) => [priced, first_hour, hours])).toEqual([
    [1, minutes(0), 1],
    [1, minutes(60), 1],
    [3, minutes(60), 1],
    [3, minutes(120), 1],
  ])
  expect(small.portEvents).toContain('imageReplaced 0')
})

test('E-07, O-10: an account in arrears replaces nothing; a freeze keeps the old image', () => {
  const small = new SmallMarket()
  const { market } = small
  order(small, [sure(0)])
  stop(market.servers, 0, 'E-07')
  market.arrears.standings.state[0] = standing.state.grace
  expect(switchImage(market.servers, 0, 3, 60_000)).toBe(false)
  expect(lastOf(small, 'refusals')).toMatchObject({ code: 'in-arrears', rule: 'O-10', lost: 0 })
  market.arrears.standings.state[0] = standing.state.good
  switchImage(market.servers, 0, 3, 60_000)
  step(market.servers, 0, 'suspend', 'A-03')
  live(small, minutes(10))
  expect(instance.states[market.servers.instances.state[0]]).toBe('suspended')
  expect(market.servers.instances.specification[0]).toBe(1)
})
