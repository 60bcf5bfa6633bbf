/** P-01..P-05, M-03, M-04, M-06, M-07: what an order should cost, on exact decimals, rounded once a line. */
import { Exact, type ExactNumber, toMoney } from './exact.ts'
import type { AccountFacts, Order } from './facts.ts'
import { discountAt, offeredAt } from './planned.ts'
import type { DiscountText, Plan, Premises, PriceModel } from './premises.ts'

export interface AuditedLine {
  readonly part: 'price' | 'tax'
  readonly plan: number
  readonly amount: number
  readonly rule: string
}

export interface AuditedOrder {
  readonly lines: readonly AuditedLine[]
  /** M-04: the sum of its lines. */
  readonly amount: number
  /** Its price net of tax. */
  readonly net: number
}

const rules = { linear: 'P-01', tiered: 'P-02', volume: 'P-03' } as const

/** Works out the lines of an order. A plan that does not exist costs nothing; `orders` tells of it. */
export function priceOrder(premises: Premises, facts: AccountFacts, order: Order): AuditedOrder {
  const rounding = premises.policies['rounding.charge']
  const specification = premises.specifications.get(order.specification)
  const plan = planOf(premises, order)
  // Pay-per-use is charged as it is used: such an order has no lines.
  if (specification === undefined || plan === undefined) return { lines: [], amount: 0, net: 0 }
  const quantity = new Exact(order.quantity).div(1e8)
  const price = toMoney(
    discounted(listPrice(plan.price, quantity), discountAt(specification.discounts, order.at)),
    rounding,
  )
  const lines: AuditedLine[] = [{ part: 'price', plan: plan.id, amount: price, rule: rules[plan.price.model] }]
  const ofRegion = premises.scenario.regions[facts.region - 1]?.taxPercent
  const percent = new Exact(ofRegion ?? premises.policyAt('tax.percent', order.at))
  if (!percent.isZero()) {
    const tax = toMoney(new Exact(price).div(1e8).times(percent).div(100), rounding)
    lines.push({ part: 'tax', plan: 0, amount: tax, rule: 'M-07' })
  }
  return { lines, amount: lines.reduce((sum, line) => sum + line.amount, 0), net: price }
}

/** P-05, O-04: the plan of the specification for the duration bought, as it was offered when the order was made. */
const planOf = ({ plans }: Premises, { specification, months, at }: Order): Plan | undefined =>
  offeredAt(plans.values(), specification, at).find((plan) => plan.months === months)

/** The list price of a quantity, exact. */
export function listPrice(price: PriceModel, quantity: ExactNumber): ExactNumber {
  switch (price.model) {
    case 'linear':
      return quantity.times(price.unit)
    case 'volume': {
      const band = price.bands.find(({ upTo }) => upTo === null || quantity.lessThanOrEqualTo(upTo))
      return quantity.times(band?.unit ?? 0)
    }
    case 'tiered': {
      let sum = new Exact(0)
      let below = new Exact(0)
      for (const { upTo, unit } of price.bands) {
        const top = upTo === null ? quantity : Exact.min(quantity, upTo)
        if (top.greaterThan(below)) sum = sum.plus(top.minus(below).times(unit))
        below = Exact.max(below, top)
      }
      return sum
    }
  }
}

/** M-06: one of three forms, never below nothing. */
function discounted(price: ExactNumber, discount: DiscountText | null): ExactNumber {
  if (discount?.percentOff !== undefined) return price.times(new Exact(100).minus(discount.percentOff)).div(100)
  if (discount?.fixedPrice !== undefined) return new Exact(discount.fixedPrice)
  if (discount?.amountOff !== undefined) return Exact.max(0, price.minus(discount.amountOff))
  return price
}
