/** Creating the servers of an order in a pool that has room for them, and what happens when that fails (E-01, E-05, O-08). */
import type { RefusalCode } from '../../cell/codes.ts'
import { NONE, type Row } from '../../cell/table.ts'
import type { OrderIntent } from '../orders/intent.ts'
import { step as stepOrder } from '../orders/order-steps.ts'
import { admit, remove, step as stepInstance } from './instance-steps.ts'
import type { Launch } from './launch.ts'
import { settleServer } from './order-completion.ts'
import { eachOf } from './order-servers.ts'
import { isHostDown } from './pools.ts'
import { hourOf } from './server-price.ts'
import type { Servers } from './servers.ts'
import { suspendedBy } from './suspension.ts'

/** Says no to an order of servers; an hour of it is what was lost. */
function refuse(
  market: Servers,
  code: RefusalCode,
  rule: string,
  what: Pick<OrderIntent, 'account' | 'specification' | 'pool' | 'quantity'>,
  order: number,
): void {
  const lost = hourOf(market, what.pool, what.specification, what.account) * BigInt(what.quantity)
  market.refuse(code, rule, { ...what, pool: market.pools.id[what.pool], order, lost })
}

/**
 * The pool admits the servers of an order, which has room for them. All or none (E-05): where creating can fail, servers
 * of one order start together when the last of them is there, so that none is charged that is taken away again.
 */
export function createServers(
  market: Servers,
  order: Row<'orders'>,
  pool: Row<'pools'>,
  launches: readonly Launch[],
): void {
  const { pools, orders, imagePrices, instances, timers, places, policies, now } = market
  const specification = orders.specification[order]
  const together = policies['custom.partial'] === 'none' && places[pool].plan.failure > 0
  const failures = launches.filter(({ fails }) => fails).map(({ after }) => after)
  const last = launches.reduce((latest, { after }) => Math.max(latest, after), 0)
  for (const launch of launches) {
    const row = admit(market, {
      order,
      account: orders.account[order],
      pool,
      specification,
      ecsPrice: market.hourlyPrice.of(pools.hourly[pool], orders.account[order], pool),
      imagePrice: imagePrices[specification - 1],
      lifetime: orders.lifetime[order],
    })
    if (together && failures.length > 0) continue
    const after = together ? last : launch.after
    const fails = launch.fails && !together
    if (after > 0) instances.lifeTimer[row] = timers.wake('instanceLaunches', now + after, row, fails ? 1 : 0)
    else created(market, row, fails)
  }
  if (together && failures.length > 0)
    orders.expiry[order] = timers.wake('orderFails', now + Math.min(...failures), order)
}

/** A server is there, unless its creation fails: by itself, or because its zone is down (O-08). */
export function created(market: Servers, row: Row<'instances'>, fails: boolean): void {
  const { instances, pools, policies } = market
  const isDown = pools.down[instances.pool[row]] > 0 || isHostDown(market, row)
  if (!fails && !isDown) launch(market, row)
  else if (policies['custom.partial'] === 'none') failOrder(market, instances.order[row])
  else failServer(market, row)
}

/** The server runs, is metered, and its life begins. */
export function launch(market: Servers, row: Row<'instances'>): void {
  const { instances, timers, now } = market
  stepInstance(market, row, 'launch', 'E-01')
  instances.lifeEnds[row] = now + instances.lifetime[row]
  instances.lifeTimer[row] =
    instances.lifetime[row] < Number.POSITIVE_INFINITY
      ? timers.wake('instanceEnds', instances.lifeEnds[row], row)
      : NONE
  // A-03, O-14: what was being created when the account was suspended or frozen is so as soon as it is there.
  const rule = suspendedBy(market, row)
  if (rule !== null) stepInstance(market, row, 'suspend', rule)
  market.launched.emit(row)
  settleServer(market, instances.order[row], true)
}

/** E-05, `keep-created`: one server of an order could not be created, the others stay. */
function failServer(market: Servers, row: Row<'instances'>): void {
  const { instances, orders } = market
  const order = instances.order[row]
  refuse(market, 'provisioning-failed', 'O-08', { ...serverOf(market, row), quantity: 1 }, orders.id[order])
  settleServer(market, order, false)
  remove(market, row, 'fail', 'E-05')
}

const serverOf = ({ instances }: Servers, row: Row<'instances'>) => ({
  account: instances.account[row],
  specification: instances.specification[row],
  pool: instances.pool[row],
})

/** O-08, E-05: none of an order's servers is kept where one could not be created; nothing was paid for it. */
export function failOrder(market: Servers, order: Row<'orders'>): void {
  const { orders } = market
  const servers: number[] = []
  eachOf(market, order, (row) => servers.push(row))
  // Whatever else took the servers away has ended the order.
  if (servers.length === 0) return
  orders.expiry[order] = NONE
  const what = { ...serverOf(market, servers[0]), quantity: orders.instances[order] }
  refuse(market, 'provisioning-failed', 'O-08', what, orders.id[order])
  stepOrder(market.orderChapter, order, 'fail', 'O-08')
  for (const row of servers) remove(market, row, 'fail', 'O-08')
}
