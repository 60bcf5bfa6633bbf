/** Buying, launching and deleting pay-per-use servers with an image (E-01, E-02, E-05, E-06, O-08, O-10). */
import { ecsHourAmount, imageHourAmount } from '../billing/metering/rating.ts'
import type { UnitPrice } from '../billing/money.ts'
import { instance } from './instance.ts'
import { admit, remove, step as stepInstance } from './instance-steps.ts'
import type { Market } from './market.ts'
import type { Meter } from './metering.ts'
import { createOrder, type OrderIntent, step } from './order-steps.ts'
import { freeUnits } from './pools.ts'
import { standing } from './standing.ts'

/**
 * Orders `quantity` servers with a pay-per-use image. `launches` are how long each takes to be created, ms.
 * Nothing is due now: the hours are charged as they are used. Answers whether the pool had room for all (E-05).
 */
export function orderServers(market: Market, meter: Meter, intent: OrderIntent, launches: readonly number[]): boolean {
  const { pools, world, policies } = market
  const place = world.pools[pools.id[intent.pool] - 1]
  const offer = world.catalog.offers[intent.specification - 1]
  if (freeUnits(market, intent.pool) < intent.quantity) {
    const hour =
      ecsHourAmount(place.hourly, 3600, policies['rounding.charge']) +
      imageHourAmount(offer.hourly, policies['rounding.charge'])
    market.refuse('capacity-sold-out', 'E-02', {
      account: intent.account,
      specification: intent.specification,
      pool: place.id,
      quantity: intent.quantity,
      order: 0,
      lost: hour * intent.quantity,
    })
    return false
  }
  const row = createOrder(market, intent, [])
  step(market, row, 'pay', 'O-10')
  for (const delay of launches) {
    const created = admit(market, {
      order: row,
      account: intent.account,
      pool: intent.pool,
      specification: intent.specification,
      ecsPrice: place.hourly,
      imagePrice: offer.hourly,
      lifetime: intent.lifetime,
    })
    if (delay === 0) launch(market, meter, created)
    else market.instances.lifeTimer[created] = market.timers.wake('instanceLaunches', market.now + delay, created)
  }
  return true
}

/** The server is there: it runs, is metered, and its life begins. The last one completes the order (O-10). */
export function launch(market: Market, meter: Meter, row: number): void {
  const { instances, orders, accounts, timers, now } = market
  const order = instances.order[row]
  stepInstance(market, meter, row, 'launch', 'E-01')
  if (instances.lifetime[row] < Number.POSITIVE_INFINITY)
    instances.lifeTimer[row] = timers.wake('instanceEnds', now + instances.lifetime[row], row)
  // what was being created when the account was frozen is frozen as soon as it is there.
  if (accounts.standing[instances.account[row]] === standing.state.suspended)
    stepInstance(market, meter, row, 'suspend', 'A-03')
  orders.launched[order]++
  if (orders.launched[order] === orders.instances[order]) step(market, order, 'complete', 'O-10')
}

/** Its owner deletes it. */
export function endLife(market: Market, meter: Meter, row: number): void {
  remove(market, meter, row, 'delete', 'E-01')
}

/** Its owner starts it again; a full pool refuses (E-01). */
export function restart(market: Market, meter: Meter, row: number): boolean {
  const { instances, pools, policies } = market
  if (instances.state[row] !== instance.state.stopped) return false
  if (freeUnits(market, instances.pool[row]) >= 1) {
    stepInstance(market, meter, row, 'start', 'E-01')
    return true
  }
  market.refuse('capacity-sold-out', 'E-01', {
    account: instances.account[row],
    specification: instances.specification[row],
    pool: pools.id[instances.pool[row]],
    quantity: 1,
    order: market.orders.id[instances.order[row]],
    lost: ecsHourAmount(instances.ecsPrice[row] as UnitPrice, 3600, policies['rounding.charge']),
  })
  return false
}
