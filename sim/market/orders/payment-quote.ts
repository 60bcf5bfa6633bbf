/**
 * What an order is paid at. O-04: its amount is fixed when it is created, or by `order.quoteLock` only when it is paid.
 * M-07: where a discount coupon lowers the taxed price, its tax is fixed when the coupon is drawn.
 */

import { NONE, type Row } from '../../cell/table.ts'
import { type CouponDraw, couponsFor } from '../wallets/coupons.ts'
import { taxPercent, taxPercentAt } from '../wallets/tax.ts'
import type { OrderLine } from './intent.ts'
import type { Orders } from './orders.ts'
import { priceLines } from './price.ts'

export interface Quote {
  readonly amount: bigint
  readonly tax: bigint
  readonly taxPercent: string
  /** The lines that are new; null where the order's own are. */
  readonly lines: readonly OrderLine[] | null
}

/** The lines of a purchase without servers at the prices of now; null for a duration that is not sold any more (C-05). */
function purchaseLines(market: Orders, row: Row<'orders'>): readonly OrderLine[] | null {
  const { orders } = market
  const offer = market.offer(orders.specification[row])
  const isSold = offer.plans.some(({ months }) => months === orders.months[row])
  return isSold ? priceLines(market.wallets, offer, orders.quantity[row], orders.months[row]) : null
}

/** What an order costs if it is paid now, before coupons. */
function quoteNow(market: Orders, row: Row<'orders'>): Quote {
  const { orders, policies } = market
  const [amount, tax] = [orders.amount.at(row), orders.tax.at(row)]
  // E-04: what is created before it is paid keeps its price.
  if (policies['order.quoteLock'] === 'order' || orders.quick[row] === 1)
    return { amount, tax, taxPercent: taxPercentAt(market.wallets, orders.createdAt[row]), lines: null }
  const own = { amount, tax, taxPercent: taxPercent(market.wallets), lines: null }
  const isPlain = orders.subject[row] === 0 && orders.pool[row] === NONE
  const lines = isPlain ? purchaseLines(market, row) : market.linesAtPayment.of(null, row)
  // What the rules of now would not sell, or not change so, keeps the price of the order.
  if (lines === null) return own
  const sum = (part: OrderLine['part'] | null) =>
    lines.reduce((total, line) => total + (part === null || line.part === part ? line.amount : 0n), 0n)
  if (sum(null) === amount && sum('tax') === tax) return own
  return { ...own, amount: sum(null), tax: sum('tax'), lines }
}

/** What an order costs if it is paid now, and what coupons pay of it (O-05). */
export function dueNow(market: Orders, row: Row<'orders'>): { readonly quote: Quote; readonly draw: CouponDraw } {
  const { orders } = market
  const quote = quoteNow(market, row)
  return {
    quote,
    draw: couponsFor(market.wallets, orders.account[row], { ...quote, discounted: orders.discounted[row] === 1 }),
  }
}

type WrittenLine = Omit<OrderLine, 'rule'> & { readonly rule: number }

/** The lines that an order was created with; their rules as words of the record. */
function ownLines(market: Orders, row: Row<'orders'>): WrittenLine[] {
  const { orders } = market
  const [amount, tax, cloud] = [orders.amount.at(row), orders.tax.at(row), orders.cloudPrice.at(row)]
  // What a row keeps may be of an order with servers that is gone.
  const several = orders.cloudRule[row] === 0 ? [] : market.cloudLines.of(row)
  const lines: readonly WrittenLine[] = [
    { part: 'price', plan: orders.plan[row], amount: amount - tax - cloud, rule: orders.priceRule[row] },
    ...(several.length > 0
      ? several.map((line) => ({ ...line, rule: market.word(line.rule) }))
      : [{ part: 'ecs' as const, plan: orders.cloudPlan[row], amount: cloud, rule: orders.cloudRule[row] }]),
    { part: 'tax', plan: 0, amount: tax, rule: market.word('M-07') },
  ]
  return lines.filter(({ rule }) => rule !== 0)
}

/** The order is paid at this quote with this tax, which from now on are its amount (M-04). */
export function fixQuote(market: Orders, row: Row<'orders'>, quote: Quote, tax: bigint): void {
  const { orders, facts, now } = market
  if (quote.lines === null && tax === quote.tax) return
  const lines = quote.lines?.map((line) => ({ ...line, rule: market.word(line.rule) })) ?? ownLines(market, row)
  orders.amount.put(row, quote.amount - quote.tax + tax)
  orders.tax.put(row, tax)
  if (quote.lines !== null) keepPlans(market, row, quote.lines)
  lines.forEach(({ part, plan, amount, rule }, index) => {
    facts.order_requotes({
      order_id: orders.id[row],
      at: now,
      line: index + 1,
      part: market.word(part),
      plan,
      amount: part === 'tax' ? tax : amount,
      rule,
    })
  })
}

/** What the order is of from now on: the plans that it is paid by, and what of its price is for servers. */
function keepPlans({ orders }: Orders, row: Row<'orders'>, lines: readonly OrderLine[]): void {
  const planOf = (of: OrderLine['part']): number => lines.find(({ part }) => part === of)?.plan ?? 0
  orders.plan[row] = planOf('price')
  orders.cloudPlan[row] = planOf('ecs')
  orders.cloudPrice.put(
    row,
    lines.reduce((sum, { part, amount }) => (part === 'ecs' ? sum + amount : sum), 0n),
  )
}
