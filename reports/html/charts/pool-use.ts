import { busiestPools, poolHoursOfDay, stands } from '../../capacity/pool-hours.ts'
import { dayAxis, dayNumber, prepareDays } from '../../days.ts'
import type { RunRecord } from '../../record.ts'
import { type Chart, heatColours, seriesColours } from '../chart.ts'

/** More lines than this would be a tangle; the pools most in use are shown. */
const LINES = 6
const ROWS = 24

interface UseRow {
  readonly [name: string]: string | number
  pool: string
  use: number
}

/** Mean use of each pool on each civil day. */
export function poolUseChart(record: RunRecord): Chart {
  prepareDays(record)
  const shown = busiestPools(record, LINES)
  const rows = record.rows(
    `WITH stands AS (${stands}),
cut AS (SELECT d.day, s.pool, s.capacity, s.held_ms, max(s.hour, d.first) AS since, min(s.next, d.next) AS until
  FROM stands s, run JOIN days d ON d.number BETWEEN ${dayNumber('s.hour')} AND ${dayNumber('s.next - 1')})
SELECT cut.day, pn.pool, sum((until - since + 3599999) / 3600000 * held_ms) AS held, sum((until - since) * capacity) AS room
FROM cut JOIN pool_names pn ON pn.id = cut.pool GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  const values: UseRow[] = rows
    .filter(({ pool, room }) => shown.includes(String(pool)) && Number(room) > 0)
    .map(({ day, pool, held, room }) => ({
      day: String(day),
      pool: String(pool),
      use: Math.round((Number(held) / Number(room)) * 1e4) / 1e4,
    }))
  return {
    name: 'pool-use',
    title: 'Use of pools by day',
    text: `Mean share of the units held, of the ${shown.length} pools most in use: ${shown.join(', ')}.`,
    specification: {
      height: 200,
      data: { values },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: dayAxis,
        y: {
          field: 'use',
          type: 'quantitative',
          title: 'units held / capacity',
          axis: { format: '.0%', tickCount: 5 },
          scale: { domain: [0, 1], clamp: true },
        },
        color: {
          field: 'pool',
          type: 'nominal',
          sort: shown,
          scale: { domain: shown, range: seriesColours },
          legend: { columns: 2 },
        },
      },
    },
  }
}

/** Mean use by pool and hour of the civil day. */
export function poolHeatChart(record: RunRecord): Chart {
  const shown = busiestPools(record, ROWS)
  const rows = poolHoursOfDay(record)
  const values = rows
    .filter(({ pool, room }) => shown.includes(String(pool)) && Number(room) > 0)
    .map(({ pool, hour, held, room }) => ({
      pool: String(pool),
      hour: Number(hour),
      use: Math.round((Number(held) / Number(room)) * 1e4) / 1e4,
    }))
  return {
    name: 'pool-heat',
    title: 'Use of pools by hour of the day',
    text: `Mean share of the units held in each of the 24 hours, of ${shown.length} pools.`,
    specification: {
      height: { step: 22 },
      data: { values },
      mark: { type: 'rect' },
      encoding: {
        x: {
          field: 'hour',
          type: 'ordinal',
          title: 'hour of the day',
          axis: { labelAngle: 0, labelOverlap: true, ticks: false, domain: false },
        },
        y: { field: 'pool', type: 'nominal', sort: shown, title: null, axis: { ticks: false, domain: false } },
        color: {
          field: 'use',
          type: 'quantitative',
          scale: { type: 'quantize', domain: [0, 1], range: heatColours },
          legend: { format: '.0%', title: null, type: 'symbol', symbolType: 'square' },
        },
      },
    },
  }
}
