import { ordersChart } from '../charts/orders.ts'
import { html } from '../markup.ts'
import { keysOf, type PageData, type Section, shown, shownBy } from '../section.ts'
import { table } from '../table.ts'

const states = [
  ['placed', 'orders.placed'],
  ['completed', 'orders.completed'],
  ['processing', 'orders.processing'],
  ['unpaid', 'orders.pendingPayment'],
  ['cancelled', 'orders.cancelled'],
] as const

/** Orders by product and state, and what was refused. */
export function orders(data: PageData): Section {
  const cell = (name: string, label: string, key: string) =>
    key === 'total' ? shown(data, name) : shownBy(data, name, label, key)
  const byState = table(
    'Orders by product and state',
    [
      { title: 'Product', cell: (key: string) => key },
      ...states.map(([title, name]) => ({ title, number: true, cell: (key: string) => cell(name, 'product', key) })),
      {
        title: `Amount, ${data.summary.run.currency}`,
        number: true,
        cell: (key: string) => cell('orders.amount', 'product', key),
      },
    ],
    keysOf(data, 'product', 'orders.placed'),
    'total',
  )
  const refusals = table(
    'Refused requests by reason',
    [
      { title: 'Reason', cell: (key: string) => key },
      { title: 'requests', number: true, cell: (key) => cell('orders.refused', 'code', key) },
      { title: 'units asked for', number: true, cell: (key) => cell('orders.refusedUnits', 'code', key) },
      { title: 'not sold', number: true, cell: (key) => cell('orders.refusedAmount', 'code', key) },
    ],
    keysOf(data, 'code', 'orders.refused'),
    'total',
  )
  return {
    id: 'orders',
    title: 'Orders and refusals',
    charts: [ordersChart(data.record)],
    body: html`<h3>Orders by product</h3>${byState}<h3>Refused, by reason</h3>
<p class="soft">“Not sold” is the price of the order, or of one hour of the servers asked for.</p>${refusals}`,
  }
}
