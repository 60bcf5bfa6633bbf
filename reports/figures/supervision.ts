/** Service supervision (S-01..S-09): how long each stage of a flow takes, what is rejected, and who appeals. */
import { type Figure, isMeasured, type Label, type Measure, monthOf, type Source, sum, word } from './figure.ts'
import { percentileFigures } from './times.ts'

const flowLabels: readonly Label[] = ['month', 'kind', 'product', 'seller', 'region', 'segment']
const by: readonly Label[] = ['kind', 'month', 'product', 'seller']

/**
 * Each flow on one line, by the month in which it began. `owed` is when its seller first owed the move; `frozen_ms` the
 * sum over the leaving of the state less that over the entering, the run's end standing for a flow still frozen.
 */
export const flowsSource: Source = {
  name: 'figure_flows',
  labels: flowLabels,
  sql: `
SELECT ${monthOf('f.begun')} AS month, g.kind, g.product, coalesce(g.seller, '') AS seller, b.region, b.segment, f.*
FROM (SELECT order_id, min(at) AS begun,
    min(at) FILTER (WHERE to_state = ${word('awaiting-seller')}) AS owed,
    min(at) FILTER (WHERE event IN (${word('deliver')}, ${word('reject-request')})) AS acted,
    min(at) FILTER (WHERE event = ${word('deliver')}) AS delivered,
    min(at) FILTER (WHERE event = ${word('accept')}) AS accepted,
    min(at) FILTER (WHERE to_state = ${word('completed')}) AS completed,
    min(at) FILTER (WHERE to_state = ${word('cancelled')}) AS cancelled,
    sum(event IN (${word('close-completed')}, ${word('close-cancelled')})) AS closed,
    sum(event = ${word('reject-request')}) AS request_rejections,
    sum(event = ${word('reject-product')}) AS product_rejections,
    sum(event = ${word('remind')}) AS reminders,
    sum(to_state = ${word('frozen')}) AS freezes,
    sum((from_state = ${word('frozen')}) * (at - run.start)) - sum((to_state = ${word('frozen')}) * (at - run.start))
      + (sum(to_state = ${word('frozen')}) - sum(from_state = ${word('frozen')})) * (run."end" - run.start) AS frozen_ms
  FROM supervision_steps, run GROUP BY order_id) f, run
JOIN orders o ON o.id = f.order_id JOIN goods g ON g.id = o.specification JOIN buyers b ON b.id = o.account
WHERE ${isMeasured('f.begun')}`,
}

/** Stages of a flow: from when to when. */
export const stages = {
  firstAction: ['acted - owed', "from the seller's first turn to the first delivery or rejection (S-04)"],
  delivery: ['delivered - owed', "from the seller's first turn to the first delivery (S-04)"],
  acceptance: ['accepted - delivered', 'from the first delivery to its acceptance (S-05)'],
  completion: ['completed - begun', 'from payment to completion (S-08)'],
} as const
export type Stage = keyof typeof stages

/** How long a stage took, of flows that passed it: rows of `ms` and how many, `n`. */
export const stageSource = (stage: Stage): Source => ({
  name: `figure_flow_${stage}`,
  labels: flowLabels,
  needs: [flowsSource],
  sql: `SELECT ${flowLabels.join(', ')}, ${stages[stage][0]} AS ms, count(*) AS n FROM ${flowsSource.name}
WHERE ${stages[stage][0]} IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7`,
})

/** Every appeal with its ground, who made it and what became of it. */
export const appealsSource: Source = {
  name: 'figure_appeals',
  labels: ['month', 'kind', 'product', 'seller', 'ground', 'side', 'outcome'],
  sql: `
SELECT ${monthOf('a.at')} AS month, g.kind, g.product, coalesce(g.seller, '') AS seller, gw.word AS ground, sw.word AS side,
  CASE WHEN ow.word <> '' THEN ow.word WHEN tw.word IS NULL OR tw.word = 'filed' THEN 'open' ELSE tw.word END AS outcome,
  count(*) AS n
FROM appeals a, run JOIN orders o ON o.id = a.order_id JOIN goods g ON g.id = o.specification
JOIN words gw ON gw.id = a.ground JOIN words sw ON sw.id = a.by
LEFT JOIN (SELECT appeal_id, to_state, outcome, max(rowid) FROM appeal_steps GROUP BY appeal_id) last ON last.appeal_id = a.id
LEFT JOIN words ow ON ow.id = last.outcome LEFT JOIN words tw ON tw.id = last.to_state
WHERE ${isMeasured('a.at')}
GROUP BY 1, 2, 3, 4, 5, 6, 7`,
}

