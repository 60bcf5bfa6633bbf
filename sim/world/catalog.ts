import { parseUnitPrice, type UnitPrice } from '#base/money.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type {
  Price,
  Product,
  QuantityAttribute,
  Specification,
  Discount as WrittenDiscount,
} from '#scenarios/sections/catalog.ts'
import type { PlannedEvent } from '#scenarios/sections/events.ts'
import { type Discount, discountedHour, parseDiscount } from '../billing/discount.ts'
import { compilePlan, type Plan } from '../billing/price/plan.ts'
import { WholePrices } from '../billing/price/whole-prices.ts'
import type { SellerHome } from './population.ts'
import { inForce, inOrderOfTime, type Since } from './timeline.ts'

/** A price by duration bought (P-05), ready to price quantities. */
export interface OfferedPlan {
  /** Number in the run, from 1. */
  readonly id: number
  readonly months: number
  /** Instant from which it is offered, ms. */
  readonly since: number
  readonly plan: Plan
  /** List prices of whole quantities. */
  readonly list: WholePrices
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
  /** An hour's price of a pay-per-use image, its discount inside (M-06); 0 otherwise. */
  readonly hourly: UnitPrice
  readonly plans: readonly OfferedPlan[]
  readonly quantity: QuantityAttribute | null
  readonly discount: Discount | undefined
}

export interface Catalog {
  /** As the run begins, by number, from 1: position `id - 1`. */
  readonly offers: readonly Offer[]
  /** Every price by duration that is offered at some time, by number. */
  readonly plans: readonly (OfferedPlan & { readonly specification: number })[]
  /** The offer of a number as it is at an instant (C-05). */
  at(id: number, instant: number): Offer
  /** The offer of `product/specification`. */
  find(product: string, specification: string): Offer
}

export function compileCatalog(scenario: Scenario, sellers: readonly SellerHome[]): Catalog {
  const segments = scenario.sellers.map((segment) => segment.segment)
  const offers: Offer[] = []
  const byName = new Map<string, Offer>()
  let count = 0
  const compiled = (plans: readonly PricedMonths[], since: number): OfferedPlan[] =>
    plans.map(({ months, price }) => {
      const plan = compilePlan(planText(price))
      return { id: ++count, months, since, plan, list: new WholePrices(plan), price }
    })
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
        hourly: hourOf(specification, null, discountOf(specification.discount)),
        plans: compiled(priced(specification), scenario.start),
        quantity: specification.billing === 'pay-per-use' ? null : specification.quantity,
        discount: discountOf(specification.discount),
      }
      offers.push(offer)
      byName.set(`${product.id}/${specification.id}`, offer)
    }
  })
  const timelines: Since<Offer>[][] = offers.map((offer) => [{ since: scenario.start, value: offer }])
  /** Planned prices of an hour that hold by now, by number of the specification - 1. */
  const hours: (string | null)[] = offers.map(() => null)
  for (const event of inOrderOfTime(scenario.events)) {
    if (event.kind !== 'priceChange') continue
    const { id } = byName.get(`${event.product}/${event.specification}`) as Offer
    if (event.hourly !== null) hours[id - 1] = event.hourly
    const timeline = timelines[id - 1]
    const plans = changedPlans(event)
    const before = timeline[timeline.length - 1].value
    const discount =
      event.discount === null ? before.discount : discountOf(event.discount === 'none' ? null : event.discount)
    timeline.push({
      since: event.at,
      value: {
        ...before,
        hourly: hourOf(before.specification, hours[id - 1], discount),
        plans: plans === null ? before.plans : compiled(plans, event.at),
        discount,
      },
    })
  }
  const plans = timelines.flatMap((timeline, index) =>
    [...new Set(timeline.flatMap(({ value }) => value.plans))].map((plan) => ({ ...plan, specification: index + 1 })),
  )
  return {
    offers,
    plans: plans.sort((a, b) => a.id - b.id),
    find: (product, specification) => byName.get(`${product}/${specification}`) as Offer,
    at: (id, instant) => inForce(timelines[id - 1], instant),
  }
}

interface PricedMonths {
  readonly months: number
  readonly price: Price
}

/** The priced durations that an event brings; null where it leaves them. */
function changedPlans({
  plans,
  price,
}: Extract<PlannedEvent, { kind: 'priceChange' }>): readonly PricedMonths[] | null {
  return plans ?? (price === null ? null : [{ months: 0, price }])
}

const discountOf = (written: WrittenDiscount | null): Discount | undefined =>
  written === null ? undefined : parseDiscount(written)

/** The price of an hour, `planned` or as listed, its discount inside; 0 where nothing is sold by the hour. */
const hourOf = (specification: Specification, planned: string | null, discount: Discount | undefined): UnitPrice =>
  specification.billing === 'pay-per-use'
    ? discountedHour(parseUnitPrice(planned ?? specification.hourly), discount)
    : (0 as UnitPrice)

/** The priced durations of a specification; a one-off is one of no months. */
function priced(specification: Specification): readonly PricedMonths[] {
  if (specification.billing === 'pay-per-use') return []
  if (specification.billing === 'one-off') return [{ months: 0, price: specification.price }]
  return specification.plans
}

/** The billing core reads limits as text, since its quantities may be fractions. */
const planText = (price: Price) =>
  price.model === 'linear'
    ? price
    : { ...price, bands: price.bands.map(({ upTo, unit }) => ({ upTo: upTo === null ? null : String(upTo), unit })) }
