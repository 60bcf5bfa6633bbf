/**
 * Paid orders as FOCUS names them: what was bought, at which price of a list, and the time that it is for. A term is a purchase of
 * the resource itself, which covers its later use.
 */
import { divideRounded, tenTo } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { HOUR } from '#base/time.ts'
import { bandOf } from '#sim/billing/price/bands.ts'
import { compilePlan, type Plan } from '#sim/billing/price/plan.ts'
import { unitsByBand } from '#sim/billing/price/tiered.ts'
import { termEnd } from '#sim/billing/term.ts'
import { FactReader } from '../explain/fact-reader.ts'
import { planText } from '../explain/plans.ts'
import { renewalFactor } from '../explain/term-lines.ts'
import { proportionalShares } from '../proportional-shares.ts'
import type { RunRecord } from '../record.ts'
import { PROVIDER, type PriceName, priceName } from './focus-rows.ts'
import { KeptRows } from './kept-rows.ts'
import { type ChargedOrder, chargedOrders, type ListedPrice, type OrderLine } from './order-charges.ts'

/** What of an order has one price of a list. */
export interface BoughtPart {
  readonly kind: string
  readonly sku: string
  readonly price: PriceName
  readonly publisher: string
  /** Where its pool is; empty for products. */
  readonly region: string
  readonly zone: string
  /** A server's, which is revenue of the cloud. */
  readonly isServer: boolean
  readonly unit: string
  /** Whole 1e-10: how much of the unit was bought, and its list price. */
  readonly quantity: bigint
  readonly listPrice: bigint
  /** Paid for it before tax, whole 1e-8. */
  readonly net: bigint
}

export interface BoughtOrder {
  readonly id: bigint
  readonly account: string
  /** When it was paid, and the time that it is for, ms. */
  readonly at: number
  readonly from: number
  readonly until: number
  /** A purchase or renewal of a term is repeated with the next one. */
  readonly frequency: 'Recurring' | 'One-Time'
  /** purchase, renewal, upgrade or expansion. */
  readonly kind: string
  readonly tax: bigint
  readonly resource: { readonly id: string; readonly type: string }
  readonly parts: readonly BoughtPart[]
}

/** The first term of each subscription, and what changed it, in the order of the orders. */
const termsSql = `
SELECT s.subscription_id, s.term_start, s.term_end FROM subscription_steps s
WHERE s.event = (SELECT id FROM words WHERE word = 'begin')
UNION ALL SELECT order_id, CASE WHEN new_term_end > term_end THEN term_end ELSE 0 END, new_term_end FROM order_changes`

const ONE = tenTo(10)
/** Whole 1e-8 as whole 1e-10. */
const wide = (value: bigint): bigint => value * 100n

/** `12 Months`, of what has no duration `Units`. */
const unitOf = (months: number): string => (months === 0 ? 'Units' : months === 1 ? 'Months' : `${months} Months`)

/** Of an image its product: specifications differ in how it is paid. Of other products each specification is another one. */
export const skuOf = ({
  item,
  product,
  specification,
}: Pick<ListedPrice, 'item' | 'product' | 'specification'>): string =>
  [item, product, ...(item === 'image' || specification === '' ? [] : [specification])].join('/')

/** A price of a plan, and the units at it, whole 1e-8; `band` is empty where the plan has none. */
interface UnitsAtPrice {
  readonly band: string
  readonly units: bigint
  readonly unit: bigint
}

/** `up to 20`; of the open band `above 20`. */
function bandName(plan: Plan, unitsBelow: bigint): string {
  if (plan.model === 'linear') return ''
  const at = plan.bands.findIndex(({ upTo }) => upTo === null || unitsBelow < upTo)
  const { upTo } = plan.bands[at]
  if (upTo !== null) return `up to ${decimalText(upTo, 8)}`
  return at === 0 ? '' : `above ${decimalText(plan.bands[at - 1].upTo ?? 0n, 8)}`
}

/** The prices of a plan that a quantity (whole 1e-8) is sold at (P-01..P-03). */
function unitsAtPrices(plan: Plan, quantity: bigint): UnitsAtPrice[] {
  if (plan.model === 'linear') return [{ band: '', units: quantity, unit: plan.unit }]
  if (plan.model === 'volume')
    return [{ band: bandName(plan, quantity - 1n), units: quantity, unit: bandOf(plan.bands, quantity).unit }]
  let below = 0n
  return unitsByBand(plan, quantity).map(({ units, unit }) => {
    const band = bandName(plan, below)
    below += units
    return { band, units, unit }
  })
}

class OrderReader {
  readonly #reader: FactReader
  readonly #utcOffset: number
  readonly #plans = new Map<string, Plan>()

  constructor(record: RunRecord) {
    this.#reader = new FactReader(record, { lasts: true })
    this.#utcOffset = record.meta.utcOffset
  }

