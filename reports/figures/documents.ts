/** Credit notes: what was refunded after it was charged (I-04). */
import { prepareBooked } from '../booked.ts'
import { type Figure, isMeasured, monthOf, type Source, sum, word } from './figure.ts'

/** What a refund gives to the buyer, or to the reseller who paid. */
const received = ['buyer-cash', 'buyer-coupons', 'payment-clearing']

/** Linear in the amounts, unlike the record's view of credit notes: those of a vast record are asked in parts. */
const notesSource: Source = {
  name: 'figure_credit_notes',
  labels: ['month', 'kind', 'product', 'segment', 'region'],
  needs: [prepareBooked],
  sql: `
SELECT ${monthOf('min(k.at, run.end - 1)')} AS month, g.kind, g.product, b.segment, b.region, count(DISTINCT k.transaction_id) AS n,
  -sum(k.amount) AS amount
FROM run CROSS JOIN order_moves k JOIN orders o ON o.id = k.order_id JOIN goods g ON g.id = o.specification JOIN buyers b ON b.id = k.account
WHERE k.movement = ${word('refund')} AND k.ledger IN (${received.map(word).join(', ')}) AND ${isMeasured('k.at')} GROUP BY 1, 2, 3, 4, 5`,
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
