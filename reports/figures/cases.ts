/** Work of people: turns that sellers worked on (L-04) and appeals that operations managers worked on (L-05). */
import { type Figure, isMeasured, type Label, monthOf, type Source, sum, word } from './figure.ts'
import { percentileFigures } from './times.ts'

/** Turns of sellers: `wait` until work started, `response` until it was done. */
const sellerCases = (part: 'wait' | 'response'): Source => ({
  name: `figure_seller_${part}`,
  labels: ['month', 'seller', 'kind', 'product'],
  sql: `
SELECT ${monthOf('c.arrived')} AS month, s.segment || '/' || s.number AS seller, g.kind, g.product,
  ${part === 'wait' ? 'c.started' : 'c.at'} - c.arrived AS ms, count(*) AS n
FROM seller_cases c, run JOIN sellers s ON s.id = c.seller
JOIN orders o ON o.id = c.order_id JOIN goods g ON g.id = o.specification
WHERE ${isMeasured('c.arrived')}
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
WHERE ${isMeasured('c.arrived')}
GROUP BY 1, 2, 3`,
})

/** Mails to sellers after the sale (L-01), from being sent to being answered, by either side. */
const supportAnswers: Source = {
  name: 'figure_support_answers',
  labels: ['month', 'seller', 'side'],
  sql: `
SELECT ${monthOf('c.at')} AS month, s.segment || '/' || s.number AS seller, w.word AS side, t.at - c.at AS ms, count(*) AS n
FROM support_contacts c, run JOIN sellers s ON s.id = c.seller
JOIN support_steps t ON t.contact_id = c.id AND t.event = ${word('answer')} JOIN words w ON w.id = t.by
WHERE ${isMeasured('c.at')}
GROUP BY 1, 2, 3, 4`,
}

/** Service tickets, from being filed to being solved. */
const ticketSolutions: Source = {
  name: 'figure_ticket_solutions',
  labels: ['month', 'about'],
  sql: `
SELECT ${monthOf('k.at')} AS month, w.word AS about, t.at - k.at AS ms, count(*) AS n
FROM tickets k, run JOIN ticket_steps t ON t.ticket_id = k.id AND t.event = ${word('solve')} JOIN words w ON w.id = k.about
WHERE ${isMeasured('k.at')}
GROUP BY 1, 2, 3`,
}

export const caseSources = {
  sellerWait: sellerCases('wait'),
  sellerResponse: sellerCases('response'),
  managerWait: managerCases('wait'),
  managerDecision: managerCases('response'),
  supportAnswer: supportAnswers,
  ticketSolution: ticketSolutions,
} as const

const percentiles = (name: string, text: string, source: Source, by: readonly Label[]): Figure[] =>
  percentileFigures(name, 'hours', text, source, by)

const unsolvedSource: Source = {
  name: 'figure_unsolved',
  labels: ['month', 'seller'],
  sql: `
SELECT ${monthOf('t.at')} AS month, s.segment || '/' || s.number AS seller, count(*) AS n
FROM support_steps t, run JOIN support_contacts c ON c.id = t.contact_id JOIN sellers s ON s.id = c.seller
WHERE t.event = ${word('give-up')} AND ${isMeasured('t.at')} GROUP BY 1, 2`,
}

export const caseFigures: readonly Figure[] = [
  {
    name: 'support.unsolved',
    unit: 'count',
    text: 'problems that sellers worked on and could not solve (L-01)',
    source: unsolvedSource,
    measure: { value: sum('n') },
    by: ['month', 'seller'],
  },
  ...percentiles('sellers.wait', 'a turn waits for the seller to start on it (L-04)', caseSources.sellerWait, [
    'month',
    'seller',
  ]),
  ...percentiles(
    'sellers.response',
    "from the start of a seller's turn to its end (L-04)",
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
  ...percentiles(
    'support.answer',
    "from a buyer's mail to its answer, by the seller or the service desk (L-01)",
    caseSources.supportAnswer,
    ['month', 'seller', 'side'],
  ),
  ...percentiles('tickets.solution', 'from a service ticket to its solution (L-01)', caseSources.ticketSolution, [
    'about',
    'month',
  ]),
]
