/** Buying what needs no server: priced, paid, set up by its seller, completed or failed (M-03, M-06, M-07, O-04..O-12). */
import { priceLine } from '../../billing/price/plan.ts'
import { withTax } from '../../billing/tax.ts'
import type { Offer } from '../../world/catalog.ts'
import type { Market } from '../market.ts'
import { createOrder, type OrderIntent, type OrderLine, step } from './order-steps.ts'
import { payOrWait } from './payment.ts'
import { refundOrder } from './refunds.ts'
import { chargeBudget, listPriceOf } from '../wallets/reseller.ts'
import { beginTerm, earnOrder } from '../subscriptions/terms.ts'
import { NONE } from '../tables.ts'
import { taxPercent } from '../wallets/tax.ts'

/** One whole unit of a quantity attribute, in the 1e-8 of the billing core. */
const QUANTITY = 100_000_000n

/** Places the order, if a reseller's budget allows it (O-06), and has it paid (O-05). Answers its row, or NONE. */
export function orderSaas(market: Market, intent: OrderIntent): number {
  const { account, specification, quantity, months } = intent
  const offer = market.offer(specification)
  if (!chargeBudget(market, account, listPriceOf(market, offer, quantity, months))) {
    market.refuse('budget-exhausted', 'O-06', { account, specification, pool: 0, quantity, order: 0, lost: 0n })
    return NONE
  }
  const row = createOrder(market, intent, priceLines(market, offer, quantity, months))
  market.orders.requotes[row] = 1
  payOrWait(market, row)
  return row
}

/** M-04: the lines are made by the billing core that also explains them; the discount is inside the price line (M-03). */
export function priceLines(market: Market, offer: Offer, quantity: number, months: number): OrderLine[] {
  const { policies } = market
  const rounding = policies['rounding.charge']
  const offered = offer.plans.find((plan) => plan.months === months) ?? offer.plans[0]
  const lines = withTax([priceLine(offered.plan, BigInt(quantity) * QUANTITY, offer.discount, rounding)], {
    'tax.percent': taxPercent(market),
    'rounding.charge': rounding,
  })
  return lines.map((line, index) => ({
    part: index === 0 ? 'price' : 'tax',
    plan: index === 0 ? offered.id : 0,
    amount: line.amount,
    rule: line.rule,
  }))
}

/**
 * The seller has set the product up: the order is completed (O-10). A term begins (T-05), or a trial (O-12); what was
 * bought once is earned.
 */
export function completeSaas(market: Market, row: number): void {
  const { orders } = market
  step(market, row, 'complete', 'O-10')
  if (orders.trial[row] === 0 && orders.months[row] === 0) earnOrder(market, row)
  else beginTerm(market, row)
  orders.remove(row)
}

/** O-08: what cannot be set up is cancelled and refunded in full, coupons too. */
export function failSaas(market: Market, row: number): void {
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
