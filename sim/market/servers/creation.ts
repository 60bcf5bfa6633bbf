/** Buying, creating, stopping and deleting pay-per-use servers with an image (E-01, E-02, E-04..E-06, O-08, O-10). */
import type { UnitPrice } from '#base/money.ts'
import { ecsHourAmount, imageHourAmount } from '../../billing/metering/rating.ts'
import { instance } from './instance.ts'
import { admit, remove, step as stepInstance } from './instance-steps.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { createOrder, type OrderIntent, step } from '../orders/order-steps.ts'
import { canEverHold, hasRoom, statusOf } from './pools.ts'
import { standing } from '../arrears/standing.ts'
import { NONE } from '../tables.ts'
import { wait } from './waiting.ts'
import type { RefusalCode } from '../words.ts'

/** How the creation of one server will go: how long it takes, ms, and whether it fails in the end (O-08). */
export interface Launch {
  readonly after: number
  readonly fails: boolean
}

export interface ServerIntent extends OrderIntent {
  readonly provisioning: 'quick' | 'customised'
  /** One a server. */
  readonly launches: readonly Launch[]
  /** How long he waits where the pool is full, ms; Infinity for ever. */
  readonly patience: number
}

/** What one hour of a server with an image costs at the prices in force, whole 1e-8 (E-06). */
export function hourOf({ pools, imagePrices, policies }: Market, pool: number, specification: number): bigint {
  const rounding = policies['rounding.charge']
  const ecs = ecsHourAmount(pools.hourly[pool] as UnitPrice, 3600, rounding)
  return BigInt(ecs) + BigInt(imageHourAmount(imagePrices[specification - 1] as UnitPrice, rounding))
}

/**
 * Orders `quantity` servers with a pay-per-use image. Nothing is due now (E-04): the hours are charged as they are used.
 * Answers whether there is an order: a full pool refuses, or lets it wait (E-02).
 */
export function orderServers(market: Market, meter: Meter, intent: ServerIntent): boolean {
  const { policies } = market
  const fits = hasRoom(market, intent.pool, intent.quantity)
  if (!fits) {
    const refusal = noRoom(market, intent.pool)
    if (policies['pool.whenFull'] === 'refuse' || refusal === 'flavour-abandoned') {
      refuse(market, refusal, 'E-02', intent, 0)
      return false
    }
    if (!canEverHold(market, intent.pool, intent.quantity)) {
      refuse(market, 'never-fits', 'E-02', intent, 0)
      return false
    }
  }
  const row = createOrder(market, intent, [], intent.provisioning === 'quick' ? 'E-04' : 'O-01')
  step(market, row, 'pay', 'O-10')
  if (fits) createServers(market, meter, row, intent.pool, intent.launches)
  else wait(market, row, intent.pool, intent.launches, intent.patience)
  return true
}

/** Why a pool gives out nothing (E-02). */
export function noRoom(market: Market, pool: number): RefusalCode {
  if (statusOf(market, pool) === 'abandoned') return 'flavour-abandoned'
  return market.pools.down[pool] > 0 ? 'zone-down' : 'capacity-sold-out'
}

/** An order is not served; an hour of it is what was lost. */
function refuse(
  market: Market,
  code: RefusalCode,
  rule: string,
  what: Pick<OrderIntent, 'account' | 'specification' | 'pool' | 'quantity'>,
  order: number,
): void {
  const lost = hourOf(market, what.pool, what.specification) * BigInt(what.quantity)
  market.refuse(code, rule, { ...what, pool: market.pools.id[what.pool], order, lost })
}

/**
 * The pool admits the servers of an order, which has room for them. All or none (E-05): where creating can fail, servers
 * of one order start together when the last of them is there, so that none is charged that is taken away again.
 */
export function createServers(
  market: Market,
  meter: Meter,
  order: number,
  pool: number,
  launches: readonly Launch[],
): void {
  const { pools, orders, imagePrices, instances, timers, world, policies, now } = market
  const specification = orders.specification[order]
  const together = policies['custom.partial'] === 'none' && world.pools[pools.id[pool] - 1].plan.failure > 0
  const failures = launches.filter(({ fails }) => fails).map(({ after }) => after)
  const last = launches.reduce((latest, { after }) => Math.max(latest, after), 0)
  for (const launch of launches) {
    const row = admit(market, {
      order,
      account: orders.account[order],
      pool,
      specification,
      ecsPrice: pools.hourly[pool],
      imagePrice: imagePrices[specification - 1],
      lifetime: orders.lifetime[order],
    })
    if (together && failures.length > 0) continue
    const after = together ? last : launch.after
    const fails = launch.fails && !together
    if (after > 0) instances.lifeTimer[row] = timers.wake('instanceLaunches', now + after, row, fails ? 1 : 0)
    else created(market, meter, row, fails)
  }
  if (together && failures.length > 0)
    orders.expiry[order] = timers.wake('orderFails', now + Math.min(...failures), order)
}

