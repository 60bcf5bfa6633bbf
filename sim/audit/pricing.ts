/** P-01..P-05, M-03, M-04, M-06, M-07: what an order should cost, in exact numbers, rounded once a line. */

import { changePricesOf, type PriceLine } from './change-prices.ts'
import { type Fraction, percentIn, rounded } from './exact.ts'
import type { AccountFacts, Order } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface AuditedLine {
  readonly part: 'price' | 'ecs' | 'tax' | 'refund'
  readonly plan: number
  readonly amount: bigint
  readonly rule: string
}

export interface AuditedOrder {
  readonly lines: readonly AuditedLine[]
  /** M-04: the sum of its lines. */
  readonly amount: bigint
  /** Its price net of tax. */
  readonly net: bigint
  /** M-07: what a discount coupon took off the price before it was taxed. */
  readonly untaxed: bigint
}

/** Computes the lines of an order. A plan that does not exist costs nothing; `orders` reports it. */
export function priceOrder(premises: Premises, facts: AccountFacts, order: Order, lives: Lives): AuditedOrder {
  return withTax(premises, facts.region, order.at, linesOf(premises, order, lives))
}

/** M-07: the percentage of a region, or of the policy in force. */
const percentOf = (premises: Premises, region: number, at: number): Fraction =>
  percentIn(premises.scenario.regions[region - 1]?.taxPercent ?? premises.policyAt('tax.percent', at))

/** M-02: the part of an amount that a percentage is, whole 1e-8. */
const taxBy = (premises: Premises, { over, under }: Fraction, amount: bigint): bigint =>
  over === 0n ? 0n : rounded({ over: amount * over, under }, premises.policies['rounding.charge'])

/** M-07, M-02: the tax on an amount before tax, whole 1e-8. */
export const taxOn = (premises: Premises, region: number, at: number, amount: bigint): bigint =>
  taxBy(premises, percentOf(premises, region, at), amount)

const NOTHING: AuditedOrder = { lines: [], amount: 0n, net: 0n, untaxed: 0n }

/** M-04, M-07: the tax on the sum of the lines, less what is not taxed of it, is a line of its own. */
export function withTax(
  premises: Premises,
  region: number,
  at: number,
  priced: readonly PriceLine[],
  untaxed = 0n,
): AuditedOrder {
  // Pay-per-use is charged as it is used: such an order has no lines.
  if (priced.length === 0) return NOTHING
  const price = priced.reduce((sum, line) => sum + line.amount, 0n)
  const lines: AuditedLine[] = [...priced]
  const percent = percentOf(premises, region, at)
  const tax = taxBy(premises, percent, price - untaxed)
  if (percent.over !== 0n) lines.push({ part: 'tax', plan: 0, amount: tax, rule: 'M-07' })
  return { lines, amount: price + tax, net: price, untaxed }
}

/**
 * What an order was paid at. O-04: by policy at the prices of its payment, unless its servers were created before (E-04);
 * what is not sold, or not changed so, at those keeps its own. M-07: by policy without tax on what a discount coupon took
 * off its price; `wallets` judges the draws.
 */
export function priceAsPaid(
  premises: Premises,
  facts: AccountFacts,
  order: Order,
  { quoted, lives, words }: { quoted: AuditedOrder; lives: Lives; words: Pick<Vocabulary, 'pay'> },
): AuditedOrder {
  const paid = order.steps.find(({ event }) => event === words.pay)
  if (paid === undefined || quoted.lines.length === 0) return quoted
  const isCreated = facts.instances.some(({ order: id, at }) => id === order.id && at < paid.at)
  const isRequoted = premises.policyAt('order.quoteLock', paid.at) === 'payment' && !isCreated
  const isLowered = premises.policyAt('tax.couponBase', paid.at) === 'paid'
  const untaxed = isLowered ? discountDrawn(facts, order.id) : 0n
  const own = quoted.lines.filter((line): line is PriceLine => line.part === 'price' || line.part === 'ecs')
  const now = isRequoted ? linesOf(premises, order, lives, paid.at) : []
  if (now.length > 0 && isOfSame(own, now)) {
    const again = withTax(premises, facts.region, paid.at, now)
    const isSame = again.amount === quoted.amount && again.net === quoted.net
    return withTax(premises, facts.region, paid.at, isSame ? own : now, untaxed)
  }
  return untaxed === 0n ? quoted : withTax(premises, facts.region, isRequoted ? paid.at : order.at, own, untaxed)
}

/** Whether all that an order is of still has a price. */
const isOfSame = (own: readonly PriceLine[], now: readonly PriceLine[]): boolean =>
  own.some(({ part }) => part === 'price') === now.some(({ part }) => part === 'price')

/** What a discount coupon paid of an order. */
function discountDrawn({ coupons, couponDraws }: AccountFacts, id: number): bigint {
  if (couponDraws.length === 0) return 0n
  const discounts = new Set(coupons.filter(({ isCash }) => !isCash).map(({ id: coupon }) => coupon))
  return couponDraws.reduce(
    (sum, { order, coupon, amount }) => (order === id && amount > 0n && discounts.has(coupon) ? sum + amount : sum),
    0n,
  )
}

/** The lines before tax at the prices of an instant: of a purchase, or of an order about a subscription. */
function linesOf(premises: Premises, order: Order, lives: Lives, at = order.at): readonly PriceLine[] {
  const prices = changePricesOf(premises)
  const life = lives.of(order)
  const kind = premises.word(order.kind)
  if (kind === 'purchase') return prices.period(at === order.at ? order : { ...order, at })
  if (life === undefined) return []
  if (kind === 'renewal') return prices.renewal(lives, life, order, at)
  if (kind === 'upgrade') return prices.upgrade(lives, life, order, at)
  return kind === 'expansion' ? prices.expansion(lives, life, order, at) : []
}
