/** A finished run under both sides: its hours, orders and refunds, and the bills that they make. */
import { formatMonth, monthOf, startOfMonth } from '#base/civil-time.ts'
import { formatAmount } from '#base/money.ts'
import { FINAL_AFTER } from '#sim/billing/final-bill.ts'
import { billTotal } from '#sim/billing/month-total.ts'
import { policiesAt, taxPercent } from '../explain/premises.ts'
import type { RunRecord } from '../record.ts'
import { PriceDifference, type Side } from './price-difference.ts'
import { type RepricedOrder, RunOrders, type Unpriced } from './run-orders.ts'
import { eachUse } from './run-usage.ts'

export interface PricedRun {
  readonly difference: PriceDifference
  readonly bills: number
  /** Bills that the old side does not make as the run has them. */
  readonly disagreements: readonly string[]
  /** Hours and orders whose recorded amounts are not what their prices make. */
  readonly unexplainedHours: number
  readonly unpriced: readonly Unpriced[]
}

interface Account {
  readonly id: number
  readonly name: string
  readonly region: number
}

/** What is on one bill, whole 1e-8. */
class BillSum {
  readonly use = { old: 0n, new: 0n }
  readonly orders = { old: 0n, new: 0n }
  lines = 0
}

const sides: readonly Side[] = ['old', 'new']

/** Prices a run by its own scenario and by the other one (see RepricedRecord). Throws InputError. */
export function priceRun(old: RunRecord, now: RunRecord): PricedRun {
  const { meta } = old
  const currency = meta.currency
  const accounts = old
    .rows<{ id: bigint; name: string; region: bigint }>('SELECT id, name, region_id AS region FROM accounts')
    .map(({ id, name, region }): Account => ({ id: Number(id), name, region: Number(region) }))
  const nameOf = new Map(accounts.map(({ id, name }) => [id, name]))
  const difference = new PriceDifference()
  const sums = new Map<string, Map<number, BillSum>>()
  const sumOf = (account: string, month: number): BillSum => {
    const months = sums.get(account) ?? new Map<number, BillSum>()
    sums.set(account, months)
    const sum = months.get(month) ?? new BillSum()
    months.set(month, sum)
    return sum
  }
  const { unexplained } = eachUse(old, now, (used) => {
    const account = nameOf.get(used.account) ?? ''
    const sum = sumOf(account, used.month)
    const key = { account, month: used.month, kind: used.item, product: used.product, rule: used.rule, currency }
    for (const side of sides) {
      const amount = used[side] * BigInt(used.hours)
      sum.use[side] += amount
      difference.addAmount(side, key, amount, used.hours)
    }
    sum.lines += used.hours
  })
  const add = ({ account, month, lines }: RepricedOrder): void => {
    for (const { kind, product, rules, ...line } of lines)
      for (const side of sides)
        if (line[side] !== 0n || kind !== 'tax')
          difference.addAmount(side, { account, month, kind, product, rule: rules[side], currency }, line[side])
  }
  const orders = new RunOrders(old, now)
  for (const order of orders.orders()) {
    const sum = sumOf(order.account, order.month)
    for (const line of order.lines) for (const side of sides) sum.orders[side] += line[side]
    sum.lines++
    add(order)
  }
  for (const refund of orders.refunds()) add(refund)
  const disagreements: string[] = []
  const recorded = billsOf(old)
  for (const { name, region } of accounts)
    for (const [month, sum] of sums.get(name) ?? []) {
      const made = { old: billOf(old, region, month, sum, 'old'), new: billOf(now, region, month, sum, 'new') }
      for (const side of sides) difference.addBill(side, { account: name, month, currency, ...made[side] })
      const key = `${name} ${month}`
      const found = recorded.get(key)
      recorded.delete(key)
      if (found?.payable !== made.old.payable || found.charges !== made.old.charges)
        disagreements.push(
          `${name}, ${formatMonth(month)}: ${billText(made.old)}; the run billed ${found === undefined ? 'nothing' : billText(found)}`,
        )
    }
  for (const [key, found] of recorded) {
    const [, name, month] = /^(.*) (\d+)$/s.exec(key) ?? []
    disagreements.push(`${name}, ${formatMonth(Number(month))}: nothing; the run billed ${billText(found)}`)
  }
  return {
    difference,
    bills: [...sums.values()].reduce((count, months) => count + months.size, 0),
    disagreements,
    unexplainedHours: unexplained,
    unpriced: orders.unpriced,
  }
}

const billText = ({ charges, payable }: { charges: bigint; payable: bigint }): string =>
  `${formatAmount(charges)} of charges, ${formatAmount(payable)} payable`

/** I-02, M-07, M-08: the bill of one side. */
function billOf(record: RunRecord, region: number, month: number, sum: BillSum, side: Side) {
  const { end, utcOffset, decimals } = record.meta
  const madeAt = Math.min(startOfMonth(month + 1, utcOffset) + FINAL_AFTER, end)
  const policies = policiesAt(record, madeAt)
  const charges = sum.use[side] + sum.orders[side]
  const taxable = [{ amount: sum.use[side], percent: taxPercent(record, region, madeAt) }]
  const { tax, payable } = billTotal({ charges, count: sum.lines, taxable }, policies, decimals)
  return { charges, tax, payable }
}

function billsOf(record: RunRecord): Map<string, { charges: bigint; payable: bigint }> {
  const rows = record.rows<{ account: string; month: bigint; charges: bigint; payable: bigint }>(
    'SELECT a.name AS account, b.month, b.charges, b.payable FROM bills b JOIN accounts a ON a.id = b.account',
  )
  const { utcOffset } = record.meta
  return new Map(
    rows.map(({ account, month, charges, payable }) => [
      `${account} ${monthOf(Number(month), utcOffset)}`,
      { charges, payable },
    ]),
  )
}
