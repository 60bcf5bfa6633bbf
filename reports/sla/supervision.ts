/** SLA of service supervision, of support and of the people behind it: durations, breaches, appeals, closures, queues. */
import { wilson } from '#engine/statistics/wilson.ts'
import { caseSources } from '../figures/cases.ts'
import { type Label, prepare, type Source } from '../figures/figure.ts'
import { appealsSource, breachesSource, flowsSource, type Stage, stageSource, stages } from '../figures/supervision.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportTable } from '../report-table.ts'
import { durationTarget } from '../targets.ts'
import { durationCells, durationColumns, readDurations } from './durations.ts'

interface Timed {
  readonly name: string
  readonly source: Source
  readonly target: number | null
  /** Labels by which it is broken down. */
  readonly by: readonly Label[]
}

/**
 * S-06: five days of silence are a breach, so they are the target of the side whose turn it is, unless another is
 * promised.
 */
function timed(record: RunRecord): Timed[] {
  const silence = Number(record.meta.policies['appeal.silence'] ?? 432_000_000)
  const stage = (name: string, key: Stage, standard: number | null): Timed => {
    const figures = [`supervision.${key}P95`, `supervision.${key}P50`]
    return {
      name,
      source: stageSource(key),
      target: durationTarget(record, figures) ?? standard,
      by: ['kind', 'product', 'seller'],
    }
  }
  const cases = (name: string, key: keyof typeof caseSources, figure: string, by: readonly Label[]): Timed => ({
    name,
    source: caseSources[key],
    target: durationTarget(record, [`${figure}P95`, `${figure}P50`]),
    by,
  })
  return [
    stage('first seller action', 'firstAction', silence),
    stage('delivery', 'delivery', silence),
    stage('acceptance', 'acceptance', silence),
    stage('completion', 'completion', null),
    {
      name: 'frozen',
      target: null,
      by: ['kind', 'product', 'seller'],
      source: {
        name: 'figure_flow_frozen',
        labels: flowsSource.labels,
        needs: [flowsSource],
        sql: `SELECT month, kind, product, seller, region, segment, frozen_ms AS ms, count(*) AS n
FROM ${flowsSource.name} WHERE freezes > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7`,
      },
    },
    cases('wait for the seller', 'sellerWait', 'sellers.wait', ['seller']),
    cases('response of the seller', 'sellerResponse', 'sellers.response', ['seller']),
    cases('wait for a manager', 'managerWait', 'managers.wait', []),
    cases('decision of a manager', 'managerDecision', 'managers.decision', ['outcome']),
    cases('answer to a mail', 'supportAnswer', 'support.answer', ['side', 'seller']),
    cases('solution of a ticket', 'ticketSolution', 'tickets.solution', ['about']),
  ]
}

/** Durations of every stage: in all, and by kind, product and seller. */
export function supervisionTimes(record: RunRecord): ReportTable {
  const rows: ReportCell[][] = []
  for (const { name, source, target, by } of timed(record)) {
    prepare(record, source)
    const bySeller = source.labels.includes('seller')
    const groups = (label: string) =>
      readDurations(
        record,
        `SELECT ${label}, ms, sum(n), ${bySeller ? 'seller' : `''`} FROM ${source.name} GROUP BY 1, 2, 4`,
        target,
        bySeller ? 'sellers' : 'none',
      )
    const all = groups(`''`).get('')
    if (all === undefined || all.count === 0) continue
    rows.push([name, 'all', '', ...durationCells(all)])
    for (const label of by)
      for (const [key, durations] of groups(`"${label}"`))
        if (key !== '') rows.push([name, label, key, ...durationCells(durations)])
  }
  return {
    name: 'sla-supervision',
    title: 'Supervision and support times',
    text: `Stages: ${(Object.keys(stages) as Stage[]).map((key) => stages[key][1]).join('; ')}. Without a threshold in the scenario, the target is the silence after which an appeal is allowed (S-06). “From” and “to” are the 95 % interval of the share within the target, with sellers as independent units, because cases of one seller are not independent; there is none for a single queue. Percentiles are exact, by nearest rank.`,
    columns: [column('stage', 'Stage'), column('label', 'by'), column('value', 'of'), ...durationColumns],
    rows,
  }
}