/** Turns in which a side kept silent for longer than `appeal.silence`. */
export const breachesSource: Source = {
  name: 'figure_breaches',
  labels: ['month', 'kind', 'product', 'seller', 'side'],
  sql: `
SELECT ${monthOf('s.at')} AS month, g.kind, g.product, coalesce(g.seller, '') AS seller, sw.word AS side, count(*) AS n
FROM silence_breaches s, run JOIN orders o ON o.id = s.order_id JOIN goods g ON g.id = o.specification
JOIN words sw ON sw.id = s.by
WHERE ${isMeasured('s.at')}
GROUP BY 1, 2, 3, 4, 5`,
}

const flow = (name: string, text: string, measure: Measure, unit: Figure['unit'] = 'count'): Figure => ({
  name: `supervision.${name}`,
  unit,
  text,
  source: flowsSource,
  measure,
  by,
})

const stageFigures = (stage: Stage): Figure[] =>
  percentileFigures(`supervision.${stage}`, 'hours', stages[stage][1], stageSource(stage), by)

/** Reasons of buyers for rejecting a delivery, where they give them. */
const reasonsSource: Source = {
  name: 'figure_rejection_reasons',
  labels: ['month', 'kind', 'product', 'seller', 'code'],
  sql: `
SELECT ${monthOf('r.at')} AS month, g.kind, g.product, g.seller, w.word AS code, count(*) AS n
FROM product_rejections r, run JOIN orders o ON o.id = r.order_id JOIN goods g ON g.id = o.specification
JOIN words w ON w.id = r.reason WHERE ${isMeasured('r.at')} GROUP BY 1, 2, 3, 4, 5`,
}

/** Buyers who unsubscribed before completion. */
const withdrawalsSource: Source = {
  name: 'figure_withdrawals',
  labels: ['month', 'kind', 'product', 'seller'],
  sql: `
SELECT ${monthOf('s.at')} AS month, g.kind, g.product, g.seller, count(*) AS n
FROM supervision_steps s, run JOIN orders o ON o.id = s.order_id JOIN goods g ON g.id = o.specification
WHERE s.event = ${word('withdraw')} AND ${isMeasured('s.at')} GROUP BY 1, 2, 3, 4`,
}

export const supervisionFigures: readonly Figure[] = [
  flow('flows', 'supervision flows that started (S-02)', { value: 'count(*)' }),
  flow('completed', 'flows that ended completed (S-08, S-09)', { value: 'count(completed)' }),
  flow('cancelled', 'flows that ended cancelled (S-07, S-09)', { value: 'count(cancelled)' }),
  flow('closed365', 'flows closed by the system because of their age (S-09)', { value: sum('closed') }),
  flow('requestRejections', 'requests rejected by sellers (S-04)', { value: sum('request_rejections') }),
  flow('productRejections', 'deliveries rejected by buyers (S-05)', { value: sum('product_rejections') }),
  {
    name: 'supervision.rejectionReasons',
    unit: 'count',
    text: 'deliveries rejected for a recorded reason (S-05)',
    source: reasonsSource,
    measure: { value: sum('n') },
    by: ['code', 'kind', 'month', 'product', 'seller'],
  },
  {
    name: 'supervision.withdrawn',
    unit: 'count',
    text: 'supervised orders unsubscribed from before completion (N-01)',
    source: withdrawalsSource,
    measure: { value: sum('n') },
    by: ['kind', 'month', 'product', 'seller'],
  },
  flow('frozenHours', 'time flows were frozen (S-07)', { value: sum('frozen_ms'), of: '3600000' }, 'hours'),
  ...(Object.keys(stages) as Stage[]).flatMap(stageFigures),
  {
    name: 'appeals.filed',
    unit: 'count',
    text: 'appeals (S-06)',
    source: appealsSource,
    measure: { value: sum('n') },
    by: ['ground', 'kind', 'month', 'outcome', 'side'],
  },
  {
    name: 'supervision.breaches',
    unit: 'count',
    text: 'turns overdue by more than appeal.silence (S-06)',
    source: breachesSource,
    measure: { value: sum('n') },
    by: ['kind', 'month', 'seller', 'side'],
  },
]
