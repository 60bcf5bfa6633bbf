/** O-07: up to 30 orders are paid together; one whose state changed since they were chosen is skipped. */

import { type Id, NONE, type Row } from '../../cell/table.ts'
import { isOutdated } from './order-steps.ts'
import type { Orders } from './orders.ts'
import { payNow } from './payment.ts'

const MOST = 30

/** The numbers of an account's open orders, oldest first, as many as may be paid together. */
export function openOrders({ orders, unpaid }: Orders, account: Row<'accounts'>): number[] {
  const open: number[] = []
  for (let row = unpaid.first(account); row !== NONE && open.length < MOST; row = unpaid.next(row))
    open.push(orders.id[row])
  return open
}

/** Pays those that were chosen, each from its own sources; what the balance does not reach waits for money. */
export function payTogether(market: Orders, account: Row<'accounts'>, chosen: readonly number[]): void {
  const { accounts, facts, now } = market
  const id = market.number('payments')
  for (const order of chosen) {
    const row = findOpen(market, account, order)
    // one that the rule of the day prices again gives way to another order.
    const isGone = row === NONE || isOutdated(market, row)
    if (row !== NONE) payNow(market, row)
    const waits = findOpen(market, account, order) !== NONE
    facts.combined_payments({
      payment_id: id,
      at: now,
      account: accounts.id[account],
      order_id: order,
      outcome: market.word(waits ? 'waiting' : isGone ? 'skipped' : 'paid'),
      rule: market.word('O-07'),
    })
  }
}

/** The row of an account's open order; NONE when it is not open any more. */
const findOpen = ({ orders, unpaid }: Orders, account: Row<'accounts'>, id: Id<'orders'>): Row<'orders'> =>
  unpaid.find(account, (row) => orders.id[row] === id)
