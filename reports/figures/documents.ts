/** Credit notes: what was refunded after it was charged (I-04). */
import { type Figure, isMeasured, monthOf, type Source, sum } from './figure.ts'

const notesSource: Source = {
  name: 'figure_credit_notes',
  labels: ['month', 'kind', 'product', 'segment', 'region'],
  sql: `
SELECT ${monthOf('c.month')} AS month, g.kind, g.product, b.segment, b.region, count(*) AS n,
  sum(c.amount + c.amount_high * 1000000000000000000) AS amount
FROM credit_notes c, run JOIN orders o ON o.id = c.order_id JOIN goods g ON g.id = o.specification JOIN buyers b ON b.id = c.account
WHERE ${isMeasured('c.at')} GROUP BY 1, 2, 3, 4, 5`,
}

const notes = (name: string, unit: 'count' | 'money', text: string, column: string): Figure => ({
  name: `creditNotes.${name}`,
  unit,
  text,
  source: notesSource,
  measure: { value: sum(column) },
  by: ['kind', 'month', 'product', 'region', 'segment'],
})

export const documentFigures: readonly Figure[] = [
  notes('issued', 'count', 'credit notes for refunds (I-04)', 'n'),
  notes('amount', 'money', 'refunded by credit notes, in minor units of the currency (I-04)', 'amount'),
]
