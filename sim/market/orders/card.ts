/**
 * O-13: what a buyer pays with. A bound card is charged the whole minor units that the balance does not cover; what is
 * above the amount stays on the balance. A card pays orders and top-ups: use is settled from the balance (U-08).
 */

import { coveringMinorUnits } from '../../billing/minor-units.ts'
import type { Row } from '../../cell/table.ts'
import { paymentMethod } from './order.ts'
import type { Orders } from './orders.ts'

/** The buyer of an order selects a payment method. */
export function selectMethod(market: Orders, row: Row<'orders'>): void {
  const { orders, accounts, facts, now } = market
  const account = orders.account[row]
  if (orders.amount.at(row) <= 0n) return
  const method = market.methodSelected.of('balance', account)
  if (method === 'balance') return
  orders.method[row] = paymentMethod[method]
  facts.payment_methods({
    order_id: orders.id[row],
    at: now,
    account: accounts.id[account],
    method: market.word(method),
    rule: market.word('O-13'),
  })
}

/** Charges the card for an order (row) that the balance lacks `short` of (whole 1e-8); false where it is declined. */
export function chargeCard(market: Orders, row: Row<'orders'>, short: bigint): boolean {
  const { orders, accounts, ledger, balances, now, world } = market
  const account = orders.account[row]
  const amount = coveringMinorUnits(short, world.scenario.currency.decimals)
  if (!asksCard(market, account, orders.id[row], amount)) return false
  const owner = accounts.id[account]
  ledger.book('card-charge', 'O-13', { at: now, account: owner, order: orders.id[row] }, [
    ['payment-clearing', 0, amount],
    ['buyer-cash', owner, -amount],
  ])
  balances.cash.add(account, amount)
  return true
}

/** Whether the card accepts a charge; `order` is 0 for a top-up. */
export function asksCard(market: Orders, account: Row<'accounts'>, order: number, amount: bigint): boolean {
  const { accounts, facts, ledger, now } = market
  const reason = market.cardDeclines.of('', account)
  facts.card_charges({
    account: accounts.id[account],
    at: now,
    order_id: order,
    amount,
    outcome: market.word(reason === '' ? 'charged' : 'declined'),
    reason: reason === '' ? 0 : market.word(reason),
    transactions_from: ledger.next,
    rule: market.word('O-13'),
  })
  if (reason !== '') market.notify(account, 'card-declined', 'O-13', order)
  return reason === ''
}
