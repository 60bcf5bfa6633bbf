import { shownInstant } from '#base/civil-text.ts'
import { grouped } from '#base/decimal-text.ts'
import { shownMoney } from '#base/money.ts'
import type { Row } from '../../record.ts'
import { orderFlowChart } from '../charts/order-flow.ts'
import { arrivalsChart, ordersChart } from '../charts/orders.ts'
import { html, type Markup } from '../markup.ts'
import { ruleCell } from '../rule-cell.ts'
import { figureColumn, keysOf, type PageData, type Section } from '../section.ts'
import { table } from '../table.ts'

const states = [
  ['placed', 'orders.placed'],
  ['completed', 'orders.completed'],
  ['processing', 'orders.processing'],
  ['unpaid', 'orders.pendingPayment'],
  ['cancelled', 'orders.cancelled'],
] as const

const reasons = [
  ['requests', 'orders.refused'],
  ['units asked for', 'orders.refusedUnits'],
  ['not sold', 'orders.refusedAmount'],
] as const

/** So many refusals can be searched in the page; all are in the record. */
const SEARCHED = 1_000

/** The refusals that cost most: all in the order of time, or those that are shown by what they cost. */
const refusalsSql = (order: string): string => `
SELECT * FROM (
  SELECT f.id, f.at, a.name AS account, cw.word AS code, coalesce(g.product || ' ' || g.specification, '') AS what,
    coalesce(pn.pool, '') AS pool, f.quantity, f.lost, rw.word AS rule
  FROM (SELECT refusals.* FROM refusals, run WHERE at >= run.measured_from ORDER BY lost DESC, at, id LIMIT ${SEARCHED}) f
  JOIN words cw ON cw.id = f.code JOIN words rw ON rw.id = f.rule LEFT JOIN accounts a ON a.id = f.account
  LEFT JOIN goods g ON g.id = f.specification LEFT JOIN pool_names pn ON pn.id = f.pool)
ORDER BY ${order}`

function refusals({ record }: PageData): Markup {
  const { utcOffset } = record.meta
  const [{ n }] = record.rows<{ n: bigint }>('SELECT count(*) AS n FROM refusals, run WHERE at >= run.measured_from')
  const rows = record.rows(refusalsSql(n > BigInt(SEARCHED) ? 'lost DESC, at, id' : 'at, id'))
  const text = (key: string) => (row: Row) => String(row[key] ?? '')
  const list = table(
    'Refusals',
    [
      { title: 'When', cell: ({ at }: Row) => shownInstant(Number(at), utcOffset) },
      { title: 'reason', cell: text('code') },
      { title: 'rule', cell: ({ rule }) => ruleCell(String(rule)) },
      { title: 'account', cell: text('account') },
      { title: 'product', cell: text('what') },
      { title: 'pool', cell: text('pool') },
      { title: 'units', number: true, cell: text('quantity') },
      {
        title: 'not sold',
        number: true,
        cell: ({ lost }) => shownMoney(BigInt(lost ?? 0)),
        sort: ({ lost }) => String(lost),
      },
    ],
    rows,
  )
  const count = grouped(n.toString())
  const some =
    n > BigInt(SEARCHED)
      ? html`The ${grouped(String(SEARCHED))} of ${count} refusals with the largest lost sales, largest first.`
      : html`${count} ${n === 1n ? 'refusal' : 'refusals'}, in the order of time.`
  if (rows.length === 0) return list
  return html`<p class="soft">${some}</p><div class="search" data-label="Search refusals">${list}</div>`
}

/** Orders by product and state, and what was refused. */
export function orders(data: PageData): Section {
  const byState = table(
    'Orders by product and state',
    [
      { title: 'Product', cell: (key: string) => key },
      ...states.map(([title, name]) => figureColumn(data, title, name, 'product')),
      figureColumn(data, `Amount, ${data.summary.run.currency}`, 'orders.amount', 'product'),
    ],
    keysOf(data, 'product', 'orders.placed'),
    'total',
  )
  const byReason = table(
    'Refused requests by reason',
    [
      { title: 'Reason', cell: (key: string) => key },
      ...reasons.map(([title, name]) => figureColumn(data, title, name, 'code')),
    ],
    keysOf(data, 'code', 'orders.refused'),
    'total',
  )
  return {
    id: 'orders',
    title: 'Orders and refusals',
    charts: [arrivalsChart(data.record), ordersChart(data.record), orderFlowChart(data.record)],
    body: html`<h3>Orders by product</h3>${byState}<h3>Refused, by reason</h3>
<p class="soft">“Not sold” is the price of the order, or of one hour of the servers asked for.</p>${byReason}
<h3>Each refusal</h3>${refusals(data)}`,
  }
}
