/** Usage records that arrived after `usage.lateWindow`: rejected, or charged on the next bill (U-09, I-04). */
import { prepareRejected } from '../metered.ts'
import { type Figure, isMeasured, type Label, monthOf, type Source, sum, word } from './figure.ts'

const labels: readonly Label[] = ['month', 'kind', 'product', 'segment', 'region']

const rejectedSource: Source = {
  name: 'figure_rejected_usage',
  labels,
  needs: [prepareRejected],
  sql: `
SELECT m.month, iw.word AS kind, coalesce(g.product, '') AS product, b.segment, pn.region, sum(r.lines) AS n, sum(r.amount) AS amount
FROM rejected r JOIN months m ON m.no = r.month JOIN words iw ON iw.id = r.item JOIN buyers b ON b.id = r.account
JOIN pool_names pn ON pn.id = r.pool LEFT JOIN goods g ON r.item = ${word('image')} AND g.id = r.priced
WHERE r.measured = 1 GROUP BY 1, 2, 3, 4, 5`,
}

const correctedSource: Source = {
  name: 'figure_corrected_usage',
  labels,
  sql: `
SELECT ${monthOf('f.at')} AS month, iw.word AS kind, coalesce(g.product, '') AS product, b.segment, pn.region,
  count(*) AS n, sum(f.amount) AS amount
FROM usage_faults f, run JOIN words iw ON iw.id = f.item JOIN buyers b ON b.id = f.account
JOIN instances i ON i.id = f.instance_id JOIN pool_names pn ON pn.id = i.pool
LEFT JOIN goods g ON f.item = ${word('image')} AND g.id = f.priced
WHERE f.outcome = ${word('correction')} AND ${isMeasured('f.at')} GROUP BY 1, 2, 3, 4, 5`,
}

const figure = (name: string, unit: 'count' | 'money', text: string, source: Source, column: string): Figure => ({
  name: `usage.${name}`,
  unit,
  text,
  source,
  measure: { value: sum(column) },
  by: ['kind', 'month', 'product', 'region', 'segment'],
})

export const lateUsageFigures: readonly Figure[] = [
  figure('rejectedLines', 'count', 'metered lines whose records arrived too late (U-09)', rejectedSource, 'n'),
  figure(
    'rejected',
    'money',
    'metered and never charged: the records arrived too late (U-09)',
    rejectedSource,
    'amount',
  ),
  figure('corrected', 'money', 'charged as corrections on the next bill (U-09, I-04)', correctedSource, 'amount'),
]