/** Flows by kind and seller: how they ended, what was rejected, who kept silent. */
export function supervisionOutcomes(record: RunRecord): ReportTable {
  for (const source of [flowsSource, breachesSource]) prepare(record, source)
  const rows = record.rows(`
SELECT f.kind, f.product, f.seller, count(*) AS flows, count(f.completed) AS completed, count(f.cancelled) AS cancelled,
  sum(f.closed) AS closed, sum(f.request_rejections) AS requests, sum(f.product_rejections) AS products,
  sum(f.reminders) AS reminders, sum(f.freezes) AS freezes,
  coalesce((SELECT sum(n) FROM ${breachesSource.name} b WHERE b.product = f.product AND b.seller = f.seller AND b.side = 'seller'), 0) AS by_seller,
  coalesce((SELECT sum(n) FROM ${breachesSource.name} b WHERE b.product = f.product AND b.seller = f.seller AND b.side = 'buyer'), 0) AS by_buyer
FROM ${flowsSource.name} f GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
  const counts = [
    ['flows', 'flows'],
    ['completed', 'completed'],
    ['cancelled', 'cancelled'],
    ['closed', 'closed after 365 days'],
    ['requests', 'requests rejected'],
    ['products', 'deliveries rejected'],
    ['reminders', 'reminders'],
    ['freezes', 'freezes'],
    ['by_seller', 'silent sellers'],
    ['by_buyer', 'silent buyers'],
  ] as const
  const total = counts.map(([key]) => rows.reduce((sum, row) => sum + BigInt(row[key] ?? 0), 0n))
  return {
    name: 'sla-supervision-outcomes',
    title: 'Flows and their outcomes',
    text: 'Silent: turns overdue by more than appeal.silence (S-06). Closed: by the system, because of their age (S-09).',
    columns: [
      column('kind', 'Kind'),
      column('product', 'product'),
      column('seller', 'seller'),
      ...counts.map(([key, title]) => column(key, title, 'count')),
    ],
    rows: rows.map((row) => [row.kind, row.product, row.seller, ...counts.map(([key]) => row[key])]),
    total: ['total', '', '', ...total],
  }
}

/** Appeals by ground, side and outcome, each outcome's share of its ground with a Wilson interval. */
export function appeals(record: RunRecord): ReportTable {
  prepare(record, appealsSource)
  const rows = record.rows(`
SELECT ground, side, outcome, sum(n) AS n, sum(sum(n)) OVER (PARTITION BY ground, side) AS whole
FROM ${appealsSource.name} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)
  return {
    name: 'sla-appeals',
    title: 'Appeals by ground and outcome',
    text: 'The share is of all appeals by that side on that ground; “from” and “to” are its 95 % Wilson interval, because appeals are decided independently (S-06, S-07).',
    columns: [
      column('ground', 'Ground'),
      column('by', 'by'),
      column('outcome', 'outcome'),
      column('appeals', 'appeals', 'count'),
      column('share', 'share', 'share'),
      column('low', 'from', 'share'),
      column('high', 'to', 'share'),
    ],
    rows: rows.map(({ ground, side, outcome, n, whole }) => {
      const { estimate, low, high } = wilson(Number(n), Number(whole))
      return [ground, side, outcome, n, estimate, low, high]
    }),
  }
}

/** The queue before the operations managers: how long it was, on average and at its longest. */
export function managerQueue(record: RunRecord): ReportTable {
  const [row] = record.rows(`
WITH cases AS (SELECT c.* FROM appeal_cases c, run WHERE c.arrived >= run.measured_from),
moves(at, step) AS (SELECT arrived, 1 FROM cases UNION ALL SELECT started, -1 FROM cases),
depths AS (SELECT sum(step) OVER (ORDER BY at, step ROWS UNBOUNDED PRECEDING) AS depth FROM moves)
SELECT (SELECT count(*) FROM cases) AS cases,
  (SELECT coalesce(sum(started - arrived), 0) FROM cases) AS waited,
  (SELECT coalesce(max(depth), 0) FROM depths) AS longest, run."end" - run.measured_from AS span FROM run`)
  const cases = Number(row.cases)
  return {
    name: 'sla-managers',
    title: 'Queue of the operations managers',
    text: 'Appeals waiting for a manager (L-05); the mean length is the total time waited over the time of the run.',
    columns: [
      column('appeals', 'Appeals', 'count'),
      column('mean_length', 'mean length', 'number'),
      column('longest', 'longest queue', 'count'),
    ],
    rows: cases === 0 ? [] : [[cases, Number(row.waited) / Number(row.span), row.longest]],
  }
}
