/** Charges of bound cards, for orders and top-ups (O-13). */
import { type Figure, isMeasured, type Label, monthOf, type Source, sum } from './figure.ts'

const cardsSource: Source = {
  name: 'figure_cards',
  labels: ['month', 'segment', 'region', 'code'],
  sql: `
SELECT ${monthOf('c.at')} AS month, b.segment, b.region, rw.word AS code, ow.word AS outcome, c.order_id > 0 AS of_order,
  count(*) AS n, sum(c.amount + c.amount_high * 1000000000000000000) AS amount
FROM card_charges c, run JOIN buyers b ON b.id = c.account JOIN words ow ON ow.id = c.outcome
JOIN words rw ON rw.id = c.reason
WHERE ${isMeasured('c.at')}
GROUP BY 1, 2, 3, 4, 5, 6`,
}

const by: readonly Label[] = ['month', 'region', 'segment']

const cards = (name: string, unit: 'count' | 'money', text: string, value: string, labels = by): Figure => ({
  name: `cards.${name}`,
  unit,
  text,
  source: cardsSource,
  measure: { value },
  by: labels,
})

export const cardFigures: readonly Figure[] = [
  cards('charges', 'count', 'charges of bound cards that were accepted (O-13)', sum('n', `outcome = 'charged'`)),
  cards(
    'charged',
    'money',
    'charged to bound cards, for orders and top-ups (O-13)',
    sum('amount', `outcome = 'charged'`),
  ),
  cards(
    'declined',
    'count',
    'charges of bound cards that were declined, by reason (O-13)',
    sum('n', `outcome = 'declined'`),
    ['code', ...by],
  ),
]
