import { revenueChart } from '../charts/revenue.ts'
import { html } from '../markup.ts'
import { keysOf, type PageData, type Section, shown, shownBy } from '../section.ts'
import { table } from '../table.ts'

const measures = [
  ['gross', 'revenue.gross'],
  ['refunds', 'revenue.refunds'],
  ['net', 'revenue.net'],
  ['tax', 'revenue.tax'],
] as const

const books = [
  ['Recognised, servers', 'ledger.cloudResourceRevenue'],
  ['Recognised, products', 'ledger.marketplaceRevenue'],
  ['Deferred: paid for terms that lie ahead', 'ledger.deferredRevenue'],
  ['Balances of buyers', 'ledger.buyerCash'],
  ['Owed by buyers', 'arrears.due'],
  ['Paid in by buyers during the run', 'topUps.amount'],
] as const

/** What was charged, by kind, product and month, and what the ledger holds. */
export function revenue(data: PageData): Section {
  const by = (label: string, title: string) =>
    table(
      `Revenue by ${label}`,
      [
        { title, cell: (key: string) => key },
        ...measures.map(([name, figure]) => ({
          title: name,
          number: true,
          cell: (key: string) => (key === 'total' ? shown(data, figure) : shownBy(data, figure, label, key)),
        })),
      ],
      keysOf(data, label, 'revenue.gross'),
      'total',
    )
  const ledger = table(
    'Ledger at the end of the run',
    [
      { title: 'Ledger at the end', cell: ([name]: readonly [string, string]) => name },
      { title: data.summary.run.currency, number: true, cell: ([, figure]) => shown(data, figure) },
    ],
    books,
  )
  return {
    id: 'revenue',
    title: 'Revenue',
    charts: [revenueChart(data.record)],
    body: html`<h3>By kind, ${data.summary.run.currency}</h3>${by('kind', 'Kind')}<h3>By product</h3>
<p class="soft">What servers cost is counted by kind only; a server order stands under its image.</p>${by('product', 'Product')}<h3>By month</h3>${by('month', 'Month')}
<h3>Ledger</h3>${ledger}`,
  }
}
