/** What an order of a run would have cost by another rule: other bands, the other expansion rule, another proration. */
import { BillingError } from '#base/billing-error.ts'
import { civilDay, longDay } from '#base/civil-text.ts'
import { dayOf } from '#base/civil-time.ts'
import { least } from '#base/money.ts'
import { policyRule } from '#scenarios/policies.ts'
import type { Line } from '#sim/billing/line.ts'
import { compilePlan, priceLine } from '#sim/billing/price/plan.ts'
import { withTax } from '#sim/billing/tax.ts'
import { changeLine } from '../explain/change-lines.ts'
import type { FactReader, FactRow } from '../explain/fact-reader.ts'
import { paidLines, pricedAt, taxPercentOf, untaxedOf } from '../explain/order-lines.ts'
import { planTextOf } from '../explain/plans.ts'
import { discountAt, policiesAt } from '../explain/premises.ts'
import { proportionalShares } from '../proportional-shares.ts'
import { type Alternative, switched } from './rated-line.ts'

/** An order as the lines that were paid. */
class PaidOrder {
  readonly reader: FactReader
  readonly order: FactRow
  readonly price: FactRow | undefined
  /** Lines that no other rule of pricing touches: the servers under an image. */
  readonly #rest: bigint
  readonly #isTaxed: boolean
  /** Without the servers: only the price and its share of the tax. */
  readonly #isGoods: boolean

  constructor(reader: FactReader, order: FactRow, isGoods: boolean) {
    this.reader = reader
    this.order = order
    this.#isGoods = isGoods
    const lines = paidLines(reader, order)
    const of = (part: string): FactRow[] => lines.filter((line) => reader.word(line.part) === part)
    this.price = of('price')[0]
    this.#isTaxed = of('tax').length > 0
    this.#rest = lines
      .filter((line) => line !== this.price && reader.word(line.part) !== 'tax')
      .reduce((sum, { amount }) => sum + amount, 0n)
  }

  /** What the order, or its goods, would have come to at another price, tax in it. */
  at(price: Line): bigint {
    const before = { rule: '', text: '', amount: price.amount + this.#rest }
    const servers = this.#isGoods ? this.#rest : 0n
    if (!this.#isTaxed) return before.amount - servers
    const { reader, order } = this
    const asked = pricedAt(reader, order)
    const policies = { ...policiesAt(reader.record, Number(asked.at)), 'tax.percent': taxPercentOf(reader, asked) }
    // M-07: what a discount coupon takes off the price is not taxed.
    const off = least(untaxedOf(reader, order), before.amount)
    const tax = withTax([before], policies, off).reduce((sum, { amount }) => sum + amount, -before.amount)
    if (!this.#isGoods) return before.amount + tax
    return price.amount + proportionalShares([this.#rest, price.amount], tax)[1]
  }
}

/**
 * Amounts that other rules make of an order, or of its goods without the servers under them; empty for one whose price nothing
 * but the record knows. `theirs`: when the other system charged it, since a change costs less each day.
 */
export function orderAlternatives(reader: FactReader, order: FactRow, theirs?: number, isGoods = false): Alternative[] {
  const paid = new PaidOrder(reader, order, isGoods)
  if (paid.price === undefined) return []
  try {
    const kind = reader.word(order.kind)
    if (kind === 'expansion' || kind === 'upgrade') return changeAlternatives(paid, kind, theirs)
    return bandAlternatives(paid, paid.price)
  } catch (error) {
    // A plan the billing core does not read has no alternatives.
    if (error instanceof BillingError) return []
    throw error
  }
}

/** the other expansion rule first, then every other switch of a change. */
function changeAlternatives(paid: PaidOrder, kind: 'expansion' | 'upgrade', theirs: number | undefined): Alternative[] {
  const { reader, order } = paid
  const policies = policiesAt(reader.record, Number(order.at))
  const day = longDay(policies['expansion.cutover'], reader.utcOffset)
  const isNew = reader.word(paid.price?.rule ?? 0n) === 'X-04'
  const priced = (changed: Parameters<typeof changeLine>[2], moment?: number): bigint[] => {
    const line = changeLine(reader, order, changed, moment)
    return line === undefined ? [] : [paid.at(line)]
  }
  const ours = Number(order.at)
  const isOtherDay = theirs !== undefined && dayOf(theirs, reader.utcOffset) !== dayOf(ours, reader.utcOffset)
  const otherDay = isOtherDay
    ? priced({}, theirs).map(
        (amount): Alternative => ({
          amount,
          cause: 'other day',
          rule: 'X-06',
          text: `charged as of ${civilDay(theirs, reader.utcOffset)}, not ${civilDay(ours, reader.utcOffset)}`,
        }),
      )
    : []
  const otherCutover = { 'expansion.cutover': isNew ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY }
  const ruleOf = [...priced(otherCutover), ...(isOtherDay ? priced(otherCutover, theirs) : [])]
  const otherRule = ruleOf.map(
    (amount): Alternative =>
      isNew
        ? { amount, cause: 'old expansion rule', rule: 'X-03', text: `after ${day}` }
        : { amount, cause: 'new expansion rule', rule: 'X-04', text: `before ${day}` },
  )
  const switches = (
    [
      ['expansion.tiered', ['as-written', 'price-difference']],
      ['proration.basis', ['calendar-month', 'days-over-term', 'day30']],
      ['proration.countChangeDay', [false, true]],
    ] as const
  ).flatMap(([key, values]) =>
    values
      .filter((value) => value !== policies[key])
      .flatMap((value) =>
        priced({ [key]: value }).map(
          (amount): Alternative => ({
            amount,
            cause: 'other switch',
            rule: policyRule(key),
            text: switched(key, value),
          }),
        ),
      ),
  )
  return [...(kind === 'expansion' ? otherRule : []), ...otherDay, ...switches]
}

/** P-01 to P-04, M-06: the other models, each band for all units, and no discount. */
function bandAlternatives(paid: PaidOrder, line: FactRow): Alternative[] {
  const { reader, order } = paid
  const at = Number(order.at)
  const text = planTextOf(reader, line.plan)
  if (text === undefined) return []
  const discount = discountAt(reader.record, order.specification, at)
  const rounding = policiesAt(reader.record, at)['rounding.charge']
  const made = (plan: unknown, withDiscount = true): bigint =>
    paid.at(priceLine(compilePlan(plan), order.quantity, withDiscount ? discount : undefined, rounding))
  const { bands } = text
  const others: readonly (readonly [text: string, rule: string, plan: object])[] =
    bands === undefined
      ? []
      : [
          ['priced as tiered', 'P-02', { model: 'tiered', bands }],
          ['priced as volume', 'P-03', { model: 'volume', bands }],
          ...bands.map(({ unit }, index) => [`all at band ${index + 1}`, 'P-04', { model: 'linear', unit }] as const),
        ]
  return [
    ...others.map(([what, rule, plan]): Alternative => ({ amount: made(plan), cause: 'band', rule, text: what })),
    ...(discount === undefined
      ? []
      : [{ amount: made(text, false), cause: 'wrong price', rule: 'M-06', text: 'without its discount' } as const]),
  ]
}
