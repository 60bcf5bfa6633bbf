/** Use of pools over time: time-weighted mean, percentile and peak, and how long nothing was free. */
import { preparePoolSpans } from '../capacity/pool-hours.ts'
import { type Figure, type Measure, type Source, sum } from './figure.ts'

/**
 * Hours of pools, cut at the ends of months. `ms` is the time a row stands for, `unit_ms` what could have been held in it,
 * `use_millionths` the use of one of its hours.
 */
export const poolHoursSource: Source = {
  name: 'figure_pools',
  labels: ['month', 'region', 'pool'],
  needs: [preparePoolSpans],
  sql: `
WITH cut AS (
  SELECT m.month, s.pool, s.capacity, s.held_ms, s.full_ms, s.peak,
    max(s.hour, m.first) AS since, min(s.next, m.next) AS until
  FROM pool_spans s JOIN months m ON s.hour < m.next AND s.next > m.first)
SELECT month, pn.region, pn.pool, peak, capacity, until - since AS ms, (until - since) * capacity AS unit_ms,
  (until - since + 3599999) / 3600000 * held_ms AS held_ms, (until - since + 3599999) / 3600000 * full_ms AS full_ms,
  CASE WHEN capacity = 0 THEN 0
    ELSE held_ms * 1000000 / (capacity * min(3600000, until - since)) END AS use_millionths
FROM cut JOIN pool_names pn ON pn.id = cut.pool WHERE until > since`,
}

const poolFigure = (name: string, unit: Figure['unit'], text: string, measure: Measure): Figure => ({
  name,
  unit,
  text,
  source: poolHoursSource,
  measure,
  by: ['month', 'pool', 'region'],
})

export const poolFigures: readonly Figure[] = [
  poolFigure('pool.use', 'share', 'units held / capacity, time-weighted mean', {
    value: sum('held_ms'),
    of: sum('unit_ms'),
  }),
  poolFigure('pool.useP95', 'share', '95th percentile of the use of clock hours', {
    quantile: 'use_millionths',
    percent: 95,
    weight: 'ms',
    per: 1_000_000n,
  }),
  poolFigure('pool.peak', 'units', 'most units held at once in one pool', { value: 'max(peak)' }),
  poolFigure('pool.capacity', 'units', 'largest capacity of one pool', { value: 'max(capacity)' }),
  poolFigure('pool.soldOutMinutes', 'minutes', 'time in which a pool had no free unit, summed over pools', {
    value: sum('full_ms'),
    of: '60000',
  }),
]
