/**
 * Creating the servers of an order for a term, all or none, or by policy those that can be created, and the beginning of
 * their term (E-04..E-06, O-08, O-10).
 */

import type { RefusalCode } from '../../cell/codes.ts'
import type { Row } from '../../cell/table.ts'
import { order as orderLife } from '../orders/order.ts'
import { freeOrderRow, step as stepOrder, withdraw } from '../orders/order-steps.ts'
import { isAffordable, payOrWait } from '../orders/payment.ts'
import { refundOrder } from '../orders/refunds.ts'
import { beginTerm } from '../subscriptions/terms.ts'
import { taxPercentAt } from '../wallets/tax.ts'
import { admit, remove, step as stepInstance } from './instance-steps.ts'
import { eachOf } from './order-servers.ts'
import { hasRoom, isHostDown } from './pools.ts'
import { shortage } from './room.ts'
import type { Servers } from './servers.ts'
import { suspendedBy } from './suspension.ts'

/** An order is refused that was placed already, or a part of it. */
function refuseOrder(
  market: Servers,
  row: Row<'orders'>,
  code: RefusalCode,
  rule: string,
  part?: { quantity: number; lost: bigint },
): void {
  const { account, specification, pool, quantity, id, amount } = market.orders
  market.refuse(code, rule, {
    account: account[row],
    specification: specification[row],
    pool: market.places[pool[row]].id,
    quantity: part?.quantity ?? quantity[row],
    order: id[row],
    // What the market does to a buyer's account is no loss of a pool's.
    lost: code === 'account-frozen' ? 0n : (part?.lost ?? amount.at(row)),
  })
}

/** Each holds a unit from now on (E-01). */
function admitAll(market: Servers, row: Row<'orders'>): void {
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

/**
 * Paid: customised servers are created now, if there still is room for all, or wait for it (E-02, E-05); quick ones are there
 * already.
 */
export function createServers(market: Servers, row: Row<'orders'>): void {
  const { orders } = market
  if (orders.admitted[row] > 0) {
    launchAll(market, row)
    return
  }
  const [account, pool, quantity] = [orders.account[row], orders.pool[row], orders.instances[row]]
  const refused = shortage(market, { account, pool, quantity })
  if (refused === null) {
    createOrWait(market, row)
    return
  }
  refuseOrder(market, row, refused, 'E-02')
  stepOrder(market.orderChapter, row, 'fail', 'O-08')
  refundOrder(market.orderChapter, row, orders.amount.at(row), 'O-08')
  orders.remove(row)
}

/** The pool has room for all servers of an order, or lets them wait (E-02). */
export function createOrWait(market: Servers, row: Row<'orders'>): void {
  const { orders } = market
  if (hasRoom(market, orders.pool[row], orders.instances[row])) begin(market, row)
  else market.unitsAwaited.emit(row)
}

/** O-08: the buyer did not wait for them any longer, or no capacity to come would do. */
export function refundDenied({ orders, orderChapter }: Servers, row: Row<'orders'>): void {
  refundOrder(orderChapter, row, orders.amount.at(row), 'O-08')
}

/** Their creation begins: they hold their units, and all are there after the longest of them. */
export function begin(market: Servers, row: Row<'orders'>): void {
  admitAll(market, row)
  market.timers.wake('serversCreated', market.now + market.orders.creation[row], row)
}

/** The servers are there. Quick ones are paid now: too small a balance fails them, or leaves them to be paid (E-04). */
export function serversCreated(market: Servers, row: Row<'orders'>): void {
  const { orders, policies } = market
  const account = orders.account[row]
  const isPaid = orders.state[row] === orderLife.state.processing
  const missing = notCreated(market, row)
  const isPartial = isPaid && policies['custom.partial'] === 'keep-created' && missing.length < orders.instances[row]
  if (missing.length > 0 && !isPartial) {
    failCreation(market, row, isPaid)
    return
  }
  if (isPaid) {
    launchAll(market, row, missing)
    return
  }
  if (market.freezes.isFrozen(account)) {
    refuseOrder(market, row, 'account-frozen', 'O-14')
    withdraw(market.orderChapter, row, 'O-14')
    return
  }
  if (
    policies['quick.insufficient'] === 'pending-payment' ||
    isAffordable(market.orderChapter, account, {
      amount: orders.amount.at(row),
      tax: orders.tax.at(row),
      taxPercent: taxPercentAt(market.orderChapter.wallets, orders.createdAt[row]),
      discounted: orders.discounted[row] === 1,
    })
  ) {
    payOrWait(market.orderChapter, row, true)
    return
  }
  refuseOrder(market, row, 'insufficient-balance', 'E-04')
  withdraw(market.orderChapter, row, 'E-04')
}

/** Servers of an order that could not be created: by themselves, or because their zone or host is down. */
function notCreated(market: Servers, row: Row<'orders'>): Row<'instances'>[] {
  const { orders, pools } = market
  const missing: Row<'instances'>[] = []
  let failing = pools.down[orders.pool[row]] > 0 ? orders.instances[row] : orders.fails[row]
  eachOf(market, row, (server) => {
    if (failing-- > 0 || isHostDown(market, server)) missing.push(server)
  })
  return missing
}

/** O-08: creating them has failed, or their zone is down. None is kept (E-05), and what was paid goes back. */
function failCreation(market: Servers, row: Row<'orders'>, isPaid: boolean): void {
  refuseOrder(market, row, 'provisioning-failed', 'O-08')
  failServers(market, row)
  stepOrder(market.orderChapter, row, 'fail', 'O-08')
  if (isPaid) refundOrder(market.orderChapter, row, market.orders.amount.at(row), 'O-08')
  freeOrderRow(market.orderChapter, row)
}

/**
 * All run but those that are missing, the order is completed, and the term of what was bought begins (E-06, O-10). E-05,
 * `keep-created`: the part of what was paid for the missing ones goes back.
 */
function launchAll(market: Servers, row: Row<'orders'>, missing: readonly Row<'instances'>[] = []): void {
  if (missing.length > 0) failSome(market, row, missing)
  eachOf(market, row, (server) => {
    market.instances.lifeEnds[server] = Number.POSITIVE_INFINITY
    stepInstance(market, server, 'launch', 'E-01')
  })
  stepOrder(market.orderChapter, row, 'complete', 'O-10')
  const subscription = beginTerm(market.subscriptionChapter, row)
  eachOf(market, row, (server) => {
    const rule = suspendedBy(market, server)
    if (rule === null) market.instanceChanged.emit(server)
    else stepInstance(market, server, 'suspend', rule)
  })
  if (missing.length > 0) market.subscriptionChapter.serversMissing.emit(subscription, missing.length)
}

/** E-05, `keep-created`: servers of an order could not be created, the others stay. */
function failSome(market: Servers, row: Row<'orders'>, missing: readonly Row<'instances'>[]): void {
  const { orders } = market
  const lost = (orders.amount.at(row) * BigInt(missing.length)) / BigInt(orders.instances[row])
  refuseOrder(market, row, 'provisioning-failed', 'O-08', { quantity: missing.length, lost })
  for (const server of missing) remove(market, server, 'fail', 'E-05')
}

/** Servers that were created and not paid fail, and their units return (E-04). */
export function failServers(market: Servers, row: Row<'orders'>): void {
  eachOf(market, row, (server) => remove(market, server, 'fail', 'E-04'))
}
