/** Orders that are not paid yet: how one leaves the queue, and what goes with an order that comes to nothing. */

import type { Market } from '../market.ts'
import { orderKind } from './order.ts'
import { forgetOrder, step } from './order-steps.ts'
import { NONE } from '../tables.ts'

/** Takes an order out of its account's queue of unpaid ones; one that is not there is left alone. */
export function unqueue(market: Market, row: number): void {
  const { orders, accounts, timers } = market
  const account = orders.account[row]
  timers.cancel(orders.expiry[row])
  timers.cancel(orders.payTimer[row])
  orders.expiry[row] = NONE
  orders.payTimer[row] = NONE
  if (accounts.unpaid[account] === row) accounts.unpaid[account] = orders.nextUnpaid[row]
  else {
    let before = accounts.unpaid[account]
    while (before !== NONE && orders.nextUnpaid[before] !== row) before = orders.nextUnpaid[before]
    if (before !== NONE) orders.nextUnpaid[before] = orders.nextUnpaid[row]
  }
  orders.nextUnpaid[row] = NONE
}

/** An unpaid order whose subscription is gone, or can take it no more, is cancelled. */
export function withdraw(market: Market, row: number, rule: string): void {
  unqueue(market, row)
  step(market, row, 'cancel', rule)
  comeToNothing(market, row)
}

/** Nothing came of an order: what it changes is free for others (O-09), servers created for it fail (E-04). */
export function comeToNothing(market: Market, row: number): void {
  const { orders, subscriptions, timers, now } = market
  if (orders.kind[row] !== orderKind.purchase) {
    subscriptions.busy[orders.subscription[row]] = NONE
    orders.remove(row)
  } else if (orders.admitted[row] > 0) timers.wake('serversFail', now, row)
  else forgetOrder(market, row)
}

/** X-05, `expansion.ruleKey = paid`: the rule that priced an expansion is not the one of the day on which it is paid. */
export function isOutdated(market: Market, row: number): boolean {
  const { orders, policies, now } = market
  const cutover = policies['expansion.cutover']
  const isByPayment = orders.kind[row] === orderKind.expansion && policies['expansion.ruleKey'] === 'paid'
  return isByPayment && orders.createdAt[row] < cutover && now >= cutover
}

/** Such an order is cancelled, and the same expansion is ordered again at the price of the day (O-04, X-05). */
export function requote(market: Market, row: number): void {
  const { orders, timers, now } = market
  timers.wake('expansionIsRequoted', now, orders.subscription[row], orders.quantity[row])
  withdraw(market, row, 'X-05')
}
