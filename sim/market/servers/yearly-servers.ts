/** Servers paid for a term, with the image on them (E-04..E-06, E-08, C-03): ordered, paid, created, all or none. */
import type { PoolPlace, ServerPlan } from '../../world/places.ts'
import { admit, remove, step as stepInstance } from './instance-steps.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { withdraw } from '../orders/open-orders.ts'
import { order as orderLife } from '../orders/order.ts'
import { createOrder, forgetOrder, type OrderIntent, step } from '../orders/order-steps.ts'
import { isAffordable, payOrWait } from '../orders/payment.ts'
import { hasRoom } from './pools.ts'
import { refundOrder } from '../orders/refunds.ts'
import { chargeBudget, listPriceOf } from '../wallets/reseller.ts'
import { type Launch, noRoom } from './creation.ts'
import { standing } from '../arrears/standing.ts'
import { beginTerm } from '../subscriptions/terms.ts'
import { NONE } from '../tables.ts'
import { taxPercentAt } from '../wallets/tax.ts'
import { periodLines } from '../subscriptions/term-price.ts'
import type { RefusalCode } from '../words.ts'

const placeOf = (market: Market, pool: number): PoolPlace => market.world.pools[market.pools.id[pool] - 1]

const serverPlanOf = (place: PoolPlace, months: number): ServerPlan | undefined =>
  place.plans.find((plan) => plan.months === months)

/**
 * Orders yearly/monthly servers with an image, itself for the same term or pay-per-use. Customised: paid, then created
 * (E-05). Quick: created, then paid (E-04). Their term begins for all at once, when the last of them is there.
 */
export function orderYearlyServers(
  market: Market,
  intent: OrderIntent,
  how: { readonly quick: boolean; readonly launches: readonly Launch[] },
): void {
  const { orders, timers, now } = market
  const place = placeOf(market, intent.pool)
  const offer = market.offer(intent.specification)
  const plan = offer.plans.find((sold) => sold.months === intent.months)
  const goods = { offer, quantity: intent.quantity, plan, server: serverPlanOf(place, intent.months) }
  const lines = periodLines(market, goods)
  if (!hasRoom(market, intent.pool, intent.quantity)) {
    const lost = lines.reduce((sum, line) => sum + line.amount, 0n)
    refuse(market, noRoom(market, intent.pool), 'E-02', intent, { order: 0, lost })
    return
  }
  const servers = lines.reduce((sum, { part, amount }) => (part === 'ecs' ? sum + amount : sum), 0n)
  const list = servers + listPriceOf(market, offer, intent.quantity, intent.months)
  if (!chargeBudget(market, intent.account, list)) {
    refuse(market, 'budget-exhausted', 'O-06', intent, { order: 0, lost: 0n })
    return
  }
  const row = createOrder(market, intent, lines, how.quick ? 'E-04' : 'O-01')
  orders.creation[row] = how.launches.reduce((last, { after }) => Math.max(last, after), 0)
  orders.fails[row] = how.launches.some(({ fails }) => fails) ? 1 : 0
  orders.quick[row] = how.quick ? 1 : 0
  if (!how.quick) {
    payOrWait(market, row)
    return
  }
  admitAll(market, row)
  timers.wake('serversCreated', now + orders.creation[row], row)
}

function refuse(
  market: Market,
  code: RefusalCode,
  rule: string,
  what: Pick<OrderIntent, 'account' | 'specification' | 'pool' | 'quantity'>,
  ended: { readonly order: number; readonly lost: bigint },
): void {
  const { account, specification, quantity } = what
  market.refuse(code, rule, { account, specification, quantity, pool: market.pools.id[what.pool], ...ended })
}

/** An order is refused that stands already. */
function refuseOrder(market: Market, row: number, code: RefusalCode, rule: string): void {
  const { account, specification, pool, quantity, id, amount } = market.orders
  const what = { account: account[row], specification: specification[row], pool: pool[row], quantity: quantity[row] }
  refuse(market, code, rule, what, { order: id[row], lost: amount.at(row) })
}