/** A server is there, unless its creation fails: by itself, or because its zone is down (O-08). */
export function created(market: Market, meter: Meter, row: number, fails: boolean): void {
  const { instances, pools, policies } = market
  const isDown = pools.down[instances.pool[row]] > 0
  if (!fails && !isDown) launch(market, meter, row)
  else if (policies['custom.partial'] === 'none') failOrder(market, meter, instances.order[row])
  else failServer(market, meter, row)
}

/** The server runs, is metered, and its life begins. */
export function launch(market: Market, meter: Meter, row: number): void {
  const { instances, accounts, timers, now } = market
  stepInstance(market, meter, row, 'launch', 'E-01')
  instances.lifeTimer[row] =
    instances.lifetime[row] < Number.POSITIVE_INFINITY
      ? timers.wake('instanceEnds', now + instances.lifetime[row], row)
      : NONE
  // what was being created when the account was frozen is frozen as soon as it is there.
  if (accounts.standing[instances.account[row]] === standing.state.suspended)
    stepInstance(market, meter, row, 'suspend', 'A-03')
  market.reactions.launched(row)
  settleServer(market, instances.order[row], true)
}

/** O-10: the order is completed when its last server is there, or failed (O-08). */
export function settleServer(market: Market, order: number, isThere: boolean): void {
  const { orders } = market
  orders.launched[order]++
  if (!isThere) orders.failed[order]++
  if (orders.launched[order] < orders.instances[order]) return
  if (orders.failed[order] === orders.instances[order]) step(market, order, 'fail', 'O-08')
  else step(market, order, 'complete', 'O-10')
}

/** E-05, `keep-created`: one server of an order could not be created, the others stay. */
function failServer(market: Market, meter: Meter, row: number): void {
  const { instances, orders } = market
  const order = instances.order[row]
  refuse(market, 'provisioning-failed', 'O-08', { ...serverOf(market, row), quantity: 1 }, orders.id[order])
  settleServer(market, order, false)
  remove(market, meter, row, 'fail', 'E-05')
}

const serverOf = ({ instances }: Market, row: number) => ({
  account: instances.account[row],
  specification: instances.specification[row],
  pool: instances.pool[row],
})

/** O-08, E-05: none of an order's servers is kept where one could not be created; nothing was paid for it. */
export function failOrder(market: Market, meter: Meter, order: number): void {
  const { instances, accounts, orders } = market
  const servers: number[] = []
  for (let row = accounts.instances[orders.account[order]]; row !== NONE; row = instances.next[row])
    if (instances.order[row] === order) servers.push(row)
  // Whatever else took the servers away has ended the order.
  if (servers.length === 0) return
  orders.expiry[order] = NONE
  const what = { ...serverOf(market, servers[0]), quantity: orders.instances[order] }
  refuse(market, 'provisioning-failed', 'O-08', what, orders.id[order])
  step(market, order, 'fail', 'O-08')
  for (const row of servers) remove(market, meter, row, 'fail', 'O-08')
}

/** Its owner deletes it. */
export function endLife(market: Market, meter: Meter, row: number): void {
  remove(market, meter, row, 'delete', 'E-01')
}

/** Its owner stops it: it is not charged (U-01), and its unit goes back to the pool (E-01). Answers whether it ran. */
export function stop(market: Market, meter: Meter, row: number, rule: string): boolean {
  if (market.instances.state[row] !== instance.state.running) return false
  stepInstance(market, meter, row, 'stop', rule)
  return true
}

/** Its owner starts it again; a full pool refuses (E-01). Answers whether it runs. */
export function restart(market: Market, meter: Meter, row: number): boolean {
  const { instances, pools, policies } = market
  if (instances.state[row] !== instance.state.stopped) return false
  if (instances.holds[row] === 1 || hasRoom(market, instances.pool[row], 1)) {
    stepInstance(market, meter, row, 'start', 'E-01')
    return true
  }
  market.refuse(noRoom(market, instances.pool[row]), 'E-01', {
    ...serverOf(market, row),
    pool: pools.id[instances.pool[row]],
    quantity: 1,
    order: market.orders.id[instances.order[row]],
    lost: BigInt(ecsHourAmount(instances.ecsPrice[row] as UnitPrice, 3600, policies['rounding.charge'])),
  })
  return false
}
