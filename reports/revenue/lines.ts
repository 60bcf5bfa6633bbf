/** Revenue by everything that prices or earns it, and by month what of it is earned and what is still deferred. */
import { prepare } from '../figures/figure.ts'
import { chargesSource, ledgerSource } from '../figures/money.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'

const words = ['month', 'kind', 'product', 'seller', 'region', 'order', 'model', 'rule', 'version'] as const
const amounts = ['gross', 'refunds', 'net', 'tax'] as const

const sumOf = (rows: readonly (readonly ReportCell[])[], index: number): bigint =>
  rows.reduce((sum, row) => sum + BigInt(row[index] ?? 0), 0n)

/** What was charged and refunded, by kind, product, seller, region, order, price model, rule and rule version. */
export function revenueLines(record: RunRecord): ReportTable {
  prepare(record, chargesSource)
  const names = words.map((name) => `"${name}"`).join(', ')
  const rows = record
    .rows(
      `SELECT ${names}, sum(gross) AS gross, sum(refunded) AS refunds, sum(gross) - sum(refunded) AS net, sum(tax) AS tax
FROM ${chargesSource.name} GROUP BY ${names} ORDER BY ${names}`,
    )
    .map((row): ReportCell[] => [...words, ...amounts].map((name) => row[name]))
  return {
    name: 'revenue',
    title: 'Revenue by month, product, seller, region, price model and rule',
    text: "Metered use counts in the month of its clock hour, an order in the month of its payment, a refund in the month it was made. The version of the change rules is that of the order's creation (X-05).",
    columns: [
      column('month', 'Month'),
      ...words.slice(1).map((name) => column(name, name)),
      ...amounts.map((name) => column(name, name, 'money')),
    ],
    rows,
    total: ['total', ...Array(words.length - 1).fill(''), ...amounts.map((_, at) => sumOf(rows, words.length + at))],
  }
}

/** Deferred revenue by month: paid for terms ahead, earned as their days ended, refunded, and what was left. */
export function recognition(record: RunRecord): ReportTable {
  prepare(record, ledgerSource)
  const rows = record.rows(`
SELECT m.month,
  -coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'deferred-revenue' AND l.movement = 'payment'), 0) AS deferred,
  coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'deferred-revenue' AND l.movement = 'recognition'), 0) AS earned,
  coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'deferred-revenue' AND l.movement NOT IN ('payment', 'recognition')), 0) AS returned,
  -coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'deferred-revenue'), 0) AS change,
  -coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'marketplace-revenue'), 0) AS products,
  coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'seller-cost'), 0) AS cost,
  coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'deferred-seller-cost'), 0) AS shares,
  coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'promotion-expense'), 0) AS promotion,
  -coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'rounding-differences'), 0) AS rounding,
  -coalesce(sum(l.amount) FILTER (WHERE l.ledger = 'cloud-resource-revenue'), 0) AS servers
FROM months m LEFT JOIN ${ledgerSource.name} l USING (month) GROUP BY 1 ORDER BY 1`)
  let [balance, deferredCost] = [0n, 0n]
  const cells = rows.map((row): ReportCell[] => {
    balance += BigInt(row.change ?? 0)
    deferredCost += BigInt(row.shares ?? 0)
    const { month, deferred, earned, returned, products, cost, servers, promotion, rounding } = row
    return [month, deferred, earned, returned, balance, products, cost, deferredCost, servers, promotion, rounding]
  })
  return {
    name: 'revenue-recognition',
    title: 'Deferred and recognised revenue by month',
    text: "Deferred: paid for terms in the month, before tax. Earned: for days of terms that have ended (M-05). Returned: refunded out of deferred revenue. Recognised revenue of products is earned revenue plus metered use: without the sellers' shares as an agent, with them as a principal, where the shares are a cost. Shares of unearned revenue are deferred (L-06). Promotion: coupons granted, less lapsed amounts (M-10). Rounding: what bringing bills, refunds and bills of sellers to minor units brought in, or cost (M-08).",
    columns: [
      column('month', 'Month'),
      column('deferred', 'deferred', 'money'),
      column('earned', 'earned', 'money'),
      column('returned', 'returned', 'money'),
      column('balance', 'deferred at the end', 'money'),
      column('recognised_products', 'recognised, products', 'money'),
      column('seller_cost', 'cost of sellers', 'money'),
      column('deferred_seller_cost', 'deferred cost at the end', 'money'),
      column('recognised_servers', 'recognised, servers', 'money'),
      column('promotion', 'promotion', 'money'),
      column('rounding', 'rounding', 'money'),
    ],
    rows: cells,
    total: [
      'total',
      sumOf(cells, 1),
      sumOf(cells, 2),
      sumOf(cells, 3),
      balance,
      sumOf(cells, 5),
      sumOf(cells, 6),
      deferredCost,
      sumOf(cells, 8),
      sumOf(cells, 9),
      sumOf(cells, 10),
    ],
  }
}
