/** P-01..P-05, M-03, M-04, M-06, M-07: what an order should cost, on exact decimals, rounded once a line. */

import { ChangePrices, type PriceLine } from './change-prices.ts'
import { Exact, type ExactNumber, exactOf, toMoney } from './exact.ts'
import type { AccountFacts, Order } from './facts.ts'
import type { Lives } from './lives.ts'
import type { Premises } from './premises.ts'

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
const percentOf = (premises: Premises, region: number, at: number): ExactNumber =>
  new Exact(premises.scenario.regions[region - 1]?.taxPercent ?? premises.policyAt('tax.percent', at))

/** M-07, M-02: the tax on an amount before tax, whole 1e-8. */
export const taxOn = (premises: Premises, region: number, at: number, amount: bigint): bigint =>
  toMoney(
    exactOf(amount)
      .div(1e8)
      .times(percentOf(premises, region, at))
      .div(100),
    premises.policies['rounding.charge'],
  )

/** M-04, M-07: the tax on the sum of the lines, less what is not taxed of it, is a line of its own. */
export function withTax(
  premises: Premises,
  region: number,
  at: number,
  priced: readonly PriceLine[],
  untaxed = 0n,
): AuditedOrder {
  // Pay-per-use is charged as it is used: such an order has no lines.
  if (priced.length === 0) return { lines: [], amount: 0n, net: 0n, untaxed: 0n }
  const price = priced.reduce((sum, line) => sum + line.amount, 0n)
  const lines: AuditedLine[] = [...priced]
  const tax = taxOn(premises, region, at, price - untaxed)
  if (!percentOf(premises, region, at).isZero()) {
    lines.push({ part: 'tax', plan: 0, amount: tax, rule: 'M-07' })
  }
  return { lines, amount: lines.reduce((sum, line) => sum + line.amount, 0n), net: price, untaxed }
}

/**
 * What an order was paid at. O-04: of a purchase without servers by policy at the price of its payment, if its duration
 * is still sold. M-07: by policy without tax on what a discount coupon took off its price; `wallets` judges the draws.
 */
export function priceAsPaid(
  premises: Premises,
  facts: AccountFacts,
  order: Order,
  quoted: AuditedOrder,
  payWord: number,
): AuditedOrder {
  const paid = order.steps.find(({ event }) => event === payWord)
  if (paid === undefined || quoted.lines.length === 0) return quoted
  const isRequoted =
    premises.policyAt('order.quoteLock', paid.at) === 'payment' &&
    premises.word(order.kind) === 'purchase' &&
    order.pool === 0
  const isLowered = premises.policyAt('tax.couponBase', paid.at) === 'paid'
  const untaxed = isLowered ? discountDrawn(facts, order.id) : 0n
  const now = isRequoted ? new ChangePrices(premises).period({ ...order, at: paid.at }) : []
  const own = quoted.lines.filter((line): line is PriceLine => line.part === 'price' || line.part === 'ecs')
  if (now.length > 0) {
    const again = withTax(premises, facts.region, paid.at, now)
    const isSame = again.amount === quoted.amount && again.net === quoted.net
    return withTax(premises, facts.region, paid.at, isSame ? own : now, untaxed)
  }
  return untaxed === 0n ? quoted : withTax(premises, facts.region, isRequoted ? paid.at : order.at, own, untaxed)
}

/** What a discount coupon paid of an order. */
function discountDrawn({ coupons, couponDraws }: AccountFacts, id: number): bigint {
  const discounts = new Set(coupons.filter(({ isCash }) => !isCash).map(({ id: coupon }) => coupon))
  return couponDraws.reduce(
    (sum, { order, coupon, amount }) => (order === id && amount > 0n && discounts.has(coupon) ? sum + amount : sum),
    0n,
  )
}

/** The lines before tax: of a purchase, or of an order about a subscription. */
function linesOf(premises: Premises, order: Order, lives: Lives): PriceLine[] {
  const prices = new ChangePrices(premises)
  const life = lives.of(order)
  const kind = premises.word(order.kind)
  if (kind === 'purchase') return prices.period(order)
  if (life === undefined) return []
  if (kind === 'renewal') return prices.renewal(lives, life, order)
  if (kind === 'upgrade') return prices.upgrade(lives, life, order)
  return kind === 'expansion' ? prices.expansion(lives, life, order) : []
}
