/** Unmet demand (C-06): visits that ended without an order because nothing fitted, by category; and buyers who join and leave. */
import { type Figure, isMeasured, monthOf, type Source, sum, word } from './figure.ts'

const unmetSource: Source = {
  name: 'figure_unmet',
  labels: ['month', 'category', 'family', 'segment', 'region'],
  sql: `
SELECT ${monthOf('u.at')} AS month, c.category, c.family, b.segment, b.region, u.mailed, count(*) AS n
FROM unmet_demand u, run JOIN categories c ON c.id = u.category JOIN buyers b ON b.id = u.account
WHERE ${isMeasured('u.at')} GROUP BY 1, 2, 3, 4, 5, 6`,
}

const demand = (name: string, text: string, where?: string): Figure => ({
  name: `demand.${name}`,
  unit: 'count',
  text,
  source: unmetSource,
  measure: { value: sum('n', where) },
  by: ['category', 'family', 'month', 'region', 'segment'],
})

/** C-07: when the requirements had come in. */
const answeredSource: Source = {
  name: 'figure_answered',
  labels: ['month', 'category', 'product'],
  sql: `
SELECT ${monthOf('l.at')} AS month, p.category || iif(p.subcategory = '', '', '/' || p.subcategory) AS category, p.product, count(*) AS n
FROM requirement_listings l, run JOIN products p ON p.id = l.product WHERE ${isMeasured('l.at')} GROUP BY 1, 2, 3`,
}

const movesSource: Source = {
  name: 'figure_buyer_moves',
  labels: ['month', 'code', 'segment', 'region'],
  sql: `
SELECT ${monthOf('m.at')} AS month, w.word AS code, b.segment, b.region, m.move, count(*) AS n
FROM buyer_moves m, run JOIN words w ON w.id = m.reason JOIN buyers b ON b.id = m.account
WHERE ${isMeasured('m.at')} GROUP BY 1, 2, 3, 4, 5`,
}

const moves = (name: string, move: string, text: string): Figure => ({
  name: `buyers.${name}`,
  unit: 'count',
  text,
  source: movesSource,
  measure: { value: sum('n', `move = ${word(move)}`) },
  by: ['code', 'month', 'region', 'segment'],
})

export const demandFigures: readonly Figure[] = [
  demand('unmet', 'visits that ended because no product was suitable (C-06)'),
  demand('mailed', 'requirements mailed to the marketplace (C-06)', 'mailed = 1'),
  {
    name: 'demand.answered',
    unit: 'count',
    text: 'products for which enough requirements came in (C-07)',
    source: answeredSource,
    measure: { value: sum('n', undefined) },
    by: ['category', 'month', 'product'],
  },
  moves('joined', 'join', 'buyers who joined during the run (C-06)'),
  moves('left', 'leave', 'buyers who left (C-06)'),
  moves('retried', 'retry', 'refused purchases that were tried again (E-02)'),
  moves('returned', 'return', 'servers lost in an outage that were ordered again (E-10)'),
  moves('recommended', 'recommend', 'visits that another buyer’s purchase led to (C-06)'),
  moves('forgone', 'forgo', 'visits that ended because the price had risen (C-05)'),
]
