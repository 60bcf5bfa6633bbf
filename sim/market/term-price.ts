/** What a subscription costs for a period or the rest of one: plans by duration (P-05) brought to months and years. */
import { discounted } from '../billing/discount.ts'
import { type Formula, literal, quoted, times } from '../billing/formula.ts'
import { type Line, lineOf } from '../billing/line.ts'
import { MONEY_DECIMALS, toMoney, UNIT_PRICE_DECIMALS } from '../billing/money.ts'
import { priced, priceRule, QUANTITY_DECIMALS } from '../billing/price/plan.ts'
import { alignmentExtra, type Period, remaining } from '../billing/proration.ts'
import { rational } from '../billing/rational.ts'
import { withTax } from '../billing/tax.ts'
import { termEnd, termEnds } from '../billing/term.ts'
import type { Offer, OfferedPlan } from '../world/catalog.ts'
import type { ServerPlan } from '../world/places.ts'
import { periodStart } from './earnings.ts'
import type { Market } from './market.ts'
import type { OrderLine } from './order-steps.ts'
import { taxPercent } from './tax.ts'

/** One whole unit of a quantity, in the 1e-8 of the billing core. */
export const QUANTITY = 100_000_000n
const ONE = quoted(rational(1n, 1n), '1')

/** Whole years are counted in years, all else in months. */
const periodOf = (months: number): { per: Period; count: number } =>
  months % 12 === 0 ? { per: 'year', count: months / 12 } : { per: 'month', count: months }

/** A price is for all its months: `left` months or years of them are this part of it. */
const partOf = (left: Formula, count: number): Formula =>
  count === 1 ? left : times(left, quoted(rational(1n, BigInt(count)), `1/${count}`))

/** which part of the price for `months` the rest of the running term is. */
export function remainingPart(market: Market, row: number, months: number): Formula {
  const { subscriptions, policies, now } = market
  const { per, count } = periodOf(months)
  return partOf(remaining(now, subscriptions.termEnd[row], per, policies, periodStart(market, row)), count)
}

/** Whole months that still fit into the running term (X-02: the plan matched to the remaining duration). */
export function remainingMonths(market: Market, row: number): number {
  const { subscriptions, policies, now } = market
  const { value } = remaining(now, subscriptions.termEnd[row], 'month', policies, periodStart(market, row))
  return Number(value.numerator / value.denominator)
}

/** The plan of a duration as it is sold now (P-05, C-05). */
export const planFor = (offer: Offer, months: number): OfferedPlan | undefined =>
  offer.plans.find((plan) => plan.months === months)

/** The plan that was bought last, be it sold no more. */
export const boughtPlan = ({ world, subscriptions }: Market, row: number): OfferedPlan | undefined =>
  world.catalog.plans[subscriptions.plan[row] - 1]

/** Where a renewal of `months` puts the end of a term (T-04, R-01), aligned by R-07. */
export function renewedEnd(market: Market, row: number, months: number): { end: number; plain: number } {
  const { subscriptions, policies } = market
  const offset = policies['time.utcOffset']
  const { anchor, total } = subscriptions
  const [, end] = termEnds(anchor[row], total[row], [months], offset, policies['renewal.alignDay'])
  return { end, plain: termEnd(anchor[row], total[row] + months, offset) }
}

/** how many times its price a renewal of `months` costs: once, and the extra days up to the aligned end. */
function renewalFactor(market: Market, row: number, months: number): Formula {
  const { end, plain } = renewedEnd(market, row, months)
  if (end === plain) return ONE
  const { per, count } = periodOf(months)
  const extra = partOf(alignmentExtra(plain, end, per, market.policies), count)
  const { numerator, denominator } = extra.value
  return { value: rational(numerator + denominator, denominator), text: `1 + ${extra.text}`, binds: 'as-sum' }
}

/** What is bought for a period: a plan of an offer, and the plan of the server under an image. */
export interface TermGoods {
  readonly offer: Offer
  readonly quantity: number
  readonly plan: OfferedPlan | undefined
  readonly server: ServerPlan | undefined
}

/** The lines of a whole period, tax included (M-03, M-04, E-06); of a renewal with its aligned days. */
export function periodLines(market: Market, goods: TermGoods, renewed?: { row: number; months: number }): OrderLine[] {
  const { policies } = market
  const rounding = policies['rounding.charge']
  const factor = renewed === undefined ? ONE : renewalFactor(market, renewed.row, renewed.months)
  const isAligned = factor !== ONE
  const quantity = BigInt(goods.quantity) * QUANTITY
  const lines: { line: Line; part: OrderLine['part']; plan: number }[] = []
  const { plan, server, offer } = goods
  if (plan !== undefined) {
    const list = priced(plan.plan, quantity)
    const price = discounted(isAligned ? times(list, factor) : list, offer.discount)
    const rule = isAligned ? 'R-07' : priceRule[plan.plan.model]
    lines.push({ line: lineOf(rule, price, rounding), part: 'price', plan: plan.id })
  }
  if (server !== undefined) {
    const list = times(literal(quantity, QUANTITY_DECIMALS), literal(BigInt(server.price), UNIT_PRICE_DECIMALS))
    const price = isAligned ? times(list, factor) : list
    lines.push({ line: lineOf(isAligned ? 'R-07' : 'P-05', price, rounding), part: 'ecs', plan: server.id })
  }
  return taxed(market, lines)
}

/** Order lines with the tax on their sum (M-07). */
export function taxed(
  market: Market,
  lines: readonly { line: Line; part: OrderLine['part']; plan: number }[],
): OrderLine[] {
  const all = withTax(
    lines.map(({ line }) => line),
    { 'tax.percent': taxPercent(market), 'rounding.charge': market.policies['rounding.charge'] },
  )
  return all.map(({ amount, rule }, index) => ({
    part: lines[index]?.part ?? 'tax',
    plan: lines[index]?.plan ?? 0,
    amount: toMoney(amount),
    rule,
  }))
}

/** A fee as a formula of its own, for what was worked out already. */
export const moneyLiteral = (amount: number): Formula => literal(BigInt(amount), MONEY_DECIMALS)
