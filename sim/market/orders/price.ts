/** What an order without servers costs now (M-03, M-04, M-06, M-07). */
import { priceLine } from '../../billing/price/plan.ts'
import { withTax } from '../../billing/tax.ts'
import type { Offer } from '../../world/catalog.ts'
import { taxPercent } from '../wallets/tax.ts'
import type { Wallets } from '../wallets/wallets.ts'
import type { OrderLine } from './intent.ts'

/** One whole unit of a quantity attribute, in the 1e-8 of the billing core. */
const QUANTITY = 100_000_000n

/** M-04: the lines are made by the billing core that also explains them; the discount is inside the price line (M-03). */
export function priceLines(market: Wallets, offer: Offer, quantity: number, months: number): OrderLine[] {
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
