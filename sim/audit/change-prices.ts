/** X-02..X-09, R-01, R-07, E-06: what orders about subscriptions cost, by the auditor's reading of the rules. */
import type { Policies } from '#scenarios/policies.ts'
import { Exact, type ExactNumber, exactOf, toMoney } from './exact.ts'
import type { Order } from './facts.ts'
import { listPrice } from './list-price.ts'
import { type Life, type Lives, periodStart, renewedTerm, type Standing } from './lives.ts'
import type { DiscountText, Plan } from './plan.ts'
import { discountAt } from './planned.ts'
import type { Premises } from './premises.ts'
import { extraPart, type Part, remainingMonths, remainingPart } from './remaining.ts'

/** A line before tax. */
export interface PriceLine {
  readonly part: 'price' | 'ecs'
  readonly plan: number
  readonly amount: bigint
  readonly rule: string
}

/** An exact quotient: it is divided once, when it is rounded (M-03). */
interface Quotient {
  readonly over: ExactNumber
  readonly under: ExactNumber
}

/** What a change's fee depends on of the subscription before it, and of the order. */
export type Changed = Pick<Standing, 'specification' | 'quantity' | 'plan' | 'months' | 'termEnd'>
export type ChangeOrder = Pick<Order, 'specification' | 'quantity' | 'at'>

const rules = { linear: 'P-01', tiered: 'P-02', volume: 'P-03' } as const
const whole: Part = { part: 1, whole: 1 }

const quotient = (value: ExactNumber, { part, whole }: Part): Quotient => ({
  over: value.times(part),
  under: new Exact(whole),
})

const minus = (a: Quotient, b: Quotient): Quotient => ({
  over: a.over.times(b.under).minus(b.over.times(a.under)),
  under: a.under.times(b.under),
})

/** M-06, the last step before the rounding. */
function discounted(price: Quotient, discount: DiscountText | null): Quotient {
  const { over, under } = price
  if (discount?.percentOff !== undefined)
    return { over: over.times(new Exact(100).minus(discount.percentOff)), under: under.times(100) }
  if (discount?.fixedPrice !== undefined) return { over: new Exact(discount.fixedPrice), under: new Exact(1) }
  if (discount?.amountOff !== undefined)
    return { over: Exact.max(0, over.minus(under.times(discount.amountOff))), under }
  return price
}

/** a fixed price takes the place of the new side's... */
const replaced = (price: ExactNumber, discount: DiscountText | null): ExactNumber =>
  discount?.fixedPrice === undefined ? price : new Exact(discount.fixedPrice)

/** ...and any other discount is taken off the fee. */
const lessened = (fee: Quotient, discount: DiscountText | null): Quotient =>
  discount?.fixedPrice === undefined ? discounted(fee, discount) : fee

/** A change before its floor, and the plan that prices it. */
interface PricedChange {
  readonly plan: Plan
  readonly difference: Quotient
  readonly discount: DiscountText | null
}

const isNegative = ({ over }: Quotient): boolean => over.isNegative() && !over.isZero()

function faultOf(priced: PricedChange | undefined): 'unsold' | 'negative' | null {
  if (priced === undefined) return 'unsold'
  return isNegative(priced.difference) ? 'negative' : null
}

/** Prices of periods beyond which there is little to find again. */
const MOST_KNOWN = 100_000

const made = new WeakMap<Premises, ChangePrices>()

/** The prices of a record, with what was computed of them before. */
export function changePricesOf(premises: Premises): ChangePrices {
  let prices = made.get(premises)
  if (prices === undefined) made.set(premises, (prices = new ChangePrices(premises)))
  return prices
}

/** What prices a whole period. */
type PeriodOrder = Pick<Order, 'specification' | 'quantity' | 'months' | 'pool' | 'at'>

export class ChangePrices {
  readonly #premises: Premises
  readonly #periods = new Map<string, readonly PriceLine[]>()

  constructor(premises: Premises) {
    this.#premises = premises
  }

  #rounded({ over, under }: Quotient): bigint {
    return toMoney(over.div(under), this.#premises.policies['rounding.charge'])
  }

  #discountOf(specification: number, at: number): DiscountText | null {
    return discountAt(this.#premises.specifications.get(specification)?.discounts ?? [], at)
  }

