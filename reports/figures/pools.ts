/** Use of pools over time: time-weighted mean, percentile and peak, and how long nothing was free. */
import { clockHours, preparePoolSpans } from '../capacity/pool-hours.ts'
import { type Figure, type Measure, type Source, sum } from './figure.ts'

/**
 * Hours of pools, cut at the ends of months. `ms` is the time a row means, `unit_ms` what could have been held in it,
 * `use_millionths` the use of one of its hours, which counts for `use_ms`: nothing where there was no capacity to use.
 */
export const poolHoursSource: Source = {
  name: 'figure_pools',
  labels: ['month', 'region', 'pool'],
  needs: [preparePoolSpans],
  sql: `
WITH cut AS (
  SELECT m.month, s.pool, s.capacity, s.capacity_ms, s.held_ms, s.full_ms, s.peak,
    max(s.hour, m.first) AS since, min(s.next, m.next) AS until
  FROM pool_spans s JOIN months m ON s.hour < m.next AND s.next > m.first),
counted AS (SELECT cut.*, ${clockHours('since', 'until')} AS hours FROM cut, run)
SELECT month, pn.region, pn.pool, peak, capacity, until - since AS ms, hours * capacity_ms AS unit_ms,
  hours * held_ms AS held_ms, hours * full_ms AS full_ms,
  CASE WHEN capacity_ms = 0 THEN 0 ELSE held_ms * 1000000 / capacity_ms END AS use_millionths,
  CASE WHEN capacity_ms = 0 THEN 0 ELSE until - since END AS use_ms
FROM counted JOIN pool_names pn ON pn.id = counted.pool WHERE until > since`,
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
  poolFigure('pool.use', 'share', 'unit-time held / unit-time of the capacity in force', {
    value: sum('held_ms'),
    of: sum('unit_ms'),
  }),
  poolFigure(
    'pool.useP95',
    'share',
    '95th percentile of utilisation over clock hours with capacity, weighted by their length in the run',
    {
      quantile: 'use_millionths',
      percent: 95,
      weight: 'use_ms',
      per: 1_000_000n,
    },
  ),
  poolFigure('pool.peak', 'units', 'most units held at the same time in one pool', { value: 'max(peak)' }),
  poolFigure('pool.capacity', 'units', 'largest capacity in force of one pool', { value: 'max(capacity)' }),
  poolFigure('pool.soldOutMinutes', 'minutes', 'time pools had no free unit, summed over pools', {
    value: sum('full_ms'),
    of: '60000',
  }),
]
