/** Amounts that customers of a reseller confirmed with the reseller before they ordered (O-06). */
import { type Figure, isMeasured, type Label, monthOf, type Source, sum } from './figure.ts'
import { percentileFigures } from './times.ts'

const confirmationsSource: Source = {
  name: 'figure_confirmations',
  labels: ['month', 'order', 'kind', 'product', 'segment', 'region'],
  sql: `
SELECT ${monthOf('c.at')} AS month, w.word AS "order", g.kind, g.product, b.segment, b.region, c.confirmed,
  c.at - c.asked AS ms, count(*) AS n
FROM reseller_confirmations c, run JOIN goods g ON g.id = c.specification JOIN buyers b ON b.id = c.account
JOIN words w ON w.id = c.kind
WHERE ${isMeasured('c.at')}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
}

const by: readonly Label[] = ['month', 'order', 'product', 'region', 'segment']

const answers = (name: string, text: string, confirmed: 0 | 1): Figure => ({
  name: `reseller.${name}`,
  unit: 'count',
  text,
  source: confirmationsSource,
  measure: { value: sum('n', `confirmed = ${confirmed}`) },
  by,
})

export const resellerFigures: readonly Figure[] = [
  answers('confirmed', 'amounts of orders that resellers confirmed (O-06)', 1),
  answers('declined', 'amounts of orders that resellers declined (O-06)', 0),
  ...percentileFigures(
    'reseller.answer',
    'hours',
    "from a customer's question to the reseller's answer",
    confirmationsSource,
    by,
  ),
]