  /** The lines of a purchase or renewal of a whole period: image or service, and the server under an image. */
  period(order: PeriodOrder, factor: Part = whole): readonly PriceLine[] {
    const lines: PriceLine[] = []
    const plan = this.#premises.planOf(order.specification, order.months, order.at)
    const server = this.#premises.serverPlans.find(({ pool, months }) => pool === order.pool && months === order.months)
    // Most orders are of what is charged as it is used.
    if (plan === undefined && server === undefined) return lines
    const discount = plan === undefined ? null : this.#discountOf(order.specification, order.at)
    // Most orders are of the same things: what they cost is computed once.
    const said = discount === null ? '' : JSON.stringify(discount)
    const key = `${plan?.id} ${server?.id} ${order.quantity} ${factor.part}/${factor.whole} ${factor !== whole} ${said}`
    const before = this.#periods.get(key)
    if (before !== undefined) return before
    const quantity = new Exact(order.quantity).div(1e8)
    const aligned = factor !== whole
    if (plan !== undefined) {
      const price = quotient(listPrice(plan.price, quantity), factor)
      const amount = this.#rounded(discounted(price, discount))
      lines.push({ part: 'price', plan: plan.id, amount, rule: aligned ? 'R-07' : rules[plan.price.model] })
    }
    if (server !== undefined) {
      for (const { id, price } of [server, ...server.resources]) {
        const whole = quotient(quantity.times(exactOf(price)).div(1e10), factor)
        lines.push({ part: 'ecs', plan: id, amount: this.#rounded(whole), rule: aligned ? 'R-07' : 'P-05' })
      }
    }
    if (this.#periods.size < MOST_KNOWN) this.#periods.set(key, lines)
    return lines
  }

  /** once more, and the days up to the aligned end; at the prices of `at`, by which it is paid (O-04). */
  renewal(lives: Lives, life: Life, order: Order, at = order.at): readonly PriceLine[] {
    const { next, plain } = lives.renewed(lives.before(life, order), order)
    return this.#renewedPeriod({ ...order, at }, plain, next.termEnd)
  }

  /** The same of a subscription whose terms are counted from an instant, with `total` months since. */
  renewalOf(
    { anchor, total }: { readonly anchor: number; readonly total: number },
    order: PeriodOrder,
  ): readonly PriceLine[] {
    const before = { anchor: this.#premises.calendar.dayOf(anchor), total }
    const { next, plain } = renewedTerm(this.#premises, before, order)
    return this.#renewedPeriod(order, plain, next.termEnd)
  }

  #renewedPeriod(order: PeriodOrder, plain: number, end: number): readonly PriceLine[] {
    if (end === plain) return this.period(order)
    const extra = extraPart(this.#premises, order.months, order.at, plain, end)
    return this.period(order, { part: extra.part + extra.whole, whole: extra.whole })
  }

  /** new less original, each for its part of the time for which its price is. */
  upgrade(lives: Lives, life: Life, order: Order, at = order.at): PriceLine[] {
    const asked = { ...order, at }
    return this.upgradeOf(lives.before(life, order), periodStart(life, asked), asked)
  }

  /** The same of what was before, in a period that began at `started`. */
  upgradeOf(before: Changed, started: number, order: ChangeOrder): PriceLine[] {
    const priced = this.#upgradeDifference(before, started, order)
    if (priced === undefined) return []
    const { plan, difference, discount } = priced
    const fee = this.#floored(difference, this.#premises.policyAt('change.negative', order.at) === 'floor')
    if (fee === undefined) return []
    return [{ part: 'price', plan: plan.id, amount: this.#rounded(lessened(fee, discount)), rule: 'X-02' }]
  }

  /** Why an upgrade has no price, or one below nothing. */
  upgradeFault(before: Changed, started: number, order: ChangeOrder): 'unsold' | 'negative' | null {
    return faultOf(this.#upgradeDifference(before, started, order))
  }

  #upgradeDifference(before: Changed, started: number, order: ChangeOrder): PricedChange | undefined {
    const to = this.#upgradePlan(before, order, started)
    const from = this.#originalPlan(before, order.at)
    if (to === undefined || from === undefined) return undefined
    const discount = this.#discountOf(order.specification, order.at)
    const partOf = ({ months }: Plan): Part => this.#chargedPart(before, started, months, order.at)
    const listed = listPrice(to.price, new Exact(order.quantity).div(1e8))
    const difference = minus(
      quotient(replaced(listed, discount), partOf(to)),
      quotient(listPrice(from.price, new Exact(before.quantity).div(1e8)), partOf(from)),
    )
    return { plan: to, difference, discount }
  }

  /** the part of a price for `months` that a change at an instant is charged. */
  #chargedPart(before: Changed, started: number, months: number, at: number): Part {
    if (this.#premises.policyAt('change.price', at) === 'full-difference') return { part: before.months, whole: months }
    return remainingPart(this.#premises, months, at, before.termEnd, started)
  }

  #upgradePlan(before: Changed, order: ChangeOrder, started: number): Plan | undefined {
    if (this.#premises.policyAt('upgrade.priceMatch', order.at) === 'same-plan')
      return this.#premises.planOf(order.specification, before.months, order.at)
    const isFull = this.#premises.policyAt('change.price', order.at) === 'full-difference'
    const months = isFull ? before.months : remainingMonths(this.#premises, order.at, before.termEnd, started)
    const sold = this.#premises.plansAt(order.specification, order.at)
    const fitting = sold.filter((plan) => plan.months <= months)
    const longest = (a: Plan, b: Plan): Plan => (b.months > a.months ? b : a)
    const shortest = (a: Plan, b: Plan): Plan => (b.months < a.months ? b : a)
    if (sold.length === 0) return undefined
    return fitting.length > 0 ? fitting.reduce(longest) : sold.reduce(shortest)
  }

  /** The current list price of the duration that was bought, or the one at which it was paid. */
  #originalPlan(before: Changed, at: number): Plan | undefined {
    const paid = this.#premises.plans.get(before.plan)
    if (this.#premises.policyAt('upgrade.originalBasis', at) === 'paid') return paid
    return this.#premises.planOf(before.specification, before.months, at) ?? paid
  }

  /** What prices the configuration that an upgrade or expansion changes. */
  planBefore(lives: Lives, life: Life, order: Order): Plan | undefined {
    return this.#originalPlan(lives.before(life, order), order.at)
  }

  /** never below nothing; undefined where it should have been refused. */
  #floored(difference: Quotient, floors: boolean): Quotient | undefined {
    if (!isNegative(difference)) return difference
    return floors ? { over: new Exact(0), under: difference.under } : undefined
  }

  /** */
  expansion(lives: Lives, life: Life, order: Order, at = order.at): PriceLine[] {
    const asked = { ...order, at }
    const decided = this.#premises.policyAt('expansion.ruleKey', at) === 'originally-bought' ? life.order.at : order.at
    return this.expansionOf(lives.before(life, order), periodStart(life, asked), decided, asked)
  }

  /** The same of what was before, in a period that began at `started`; `decided` decides between the rules. */
  expansionOf(before: Changed, started: number, decided: number, order: ChangeOrder): PriceLine[] {
    const priced = this.#expansionDifference(before, started, decided, order)
    if (priced === undefined) return []
    const { plan, difference, discount } = priced
    const policies = this.#premises.policiesAt(order.at)
    const fee = this.#floored(difference, policies['change.negative'] !== 'refuse')
    if (fee === undefined) return []
    const rule = decided >= policies['expansion.cutover'] ? 'X-04' : 'X-03'
    return [{ part: 'price', plan: plan.id, amount: this.#rounded(lessened(fee, discount)), rule }]
  }

  /** Why an expansion has no price, or one below nothing. */
  expansionFault(before: Changed, started: number, decided: number, order: ChangeOrder): 'unsold' | 'negative' | null {
    return faultOf(this.#expansionDifference(before, started, decided, order))
  }

  #expansionDifference(
    before: Changed,
    started: number,
    decided: number,
    order: ChangeOrder,
  ): PricedChange | undefined {
    const policies = this.#premises.policiesAt(order.at)
    const plan =
      this.#premises.planOf(before.specification, before.months, order.at) ?? this.#premises.plans.get(before.plan)
    const original = this.#originalPlan(before, order.at)
    if (plan === undefined || original === undefined) return undefined
    const rule = decided >= policies['expansion.cutover'] ? 'X-04' : 'X-03'
    const [from, to] = [new Exact(before.quantity).div(1e8), new Exact(order.quantity).div(1e8)]
    const discount = this.#discountOf(order.specification, order.at)
    const after = this.#priceAfter(plan, rule, from, to, policies['expansion.tiered'])
    const isAddedOnly = rule === 'X-04' && plan.price.model === 'volume'
    const difference = minus(
      quotient(replaced(after, discount), this.#chargedPart(before, started, plan.months, order.at)),
      quotient(
        isAddedOnly ? new Exact(0) : listPrice(original.price, from),
        this.#chargedPart(before, started, original.months, order.at),
      ),
    )
    return { plan, difference, discount }
  }

  /** What the configuration after costs for a whole month or year; of a volume plan by X-04 what the added units cost. */
  #priceAfter(
    { price }: Plan,
    rule: 'X-03' | 'X-04',
    from: ExactNumber,
    to: ExactNumber,
    tiered: Policies['expansion.tiered'],
  ): ExactNumber {
    if (price.model === 'tiered' && tiered === 'price-difference') return listPrice(price, to)
    const band =
      price.model === 'linear' ? price : price.bands.find(({ upTo }) => upTo === null || to.lessThanOrEqualTo(upTo))
    const units = rule === 'X-04' && price.model === 'volume' ? to.minus(from) : to
    return new Exact(band?.unit ?? 0).times(units)
  }
}
