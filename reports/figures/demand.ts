/** Unmet demand (C-06): visits that ended without an order because nothing fitted, by category. */
import { type Figure, isMeasured, monthOf, type Source, sum } from './figure.ts'

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

export const demandFigures: readonly Figure[] = [
  demand('unmet', 'visits that ended because no product was suitable (C-06)'),
  demand('mailed', 'requirements mailed to the marketplace (C-06)', 'mailed = 1'),
]
