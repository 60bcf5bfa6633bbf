/** Buying what needs no server: priced, paid, set up by its seller, completed or failed (M-03, M-06, M-07, O-04..O-12). */

import type { Row } from '../../cell/table.ts'
import { chargeBudget, listPriceOf } from '../wallets/reseller.ts'
import { budgetExhausted, climb, type Denial, deny, ladder } from './admission.ts'
import type { OrderIntent } from './intent.ts'
import { createOrder } from './order-creation.ts'
import { step } from './order-steps.ts'
import type { Orders } from './orders.ts'
import { payOrWait } from './payment.ts'
import { priceLines } from './price.ts'
import { refundOrder } from './refunds.ts'

/** Places the order, if a reseller's budget allows it (O-06), and has it paid (O-05). Returns its row, or why there is none. */
export function orderSaas(market: Orders, intent: OrderIntent): number | Denial {
  const refusal = climb(market, ladder, intent)
  if (refusal !== null) return refusal
  const { account, specification, quantity, months } = intent
  const offer = market.offer(specification)
  if (!chargeBudget(market.wallets, account, listPriceOf(market.wallets, offer, quantity, months))) {
    deny(market, intent, budgetExhausted)
    return budgetExhausted
  }
  const row = createOrder(market, intent, priceLines(market.wallets, offer, quantity, months))
  payOrWait(market, row)
  return row
}

/**
 * The seller has set the product up: the order is completed (O-10). A term begins (T-05), or a trial (O-12); what was
 * bought once is earned.
 */
export function completeSaas(market: Orders, row: Row<'orders'>): void {
  const { orders } = market
  step(market, row, 'complete', 'O-10')
  market.orderCompleted.emit(row, market.now)
  orders.remove(row)
}

/** O-08: what cannot be set up is cancelled and refunded in full, coupons too. */
export function failSaas(market: Orders, row: Row<'orders'>): void {
  const { orders } = market
  step(market, row, 'fail', 'O-08')
  market.refuse('provisioning-failed', 'O-08', {
    account: orders.account[row],
    specification: orders.specification[row],
    pool: 0,
    quantity: orders.quantity[row],
    order: orders.id[row],
    lost: orders.amount.at(row),
  })
  refundOrder(market, row, orders.amount.at(row), 'O-08')
  orders.remove(row)
}
