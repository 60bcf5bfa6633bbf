import type { RunRecord } from '../record.ts'
import { column, type ReportTable } from '../report-table.ts'
import { type PoolDay, poolHoursOfDay } from './pool-hours.ts'

/** Null where there was no capacity to use. */
const share = (held: number, room: number): number | null => (room === 0 ? null : held / room)

/** Use of each pool by civil day. */
export const dailyUse = (days: readonly PoolDay[]): ReportTable => ({
  name: 'capacity-days',
  title: 'Utilisation of pools by day',
  text: 'The mean is weighted by time; percentiles are over the clock hours of the day.',
  columns: [
    column('pool', 'Pool'),
    column('region', 'region'),
    column('day', 'day'),
    column('capacity', 'capacity', 'count'),
    column('use_mean', 'mean use', 'share'),
    column('use_p50', 'median', 'share'),
    column('use_p95', '95 %', 'share'),
    column('peak', 'peak', 'count'),
    column('sold_out', 'sold out', 'duration'),
  ],
  rows: days.map(({ pool, region, day, capacity, held, room, p50, p95, peak, soldOut }) => [
    ...[pool, region, day, capacity, share(held, room), p50 / 1e6, p95 / 1e6, peak, soldOut],
  ]),
})

/** Mean use by pool and hour of the civil day: the heat map in numbers. */
export const hourlyUse = (record: RunRecord): ReportTable => ({
  name: 'capacity-hours',
  title: 'Utilisation of pools by hour of the day',
  text: 'Mean share of the capacity held in each hour of the civil day.',
  columns: [column('pool', 'Pool'), column('hour', 'hour', 'count'), column('use', 'use', 'share')],
  rows: poolHoursOfDay(record).map(({ pool, hour, held, room }) => [pool, hour, share(held, room)]),
})
