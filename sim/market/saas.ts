/** Buying an unsupervised SaaS product: priced, paid, set up by its seller, completed (M-03, M-06, M-07, O-04, O-10). */
import { toMoney } from '../billing/money.ts'
import { priceLine } from '../billing/price/plan.ts'
import { withTax } from '../billing/tax.ts'
import type { Offer } from '../world/catalog.ts'
import type { Market } from './market.ts'
import { createOrder, type OrderIntent, type OrderLine, step } from './order-steps.ts'
import { payOrWait } from './payment.ts'
import { beginTerm } from './subscriptions.ts'

/** One whole unit of a quantity attribute, in the 1e-8 of the billing core. */
const QUANTITY = 100_000_000n

/** Places the order and pays it if the balance allows. Answers its row. */
export function orderSaas(market: Market, intent: OrderIntent): number {
  const offer = market.offer(intent.specification)
  const row = createOrder(market, intent, priceLines(market, offer, intent.quantity, intent.months))
  payOrWait(market, row)
  return row
}

/** M-04: the lines are made by the billing core that also explains them; the discount is inside the price line (M-03). */
function priceLines(market: Market, offer: Offer, quantity: number, months: number): OrderLine[] {
  const { policies } = market
  const rounding = policies['rounding.charge']
  const offered = offer.plans.find((plan) => plan.months === months) ?? offer.plans[0]
  const lines = withTax([priceLine(offered.plan, BigInt(quantity) * QUANTITY, offer.discount, rounding)], policies)
  return lines.map((line, index) => ({
    part: index === 0 ? 'price' : 'tax',
    plan: index === 0 ? offered.id : 0,
    amount: toMoney(line.amount),
    rule: line.rule,
  }))
}

/** The seller has set the product up: the order is completed and its term begins (O-10, T-05). */
export function completeSaas(market: Market, row: number): void {
  const { orders } = market
  step(market, row, 'complete', 'O-10')
  beginTerm(market, {
    order: orders.id[row],
    account: orders.account[row],
    months: orders.months[row],
    price: orders.amount[row] - orders.tax[row],
  })
  orders.remove(row)
}
