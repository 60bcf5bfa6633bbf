import type { RunRecord } from '../../record.ts'
import { type Chart, heatColours, seriesColours } from '../chart.ts'
import { dayAxis, dayNumber, prepareDays } from './days.ts'

/** More lines than this would be a tangle; the pools most in use are shown. */
const LINES = 6
const ROWS = 24

/** Hours of pools with the time each row stands for, as `stands(pool, hour, next, held_ms, capacity)`. */
const stands = `
SELECT h.pool, h.capacity, h.held_ms, max(h.hour, run.start) AS hour,
  lead(h.hour, 1, run."end") OVER (PARTITION BY h.pool ORDER BY h.hour) AS next FROM pool_hours h, run`

interface UseRow {
  readonly [name: string]: string | number
  pool: string
  use: number
}

/** The pools most in use, by name. */
function busiest(record: RunRecord, count: number): string[] {
  const rows = record.rows(
    `WITH stands AS (${stands})
SELECT pn.pool FROM stands s JOIN pool_names pn ON pn.id = s.pool
GROUP BY pn.pool ORDER BY sum((s.next - s.hour + 3599999) / 3600000 * s.held_ms) * 1.0 / max(1, sum((s.next - s.hour) * s.capacity)) DESC, pn.pool
LIMIT ?`,
    count,
  )
  return rows.map(({ pool }) => String(pool))
}

/** Mean use of each pool on each civil day. */
export function poolUseChart(record: RunRecord): Chart {
  prepareDays(record)
  const shown = busiest(record, LINES)
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
  const shown = busiest(record, ROWS)
  const rows = record.rows(
    `WITH RECURSIVE stands AS (${stands}),
clock(hour) AS (SELECT 0 UNION ALL SELECT hour + 1 FROM clock WHERE hour < 23),
spans AS (SELECT pool, capacity, held_ms, (hour + utc_offset) / 3600000 AS first, (next + utc_offset + 3599999) / 3600000 AS last FROM stands, run)
SELECT pn.pool, clock.hour,
  sum(held_ms * ((last - clock.hour + 23) / 24 - (first - clock.hour + 23) / 24)) AS held,
  sum(3600000 * capacity * ((last - clock.hour + 23) / 24 - (first - clock.hour + 23) / 24)) AS room
FROM spans, clock JOIN pool_names pn ON pn.id = spans.pool GROUP BY 1, 2 ORDER BY 1, 2`,
  )
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
