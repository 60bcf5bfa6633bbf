/** Steps of an order (O-01): each goes through its table and the record; and how an unpaid one is discarded. */

import { NONE, type Row } from '../../cell/table.ts'
import { type Step, transition } from '../../cell/transition.ts'
import { order, orderKind } from './order.ts'
import type { Orders } from './orders.ts'

type OrderEvent = (typeof order.events)[number]

/** Fields are named one by one, since orders step often: spread, they are copied by a loop. */
export function writeStep({ facts }: Orders, id: number, { at, event, from_state, to_state, rule }: Step): void {
  facts.order_steps({ order_id: id, at, event, from_state, to_state, rule })
}

export function step(market: Orders, row: Row<'orders'>, event: OrderEvent, rule: string): void {
  const { orders } = market
  writeStep(market, orders.id[row], transition(market, order, orders.state, row, event, rule))
  const to = orders.state[row]
  if (to === order.state.completed || to === order.state.cancelled) market.orderEnded.emit(row)
}

/** Frees the row of an order that is over once no server refers to it. */
export function freeOrderRow(market: Orders, row: Row<'orders'>): void {
  const { orders, timers } = market
  const { completed, cancelled } = order.state
  if (orders.servers[row] > 0 || (orders.state[row] !== completed && orders.state[row] !== cancelled)) return
  timers.cancel(orders.expiry[row])
  timers.cancel(orders.payTimer[row])
  orders.remove(row)
}

/** Takes an order out of its account's queue of unpaid ones; one that is not there is left alone. */
export function unqueue(market: Orders, row: Row<'orders'>): void {
  const { orders, timers } = market
  timers.cancel(orders.expiry[row])
  timers.cancel(orders.payTimer[row])
  orders.expiry[row] = NONE
  orders.payTimer[row] = NONE
  market.unpaid.remove(orders.account[row], row)
}

/** An unpaid order whose subscription is gone, or can take it no more, is cancelled. */
export function withdraw(market: Orders, row: Row<'orders'>, rule: string): void {
  unqueue(market, row)
  step(market, row, 'cancel', rule)
  discardOrder(market, row)
}

/** Nothing came of an order: what it changes is free for others (O-09), servers created for it fail (E-04). */
export function discardOrder(market: Orders, row: Row<'orders'>): void {
  const { orders } = market
  market.orderDropped.emit(row)
  if (orders.kind[row] !== orderKind.purchase) orders.remove(row)
  else if (orders.admitted[row] === 0) freeOrderRow(market, row)
}

/** X-05, `expansion.ruleKey = paid`: the rule that priced an expansion is not the one of the day on which it is paid. */
export function isOutdated(market: Orders, row: Row<'orders'>): boolean {
  const { orders, policies, now } = market
  const cutover = policies['expansion.cutover']
  const isByPayment = orders.kind[row] === orderKind.expansion && policies['expansion.ruleKey'] === 'paid'
  return isByPayment && orders.createdAt[row] < cutover && now >= cutover
}

/** Such an order is cancelled, and the same expansion is ordered once more at the price of the day (O-04, X-05). */
export function requote(market: Orders, row: Row<'orders'>): void {
  market.orderOutdated.emit(row)
  withdraw(market, row, 'X-05')
}

/** O-01: whatever waits to be paid is still open. */
export function checkUnpaid({ accounts, orders, unpaid }: Orders): void {
  for (let account = 0; account < accounts.rows; account++)
    unpaid.each(account, (row) => {
      if (orders.state[row] !== order.state['pending-payment'] || orders.account[row] !== account)
        throw new Error(`O-01: order ${orders.id[row]} waits to be paid and is '${order.states[orders.state[row]]}'`)
    })
}
