/** Use of pools over time: time-weighted mean, percentile and peak, and how long nothing was free. */
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { addTo, timesOf } from '../books/sums.ts'
import { clockHoursOf, poolSpansOf } from '../capacity/pool-hours.ts'
import { oncePerRecord } from '../once-per-record.ts'
import { textsOf } from '../steps/names.ts'
import { TimeList, type Times } from '../steps/times.ts'
import { type Figure, type Measure, type Source, sum } from './figure.ts'

/** Hours of a pool in a month. */
interface PoolMonths {
  /** `month, pool, ms, full_ms, peak, capacity, held_ms, unit_ms`. */
  readonly sums: readonly (readonly (number | bigint)[])[]
  /** Use in whole millionths of each stretch of hours alike, and for how long it was, ms: 0 where there was no capacity to use. */
  readonly use: Times
}

const poolMonthsOf = oncePerRecord<PoolMonths>((record) => {
  const months = [...record.numbers('SELECT no, first, next FROM months ORDER BY first')]
  const clock = clockHoursOf(record)
  const spans = poolSpansOf(record)
  const [room, held] = [new KeyedSums(), new KeyedSums()]
  const most = new Map<number, { peak: number; capacity: number }>()
  const use = new TimeList(3)
  for (let span = 0; span < spans.count; span++) {
    const pool = spans.pool[span]
    for (const [month, first, next] of months) {
      const since = Math.max(spans.hour[span], first)
      const until = Math.min(spans.next[span], next)
      if (until <= since) continue
      const hours = clock(since, until)
      const row = room.rowOf(month, pool, 0)
      addTo(room, row, until - since, timesOf(spans.room[span], hours))
      addTo(held, held.rowOf(month, pool, 0), hours * spans.full[span], timesOf(spans.held[span], hours))
      const found = most.get(row) ?? { peak: 0, capacity: 0 }
      most.set(row, found)
      found.peak = Math.max(found.peak, spans.peak[span])
      found.capacity = Math.max(found.capacity, spans.capacity[span])
      const isUsable = spans.room[span] !== 0
      const millionths = isUsable ? Math.floor((spans.held[span] * 1_000_000) / spans.room[span]) : 0
      use.add(millionths, month, pool, isUsable ? until - since : 0)
    }
  }
  const sums = Array.from({ length: room.rows }, (_, row) => {
    const { a: month, b: pool, first: ms, amount: unitMs } = room.at(row)
    const { first: fullMs, amount: heldMs } = held.at(row)
    const { peak = 0, capacity = 0 } = most.get(row) ?? {}
    return [month, pool, ms, fullMs, peak, capacity, heldMs, unitMs]
  })
  const names = (column: string) => textsOf(record, `SELECT id, ${column} FROM pool_names`)
  return {
    sums,
    use: use.times(
      {
        month: [0, textsOf(record, 'SELECT no, month FROM months')],
        region: [1, names('region')],
        pool: [1, names('pool')],
      },
      2,
    ),
  }
})

/**
 * Hours of pools by month. `ms` is the time that they were, `unit_ms` what could have been held in it, `full_ms` for how long nothing
 * was free.
 */
export const poolHoursSource: Source = {
  name: 'figure_pools',
  labels: ['month', 'region', 'pool'],
  needs: [
    (record) =>
      record.keepComputed(
        'pool_sums',
        ['month', 'pool', 'ms', 'full_ms', 'peak', 'capacity', 'held_ms', 'unit_ms'],
        [],
        () => poolMonthsOf(record).sums,
      ),
  ],
  sql: `
SELECT m.month, pn.region, pn.pool, s.peak, s.capacity, s.ms, s.unit_ms, s.held_ms, s.full_ms
FROM pool_sums s JOIN months m ON m.no = s.month JOIN pool_names pn ON pn.id = s.pool`,
}

/** Use of pools, each hour alike counting for as long as it was. */
const poolUseSource: Source = {
  name: 'figure_pool_use',
  labels: poolHoursSource.labels,
  sql: '',
  times: (record) => poolMonthsOf(record).use,
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
  {
    ...poolFigure(
      'pool.useP95',
      'share',
      '95th percentile of utilisation over clock hours with capacity, weighted by their length in the run',
      { quantile: 'use_millionths', percent: 95, weight: 'use_ms', per: 1_000_000n },
    ),
    source: poolUseSource,
  },
  poolFigure('pool.peak', 'units', 'most units held at the same time in one pool', { value: 'max(peak)' }),
  poolFigure('pool.capacity', 'units', 'largest capacity in force of one pool', { value: 'max(capacity)' }),
  poolFigure('pool.soldOutMinutes', 'minutes', 'time pools had no free unit, summed over pools', {
    value: sum('full_ms'),
    of: '60000',
  }),
]