  #planOf(text: string): Plan {
    const plan = this.#plans.get(text) ?? compilePlan(planText(JSON.parse(text)))
    this.#plans.set(text, plan)
    return plan
  }

  /** how many times its price an aligned renewal pays, as a fraction. */
  #factorOf(order: ChargedOrder, { rule }: OrderLine): readonly [bigint, bigint] {
    const [row] = rule === 'R-07' ? this.#reader.facts('orders', 'id = ?', order.id) : []
    const factor = row === undefined ? undefined : renewalFactor(this.#reader, row)?.value
    return factor === undefined ? [1n, 1n] : [factor.numerator, factor.denominator]
  }

  /** What the price list says of a line; empty where the record has no such price. */
  #listedOf(order: ChargedOrder, line: OrderLine): UnitsAtPrice[] {
    const { price } = line.listed
    if (price === '') return []
    if (typeof price === 'bigint') return [{ band: '', units: order.quantity, unit: price }]
    return unitsAtPrices(this.#planOf(price), order.quantity)
  }

  partsOf(order: ChargedOrder, line: OrderLine): BoughtPart[] {
    const { listed, net } = line
    const isServer = line.kind === 'ecs'
    const sku = skuOf(listed)
    const zone = listed.pool.slice(0, listed.pool.indexOf('/'))
    const unit = unitOf(listed.months)
    const common = {
      ...{ kind: listed.item, sku, zone, region: listed.region, isServer, unit },
      publisher: line.seller === '' ? PROVIDER : line.seller,
    }
    const term = listed.months === 0 ? 'once' : listed.months === 1 ? '1 month' : `${listed.months} months`
    const nameOf = (band: string): PriceName =>
      priceName(sku, [isServer ? zone : listed.item === 'image' ? listed.specification : '', term, band], {
        ...(isServer ? {} : { x_Specification: listed.specification }),
        ...(listed.months === 0 ? {} : { x_Months: listed.months }),
        ...(band === '' ? {} : { x_Band: band }),
      })
    const all = this.#listedOf(order, line)
    const isChange = order.kind === 'upgrade' || order.kind === 'expansion'
    const last = all.at(-1)
    if (
      last === undefined ||
      (isChange && last.unit === 0n) ||
      (net !== 0n && all.every(({ unit: each }) => each === 0n))
    )
      return [{ ...common, price: nameOf(''), quantity: ONE, listPrice: wide(net), net }]
    // A change is a formula of two prices (X-02..X-04): as much of the new one as it comes to.
    if (isChange)
      return [
        {
          ...{ ...common, price: nameOf(last.band), listPrice: last.unit, net },
          quantity: divideRounded(wide(net) * ONE, last.unit, 'half-up'),
        },
      ]
    const [times, by] = this.#factorOf(order, line)
    const nets = proportionalShares(
      all.map(({ units, unit: each }) => units * each),
      net,
    )
    return all.map(({ band, units, unit: listPrice }, index) => ({
      ...{ ...common, price: nameOf(band), listPrice, net: nets[index] },
      quantity: divideRounded(wide(units) * times, by, 'half-up'),
    }))
  }

  /** The time that an order is for; of what has no term the hour of its payment. */
  periodOf({ at, kind, lines }: ChargedOrder, term: readonly [number, number] | undefined): [number, number] {
    const months = Math.max(0, ...lines.map(({ listed }) => listed.months))
    if (term === undefined) return [at, months === 0 ? at + HOUR : termEnd(at, months, this.#utcOffset)]
    const isChange = kind === 'upgrade' || kind === 'expansion'
    return [isChange ? at : term[0], Math.max(term[1], at)]
  }
}

/** Paid orders by the instant of their payment. `most`: terms that are held in memory. */
export function* boughtOrders(record: RunRecord, most?: number): Generator<BoughtOrder> {
  const reader = new OrderReader(record)
  const terms = new KeptRows<readonly [number, number]>(JSON.stringify, JSON.parse, most)
  for (const [order, from, until] of record.cursor(termsSql).rows)
    terms.set(String(order), [Number(from), Number(until)])
  for (const order of chargedOrders(record)) {
    const { id, account, at, kind, subject, tax, lines } = order
    const term = terms.get(String(id))
    const [from, until] = reader.periodOf(order, term)
    const hasTerm = term !== undefined || lines.some(({ listed }) => listed.months > 0)
    const isChange = kind === 'upgrade' || kind === 'expansion'
    yield {
      ...{ id, account, at, from, until, tax },
      frequency: hasTerm && !isChange ? 'Recurring' : 'One-Time',
      kind,
      resource: hasTerm
        ? { id: `subscription ${subject === 0n ? id : subject}`, type: 'Subscription' }
        : { id: `order ${id}`, type: 'Order' },
      parts: lines.flatMap((line) => reader.partsOf(order, line)),
    }
  }
  terms.close()
}
