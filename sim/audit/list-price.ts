/** P-01..P-04: the list price of a quantity, by the three price models. */
import { Exact, type ExactNumber } from './exact.ts'
import type { PriceModel } from './plan.ts'

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
