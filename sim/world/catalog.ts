import type { Scenario } from '#scenarios/schema.ts'
import type { Price, Product, QuantityAttribute, Specification } from '#scenarios/sections/catalog.ts'
import { type Discount, parseDiscount } from '../billing/discount.ts'
import { parseUnitPrice, type UnitPrice } from '../billing/money.ts'
import { compilePlan, type Plan } from '../billing/price/plan.ts'
import type { SellerHome } from './population.ts'

/** A price by duration bought (P-05), ready to price quantities. */
export interface OfferedPlan {
  /** Number in the run, from 1. */
  readonly id: number
  readonly months: number
  readonly plan: Plan
  /** As the scenario writes it. */
  readonly price: Price
}

/** A specification as it is sold. */
export interface Offer {
  /** Number of the specification in the run, from 1. */
  readonly id: number
  readonly productId: number
  readonly product: Product
  readonly specification: Specification
  readonly seller: SellerHome
  /** An hour's price of a pay-per-use image; 0 otherwise. */
  readonly hourly: UnitPrice
  readonly plans: readonly OfferedPlan[]
  readonly quantity: QuantityAttribute | null
  readonly discount: Discount | undefined
}

export interface Catalog {
  /** By number, from 1: position `id - 1`. */
  readonly offers: readonly Offer[]
  /** The offer of `product/specification`. */
  find(product: string, specification: string): Offer
}

export function compileCatalog(scenario: Scenario, sellers: readonly SellerHome[]): Catalog {
  const segments = scenario.sellers.map((segment) => segment.segment)
  const offers: Offer[] = []
  const byName = new Map<string, Offer>()
  let plans = 0
  scenario.catalog.forEach((product, index) => {
    const segment = segments.indexOf(product.seller.segment)
    const seller = sellers.find((home) => home.segment === segment && home.number === product.seller.number)
    if (!seller)
      throw new Error(`product ${product.id} has no seller ${product.seller.segment}/${product.seller.number}`)
    for (const specification of product.specifications) {
      const offer: Offer = {
        id: offers.length + 1,
        productId: index + 1,
        product,
        specification,
        seller,
        hourly: specification.billing === 'pay-per-use' ? parseUnitPrice(specification.hourly) : (0 as UnitPrice),
        plans: priced(specification).map(({ months, price }) => ({
          id: ++plans,
          months,
          plan: compilePlan(planText(price)),
          price,
        })),
        quantity: specification.billing === 'pay-per-use' ? null : specification.quantity,
        discount: specification.discount ? parseDiscount(specification.discount) : undefined,
      }
      offers.push(offer)
      byName.set(`${product.id}/${specification.id}`, offer)
    }
  })
  return {
    offers,
    find: (product, specification) => byName.get(`${product}/${specification}`) as Offer,
  }
}

/** The priced durations of a specification; a one-off is one of no months. */
function priced(specification: Specification) {
  if (specification.billing === 'pay-per-use') return []
  if (specification.billing === 'one-off') return [{ months: 0, price: specification.price }]
  return specification.plans
}

/** The billing core reads limits as text, since its quantities may be fractions. */
const planText = (price: Price) =>
  price.model === 'linear'
    ? price
    : { ...price, bands: price.bands.map(({ upTo, unit }) => ({ upTo: upTo === null ? null : String(upTo), unit })) }
