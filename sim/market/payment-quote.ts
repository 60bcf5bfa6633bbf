/** O-04: an order's amount is fixed when it is created, or by `order.quoteLock` only when it is paid. */
import type { Market } from './market.ts'
import type { OrderLine } from './order-steps.ts'
import { priceLines } from './saas.ts'
import { wordNumber } from './words.ts'

export interface Quote {
  readonly amount: bigint
  readonly tax: bigint
  /** The lines that are new; null where the order's own stand. */
  readonly lines: readonly OrderLine[] | null
}

/** What an order costs if it is paid now. */
export function quoteNow(market: Market, row: number): Quote {
  const { orders, policies } = market
  const standing = { amount: orders.amount.at(row), tax: orders.tax.at(row), lines: null }
  if (policies['order.quoteLock'] === 'order' || orders.requotes[row] === 0) return standing
  const offer = market.offer(orders.specification[row])
  const lines = priceLines(market, offer, orders.quantity[row], orders.months[row])
  const sum = (part: OrderLine['part'] | null) =>
    lines.reduce((total, line) => total + (part === null || line.part === part ? line.amount : 0n), 0n)
  const [amount, tax] = [sum(null), sum('tax')]
  return amount === standing.amount && tax === standing.tax ? standing : { amount, tax, lines }
}

/** The order is paid at this quote, which from now on is its amount (M-04). */
export function fixQuote(market: Market, row: number, { amount, tax, lines }: Quote): void {
  const { orders, facts, now } = market
  if (lines === null) return
  orders.amount.put(row, amount)
  orders.tax.put(row, tax)
  lines.forEach((line, index) => {
    facts.order_requotes({
      order_id: orders.id[row],
      at: now,
      line: index + 1,
      part: wordNumber(line.part),
      plan: line.plan,
      amount: line.amount,
      rule: wordNumber(line.rule),
    })
  })
}
