import { Decimal } from 'decimal.js'
import type { PlanText } from '#sim/billing/price/plan.ts'

/** The same billing core as one writes it with decimal.js: the peer of code without decimals in hot loops. */
export const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_DOWN })

const SCALE = new Exact(100_000_000)

/** Whole 1e-8, truncated (M-02). */
export const exactUnits = (amount: Decimal): Decimal => amount.times(SCALE).floor()

/** The list price of a quantity in whole 1e-8, truncated (P-01..P-03). */
export function exactPrice(plan: PlanText): (quantity: Decimal) => Decimal {
  if (plan.model === 'linear') {
    const unit = new Exact(plan.unit)
    return (quantity) => exactUnits(unit.times(quantity))
  }
  const bands = plan.bands.map(({ upTo, unit }) => ({
    upTo: new Exact(upTo ?? Number.POSITIVE_INFINITY),
    unit: new Exact(unit),
  }))
  if (plan.model === 'volume')
    return (quantity) => exactUnits(quantity.times(bands.find(({ upTo }) => quantity.lte(upTo))!.unit))
  return (quantity) => {
    let price = new Exact(0)
    let below = new Exact(0)
    for (const { upTo, unit } of bands) {
      if (quantity.lte(upTo)) return exactUnits(price.plus(quantity.minus(below).times(unit)))
      price = price.plus(upTo.minus(below).times(unit))
      below = upTo
    }
    return price
  }
}

const SECONDS = new Exact(3600)

/** U-01 in whole 1e-8, truncated. */
export const exactSeconds = (hourly: Decimal, seconds: number): Decimal =>
  exactUnits(hourly.times(seconds).div(SECONDS))