/** Each holds a unit from now on (E-01). */
function admitAll(market: Market, row: number): void {
  const { orders, imagePrices } = market
  const offer = market.offer(orders.specification[row])
  for (let server = 0; server < orders.instances[row]; server++)
    admit(market, {
      order: row,
      account: orders.account[row],
      pool: orders.pool[row],
      specification: offer.id,
      ecsPrice: 0,
      imagePrice: imagePrices[offer.id - 1],
      lifetime: Number.POSITIVE_INFINITY,
      months: orders.months[row],
      imageMetered: offer.specification.billing === 'pay-per-use',
    })
  orders.admitted[row] = orders.instances[row]
}

/** Paid: customised servers are created now, if there still is room for all (E-05); quick ones are there already. */
export function createServers(market: Market, meter: Meter, row: number): void {
  const { orders, timers, now } = market
  if (orders.admitted[row] > 0) {
    launchAll(market, meter, row)
    return
  }
  if (hasRoom(market, orders.pool[row], orders.instances[row])) {
    admitAll(market, row)
    timers.wake('serversCreated', now + orders.creation[row], row)
    return
  }
  refuseOrder(market, row, noRoom(market, orders.pool[row]), 'E-02')
  step(market, row, 'fail', 'O-08')
  refundOrder(market, row, orders.amount.at(row), 'O-08')
  orders.remove(row)
}

/** The servers are there. Quick ones are paid now: too small a balance fails them, or leaves them to be paid (E-04). */
export function serversCreated(market: Market, meter: Meter, row: number): void {
  const { orders, policies, pools } = market
  const account = orders.account[row]
  const isPaid = orders.state[row] === orderLife.state.processing
  if (orders.fails[row] === 1 || pools.down[orders.pool[row]] > 0) {
    failCreation(market, meter, row, isPaid)
    return
  }
  if (isPaid) {
    launchAll(market, meter, row)
    return
  }
  if (
    policies['quick.insufficient'] === 'pending-payment' ||
    isAffordable(market, account, {
      amount: orders.amount.at(row),
      tax: orders.tax.at(row),
      taxPercent: taxPercentAt(market, orders.createdAt[row]),
      discounted: orders.discounted[row] === 1,
    })
  ) {
    payOrWait(market, row, true)
    return
  }
  refuseOrder(market, row, 'insufficient-balance', 'E-04')
  withdraw(market, row, 'E-04')
}

/** O-08: creating them has failed, or their zone is down. None is kept (E-05), and what was paid goes back. */
function failCreation(market: Market, meter: Meter, row: number, isPaid: boolean): void {
  refuseOrder(market, row, 'provisioning-failed', 'O-08')
  failServers(market, meter, row)
  step(market, row, 'fail', 'O-08')
  if (isPaid) refundOrder(market, row, market.orders.amount.at(row), 'O-08')
  forgetOrder(market, row)
}

/** All run, the order is completed, and the term of what was bought begins (E-06, O-10). */
function launchAll(market: Market, meter: Meter, row: number): void {
  eachOf(market, row, (server) => stepInstance(market, meter, server, 'launch', 'E-01'))
  step(market, row, 'complete', 'O-10')
  beginTerm(market, row)
  const { accounts, orders, instances } = market
  const held = accounts.standing[orders.account[row]]
  const isHeld = held === standing.state.suspended || held === standing.state.released
  eachOf(market, row, (server) => {
    // U-05: a metered image in arrears freezes the server under it.
    if (isHeld && instances.imageMetered[server] === 1) stepInstance(market, meter, server, 'suspend', 'A-03')
    else meter.refresh(server)
  })
}

/** Nobody paid for servers that were created: they fail, and their units return (E-04). */
export function failServers(market: Market, meter: Meter, row: number): void {
  eachOf(market, row, (server) => remove(market, meter, server, 'fail', 'E-04'))
}

function eachOf(market: Market, order: number, visit: (row: number) => void): void {
  const { instances, accounts, orders } = market
  for (let row = accounts.instances[orders.account[order]]; row !== NONE; ) {
    const next = instances.next[row]
    if (instances.order[row] === order) visit(row)
    row = next
  }
}
