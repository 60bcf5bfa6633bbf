/** Work of people: turns that sellers worked on (L-04) and appeals that operations managers worked on (L-05). */
import { type Figure, type Label, monthOf, type Source } from './figure.ts'

/** Turns of sellers: `wait` until somebody began, `response` until it was done. */
const sellerCases = (part: 'wait' | 'response'): Source => ({
  name: `figure_seller_${part}`,
  labels: ['month', 'seller', 'kind', 'product'],
  sql: `
SELECT ${monthOf('c.arrived')} AS month, s.segment || '/' || s.number AS seller, g.kind, g.product,
  ${part === 'wait' ? 'c.started' : 'c.at'} - c.arrived AS ms, count(*) AS n
FROM seller_cases c, run JOIN sellers s ON s.id = c.seller
JOIN orders o ON o.id = c.order_id JOIN goods g ON g.id = o.specification
GROUP BY 1, 2, 3, 4, 5`,
})

/** Appeals of operations managers, likewise. */
const managerCases = (part: 'wait' | 'response'): Source => ({
  name: `figure_manager_${part}`,
  labels: ['month', 'outcome'],
  sql: `
SELECT ${monthOf('c.arrived')} AS month, coalesce(nullif(w.word, ''), 'nothing left to decide') AS outcome,
  ${part === 'wait' ? 'c.started' : 'c.at'} - c.arrived AS ms, count(*) AS n
FROM appeal_cases c, run JOIN words w ON w.id = c.outcome
GROUP BY 1, 2, 3`,
})

export const caseSources = {
  sellerWait: sellerCases('wait'),
  sellerResponse: sellerCases('response'),
  managerWait: managerCases('wait'),
  managerDecision: managerCases('response'),
} as const

const percentiles = (name: string, text: string, source: Source, by: readonly Label[]): Figure[] =>
  ([50, 95] as const).map((percent) => ({
    name: `${name}P${percent}`,
    unit: 'hours',
    text: `${percent === 50 ? 'median' : '95th percentile'} of the time ${text}`,
    source,
    measure: { quantile: 'ms', percent, weight: 'n', per: 3_600_000n },
    by,
  }))

export const caseFigures: readonly Figure[] = [
  ...percentiles('sellers.wait', 'a seller lets his turn lie before somebody begins (L-04)', caseSources.sellerWait, [
    'month',
    'seller',
  ]),
  ...percentiles(
    'sellers.response',
    'from a seller being told to his turn being done (L-04)',
    caseSources.sellerResponse,
    ['month', 'seller'],
  ),
  ...percentiles('managers.wait', 'an appeal waits for an operations manager (L-05)', caseSources.managerWait, [
    'month',
  ]),
  ...percentiles(
    'managers.decision',
    'from an appeal reaching the managers to its decision (L-05)',
    caseSources.managerDecision,
    ['month', 'outcome'],
  ),
]
