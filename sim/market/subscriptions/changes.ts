/** Upgrades and capacity expansions of running SaaS subscriptions (X-01..X-09, O-09, O-10): priced, ordered, paid. */

import { kindOf } from '#scenarios/product-kinds.ts'
import type { ChangeSide } from '../../billing/change.ts'
import { decidingTime, expansionFee } from '../../billing/expansion.ts'
import { type Charged, isRefusal, type Line, type Refusal } from '../../billing/line.ts'
import { priced } from '../../billing/price/plan.ts'
import { matchedPlan, negativeUpgrade, upgradeFee } from '../../billing/upgrade.ts'
import type { Row } from '../../cell/table.ts'
import type { Offer, OfferedPlan } from '../../world/catalog.ts'
import type { OrderLine } from '../orders/intent.ts'
import { orderKind } from '../orders/order.ts'
import { createOrder } from '../orders/order-creation.ts'
import { payOrWait } from '../orders/payment.ts'
import { type AskedChange, intentAbout, isBarred, offerOf, refuseAbout, writeChange } from './about.ts'
import { subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'
import { boughtPlan, planFor, QUANTITY, remainingMonths, remainingPart, taxed } from './term-price.ts'

/** A configuration of a subscription, and the plan that prices it. */
interface Configuration {
  readonly offer: Offer
  readonly quantity: number
  readonly plan: OfferedPlan
}

/** only a running yearly/monthly SaaS subscription. */
function isUnchangeable(market: Subscriptions, row: Row<'subscriptions'>): Refusal | null {
  const { subscriptions } = market
  if (kindOf(offerOf(market, row).product).changes && subscriptions.state[row] === subscription.state.active)
    return null
  return { refused: 'out-of-term', rule: 'X-01' }
}

/** A change as it would be ordered now. */
interface ChangeQuote {
  readonly kind: 'upgrade' | 'expansion'
  readonly from: Configuration
  readonly to: Configuration
  readonly lines: readonly Line[]
}

/** Orders another specification of the product for the rest of the term. */
export function orderUpgrade(market: Subscriptions, row: Row<'subscriptions'>, offer: Offer, quantity: number): void {
  const asked = { kind: 'upgrade', specification: offer.id, quantity, months: 0 } as const
  place(market, row, quoteUpgrade(market, row, offer, quantity), asked)
}

function quoteUpgrade(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  offer: Offer,
  quantity: number,
): ChangeQuote | Refusal {
  return isBarred(market, row) ?? isUnchangeable(market, row) ?? pricedUpgrade(market, row, offer, quantity)
}

function pricedUpgrade(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  offer: Offer,
  quantity: number,
): ChangeQuote | Refusal {
  const from = configuration(market, row)
  const months = { purchased: market.subscriptions.months[row], remaining: remainingMonths(market, row) }
  const plan = matchedPlan(offer.plans, months, market.policies['upgrade.priceMatch'])
  if (from === null || plan === undefined) return { refused: 'duration-not-sold', rule: 'X-02' }
  const to = { offer, quantity, plan }
  const fee = feeOfUpgrade(market, row, from, to)
  if (isRefusal(fee)) return fee
  // a smaller configuration starts with a renewal, by which it is chosen; as an order of its own it would hold now.
  if (fee.lines[0].rule === 'X-01') return negativeUpgrade
  return { kind: 'upgrade', from, to, lines: fee.lines }
}

/** What an upgrade would cost now, tax included; 0 where it would be refused. */
export const upgradeAmount = (
  market: Subscriptions,
  row: Row<'subscriptions'>,
  offer: Offer,
  quantity: number,
): bigint => amountOf(market, quoteUpgrade(market, row, offer, quantity))

/** What an expansion would cost now, tax included; 0 where it would be refused. */
export const expansionAmount = (market: Subscriptions, row: Row<'subscriptions'>, quantity: number): bigint =>
  amountOf(market, quoteExpansion(market, row, quantity))

function amountOf(market: Subscriptions, quote: ChangeQuote | Refusal): bigint {
  return isRefusal(quote) ? 0n : linesOf(market, quote).reduce((sum, { amount }) => sum + amount, 0n)
}

const linesOf = (market: Subscriptions, { lines, to }: ChangeQuote): OrderLine[] =>
  taxed(
    market,
    lines.map((line) => ({ line, part: 'price' as const, plan: to.plan.id })),
  )

/** The original configuration at its current list price, or at the list price at which it was paid. */
function configuration(market: Subscriptions, row: Row<'subscriptions'>): Configuration | null {
  const { subscriptions, policies } = market
  const offer = offerOf(market, row)
  const { months, quantity } = subscriptions
  const isPaid = policies['upgrade.originalBasis'] === 'paid'
  const plan = isPaid ? boughtPlan(market, row) : (planFor(offer, months[row]) ?? boughtPlan(market, row))
  return plan === undefined ? null : { offer, quantity: quantity[row], plan }
}

/** What a configuration costs, and the part of it that is charged: each price is for the months of its own plan. */
const sideOf = (market: Subscriptions, row: Row<'subscriptions'>, { plan, quantity }: Configuration): ChangeSide => ({
  price: priced(plan.plan, BigInt(quantity) * QUANTITY),
  part: remainingPart(market, row, plan.months),
})

/** */
function feeOfUpgrade(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  from: Configuration,
  to: Configuration,
): Charged {
  const { subscriptions, policies, now } = market
  return upgradeFee(
    {
      to: sideOf(market, row, to),
      from: sideOf(market, row, from),
      discount: to.offer.discount,
      time: { at: now, termEnd: subscriptions.termEnd[row] },
    },
    policies,
  )
}

/** Orders more units for the rest of the term. */
export function orderExpansion(market: Subscriptions, row: Row<'subscriptions'>, quantity: number): void {
  const { specification } = market.subscriptions
  const asked = { kind: 'expansion', specification: specification[row], quantity, months: 0 } as const
  place(market, row, quoteExpansion(market, row, quantity), asked)
}

function quoteExpansion(market: Subscriptions, row: Row<'subscriptions'>, quantity: number): ChangeQuote | Refusal {
  return (
    isBarred(market, row) ??
    isUnchangeable(market, row) ??
    pricedExpansion(market, row, quantity, decidedAt(market, row, market.now))
  )
}

function pricedExpansion(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  quantity: number,
  decided: number,
): ChangeQuote | Refusal {
  const { subscriptions } = market
  const offer = offerOf(market, row)
  const before = configuration(market, row)
  const plan = planFor(offer, subscriptions.months[row]) ?? boughtPlan(market, row)
  if (plan === undefined || before === null) return { refused: 'duration-not-sold', rule: 'X-03' }
  if (quantity === before.quantity) return { refused: 'quantity-limit', rule: 'C-04' }
  const after = { offer, quantity, plan }
  const fee = feeOfExpansion(market, row, { before, after }, decided)
  return isRefusal(fee) ? fee : { kind: 'expansion', from: before, to: after, lines: fee.lines }
}

/** an order of an expansion that is priced by a rule that is over gives way to one of the day. */
export function requoteExpansion({ orders, timers, now }: Subscriptions, order: Row<'orders'>): void {
  timers.wake('expansionIsRequoted', now, orders.subscription[order], orders.quantity[order])
}

/**
 * the instant that decides between the two rules, of an expansion ordered at `created`. What is ordered is paid then, or
 * else is taken as ordered.
 */
function decidedAt({ subscriptions, policies }: Subscriptions, row: Row<'subscriptions'>, created: number): number {
  return decidingTime({ created, bought: subscriptions.boughtAt[row] }, policies['expansion.ruleKey'])
}

/** O-04: the lines of an open upgrade or expansion at the prices of now; null where the rules of now refuse it. */
export function changeLinesNow(market: Subscriptions, order: Row<'orders'>): readonly OrderLine[] | null {
  const { orders } = market
  const row = orders.subscription[order]
  const quote =
    orders.kind[order] === orderKind.upgrade
      ? pricedUpgrade(market, row, market.offer(orders.specification[order]), orders.quantity[order])
      : pricedExpansion(market, row, orders.quantity[order], decidedAt(market, row, orders.createdAt[order]))
  return isRefusal(quote) ? null : linesOf(market, quote)
}

function feeOfExpansion(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  { before, after: { plan, offer, quantity } }: { before: Configuration; after: Configuration },
  decided: number,
): Charged {
  const { subscriptions, policies, now } = market
  return expansionFee(
    {
      plan: plan.plan,
      from: BigInt(before.quantity) * QUANTITY,
      to: BigInt(quantity) * QUANTITY,
      original: before.plan === plan ? undefined : sideOf(market, row, before),
      remaining: remainingPart(market, row, plan.months),
      decidedAt: decided,
      discount: offer.discount,
      time: { at: now, termEnd: subscriptions.termEnd[row] },
    },
    policies,
  )
}

/** Places the order and pays it if the balance allows; it takes effect when it is paid. */
function place(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  quote: ChangeQuote | Refusal,
  asked: AskedChange,
): void {
  if (isRefusal(quote)) {
    refuseAbout(market, row, quote, asked)
    return
  }
  const { subscriptions } = market
  const { kind, from, to, lines } = quote
  const order = createOrder(
    market.orderChapter,
    intentAbout(market, row, kind, { offer: to.offer, quantity: to.quantity, months: 0 }),
    linesOf(market, quote),
  )
  writeChange(market, row, order, {
    rule: lines[0].rule,
    planFrom: from.plan.id,
    serverPlan: 0,
    newEnd: subscriptions.termEnd[row],
    decidedAt: kind === 'expansion' ? decidedAt(market, row, market.now) : 0,
  })
  subscriptions.busy[row] = order
  payOrWait(market.orderChapter, order)
}
