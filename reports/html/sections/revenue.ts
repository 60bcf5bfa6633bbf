import type { ReportTable } from '../../report-table.ts'
import { revenueChart, revenueRulesChart } from '../charts/revenue.ts'
import { html } from '../markup.ts'
import { figureColumn, isSome, keysOf, type PageData, type Section, shown } from '../section.ts'
import { reportSection, table } from '../table.ts'

const measures = [
  ['gross', 'revenue.gross'],
  ['refunds', 'revenue.refunds'],
  ['net', 'revenue.net'],
  ['tax', 'revenue.tax'],
] as const

const books = [
  ['Recognised, servers', 'ledger.cloudResourceRevenue'],
  ['Recognised, products', 'ledger.marketplaceRevenue'],
  ['Cost of sellers (as a principal)', 'ledger.sellerCost'],
  ['Coupons granted', 'ledger.promotionExpense'],
  ['Owed to sellers, not yet billed', 'ledger.unbilledPayable'],
  ['Owed to sellers', 'sellers.balance'],
  ['Deferred: paid for future terms', 'ledger.deferredRevenue'],
  ['Deferred shares of sellers', 'ledger.deferredSellerCost'],
  ['Balances of buyers', 'ledger.buyerCash'],
  ['Owed by buyers', 'arrears.due'],
  ['Paid in by buyers during the run', 'topUps.amount'],
] as const

const taxOnUse = html`<p class="soft">Tax on metered use is on the sum of servers and images (M-07): it is of no kind, product and seller, and counts as (none).</p>`

/** What was charged, by kind, product and month, and what the ledger holds. */
export function revenue(data: PageData): Section {
  const by = (label: string, title: string) =>
    table(
      `Revenue by ${label}`,
      [
        { title, cell: (key: string) => key },
        ...measures.map(([name, figure]) => figureColumn(data, name, figure, label)),
      ],
      keysOf(data, label, 'revenue.gross', 'revenue.refunds', 'revenue.tax'),
      'total',
    )
  const ledger = table(
    'Ledger at the end of the run',
    [
      { title: 'At the end', cell: ([name]: readonly [string, string]) => name },
      { title: 'amount', number: true, cell: ([, figure]) => shown(data, figure) },
    ],
    books,
  )
  const { tables, record, summary } = data
  const report = (each: ReportTable) => reportSection(each, record.meta.utcOffset)
  return {
    id: 'revenue',
    title: 'Revenue',
    charts: [revenueChart(record), revenueRulesChart(record)],
    body: html`<h3>By kind, ${summary.run.currency}</h3>${by('kind', 'Kind')}${isSome(data, 'revenue.tax') ? taxOnUse : ''}<h3>By product</h3>
<p class="soft">Servers are of no product, metered ones and those of yearly/monthly orders: they count as (none).</p>${by('product', 'Product')}
<h3>By month</h3>${by('month', 'Month')}
<details><summary>By seller, region, order, price model, rule and version</summary>
${report(tables.sellers)}<h3>By region</h3>${by('region', 'Region')}<h3>By kind of order</h3>${by('order', 'Order')}
<h3>By price model</h3>${by('model', 'Price model')}<h3>By rule</h3>${by('rule', 'Rule')}
<h3>By version of the rules of change</h3>${by('version', 'Orders created')}${report(tables.revenue)}</details>
${report(tables.recognition)}<h3>Ledger</h3>${ledger}
${tables.renewals.rows.length === 0 ? '' : html`<details><summary>Renewals by cohort</summary>${report(tables.renewals)}</details>`}`,
  }
}
