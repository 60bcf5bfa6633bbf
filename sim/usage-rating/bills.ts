/** What the lines of a log add up to: a bill for each account, month and currency (I-02, M-07, M-08). */
import type { Currency } from '#scenarios/currencies.ts'
import type { Policies } from '#scenarios/policies.ts'
import { billTotal } from '../billing/month-total.ts'
import type { UsageBill, UsageLine } from './usage-line.ts'

interface Sum {
  readonly account: string
  readonly month: number
  readonly currency: Currency
  lines: number
  charges: bigint
  /** Of orders: what is charged before tax, and the tax on each (M-07). */
  ordered: bigint
  tax: bigint
}

/** Use is taxed on its total, each order of a subscription by itself. */
export function* billsOf(lines: Iterable<UsageLine>, policies: Policies): Generator<UsageBill> {
  const sums = new Map<string, Sum>()
  for (const { account, bill, currency, amount, part } of lines) {
    const key = JSON.stringify([account, bill, currency.code])
    const sum = sums.get(key) ?? { account, month: bill, currency, lines: 0, charges: 0n, ordered: 0n, tax: 0n }
    sum.lines++
    sum.charges += amount
    if (part !== undefined) {
      sum.ordered += amount
      sum.tax += part.tax
    }
    sums.set(key, sum)
  }
  for (const { ordered, tax: ofOrders, ...sum } of sums.values()) {
    const taxable = [{ amount: sum.charges - ordered, percent: policies['tax.percent'] }]
    const { decimals } = sum.currency
    const total = billTotal({ charges: sum.charges + ofOrders, count: sum.lines, taxable }, policies, decimals)
    yield { ...sum, tax: ofOrders + total.tax, payable: total.payable }
  }
}
