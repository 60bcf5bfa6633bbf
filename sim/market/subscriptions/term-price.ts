/** What a subscription costs for a period or the rest of one: plans by duration (P-05) rounded to months and years. */

import { MONEY_DECIMALS } from '#base/money.ts'
import type { Instant } from '#base/time.ts'
import { type Formula, literal } from '../../billing/formula.ts'
import type { Line } from '../../billing/line.ts'
import { withTax } from '../../billing/tax.ts'
import { termEnd, termEnds } from '../../billing/term.ts'
import {
  alignedFactor,
  remainingMonths as monthsLeft,
  remainingPart as partLeft,
  planLine,
  type RunningTerm,
  serverLine,
} from '../../billing/term-price.ts'
import type { Row } from '../../cell/table.ts'
import type { Offer, OfferedPlan } from '../../world/catalog.ts'
import type { ServerPlan } from '../../world/places.ts'
import type { OrderLine } from '../orders/intent.ts'
import { taxPercent } from '../wallets/tax.ts'
import type { Subscriptions } from './subscriptions.ts'

/** One whole unit of a quantity, in the 1e-8 of the billing core. */
export const QUANTITY = 100_000_000n

/** The period that runs, and the months it was bought for. */
const runningTerm = (market: Subscriptions, row: Row<'subscriptions'>): RunningTerm => ({
  start: market.periodStart(row),
  end: market.subscriptions.termEnd[row],
  months: market.subscriptions.months[row],
})

/** which part of the price for `months` a change now is charged. */
export const remainingPart = (market: Subscriptions, row: Row<'subscriptions'>, months: number): Formula =>
  partLeft(market.now, runningTerm(market, row), months, market.policies)

/** Whole months that the plan of an upgrade is matched to. */
export const remainingMonths = (market: Subscriptions, row: Row<'subscriptions'>): number =>
  monthsLeft(market.now, runningTerm(market, row), market.policies)

/** The plan of a duration as it is sold now (P-05, C-05). */
export const planFor = (offer: Offer, months: number): OfferedPlan | undefined =>
  offer.plans.find((plan) => plan.months === months)

/** The plan that was bought last, even if it is sold no more. */
export const boughtPlan = (
  { world, subscriptions }: Subscriptions,
  row: Row<'subscriptions'>,
): OfferedPlan | undefined => world.catalog.plans[subscriptions.plan[row] - 1]

/** Where a renewal of `months` puts the end of a term (T-04, R-01), aligned by R-07. */
export function renewedEnd(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  months: number,
): { end: Instant; plain: number } {
  const { subscriptions, policies } = market
  const offset = policies['time.utcOffset']
  const { anchor, total } = subscriptions
  const [, end] = termEnds(anchor[row], total[row], [months], offset, policies['renewal.alignDay'])
  return { end, plain: termEnd(anchor[row], total[row] + months, offset) }
}

/** A renewal of a subscription (row) for `months`, which ends its term at `end`. */
interface RenewedTerm {
  readonly row: Row<'subscriptions'>
  readonly months: number
  readonly end: Instant
}

/** how many times its price a renewal costs; undefined where it is not aligned. */
function renewalFactor(market: Subscriptions, { row, months, end }: RenewedTerm): Formula | undefined {
  return alignedFactor(renewedEnd(market, row, months).plain, end, months, market.policies)
}

/** What is bought for a period: a plan of an offer, and the plan of the server under an image. */
export interface TermGoods {
  readonly offer: Offer
  readonly quantity: number
  readonly plan: OfferedPlan | undefined
  readonly server: ServerPlan | undefined
}

/** The lines of a whole period, tax included (M-03, M-04, E-06); of a renewal with its aligned days. */
export function periodLines(market: Subscriptions, goods: TermGoods, renewed?: RenewedTerm): OrderLine[] {
  const { policies } = market
  const rounding = policies['rounding.charge']
  const quantity = BigInt(goods.quantity) * QUANTITY
  const factor = renewed === undefined ? undefined : renewalFactor(market, renewed)
  const lines: { line: Line; part: OrderLine['part']; plan: number }[] = []
  const { plan, server, offer } = goods
  if (plan !== undefined) {
    const line = planLine(plan.plan, { quantity, factor }, offer.discount, rounding)
    lines.push({ line, part: 'price', plan: plan.id })
  }
  if (server !== undefined) {
    const line = serverLine(BigInt(server.price), { quantity, factor }, rounding)
    lines.push({ line, part: 'ecs', plan: server.id })
    // E-09: what the server has is paid for the same period, each on a line of its own.
    for (const { id, price } of server.resources)
      lines.push({ line: serverLine(price, { quantity, factor }, rounding), part: 'ecs', plan: id })
  }
  return taxed(market, lines)
}

/** O-04: the lines of an open order of servers at the prices of now; null where its image is not sold for its term any more. */
export function purchaseLinesNow(market: Subscriptions, order: Row<'orders'>): readonly OrderLine[] | null {
  const { orders, places } = market
  const months = orders.months[order]
  const offer = market.offer(orders.specification[order])
  const plan = planFor(offer, months)
  if (offer.plans.length > 0 && plan === undefined) return null
  const server = places[orders.pool[order]].plans.find((sold) => sold.months === months)
  return periodLines(market, { offer, quantity: orders.quantity[order], plan, server })
}

/** Order lines with the tax on their sum (M-07). */
export function taxed(
  market: Subscriptions,
  lines: readonly { line: Line; part: OrderLine['part']; plan: number }[],
): OrderLine[] {
  const all = withTax(
    lines.map(({ line }) => line),
    { 'tax.percent': taxPercent(market.wallets), 'rounding.charge': market.policies['rounding.charge'] },
  )
  return all.map(({ amount, rule }, index) => ({
    part: lines[index]?.part ?? 'tax',
    plan: lines[index]?.plan ?? 0,
    amount,
    rule,
  }))
}

/** A fee as a formula of its own, for what was computed already. */
export const moneyLiteral = (amount: bigint): Formula => literal(amount, MONEY_DECIMALS)
