/** Clock hours of pools. The record leaves out an hour like the one before it, so a row stands until the next one. */
import { Histogram } from '#engine/statistics/histogram.ts'
import { dayNumber, prepareDays } from '../days.ts'
import type { RunRecord } from '../record.ts'

/** Rows with the time each stands for: `stands(pool, hour, next, held_ms, full_ms, peak, capacity)`, an SQL query. */
export const stands = `
SELECT h.pool, h.capacity, h.held_ms, h.full_ms, h.peak, max(h.hour, run.start) AS hour,
  lead(h.hour, 1, run."end") OVER (PARTITION BY h.pool ORDER BY h.hour) AS next FROM pool_hours h, run`

/** Use of one pool on one civil day, of hours weighted by their length. */
export interface PoolDay {
  readonly pool: string
  readonly region: string
  readonly day: string
  /** Largest capacity, units. */
  readonly capacity: number
  /** Unit-milliseconds held, and that could have been held. */
  readonly held: bigint
  readonly room: bigint
  /** Shares of the capacity in use, percentiles of the day's hours in whole millionths. */
  readonly p05: number
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p95: number
  readonly peak: number
  readonly soldOut: bigint
}

interface Hours {
  held: bigint
  room: bigint
  soldOut: bigint
  capacity: number
  peak: number
  readonly use: Histogram
}

/** Every pool and day with hours in it, in the order of pools and days. */
export function* poolDays(record: RunRecord): Generator<PoolDay> {
  prepareDays(record)
  const rows = record.cursor(`WITH stands AS (${stands})
SELECT pn.pool, pn.region, d.day, s.capacity, s.held_ms, s.full_ms, s.peak, min(s.next, d.next) - max(s.hour, d.first)
FROM stands s, run JOIN days d ON d.number BETWEEN ${dayNumber('s.hour')} AND ${dayNumber('s.next - 1')}
JOIN pool_names pn ON pn.id = s.pool ORDER BY pn.pool, d.day, s.hour`).rows
  let at: readonly [pool: string, region: string, day: string] = ['', '', '']
  let hours: Hours | undefined
  for (const [pool, region, day, capacity, held, full, peak, length] of rows) {
    if (at[0] !== pool || at[2] !== day) {
      if (hours !== undefined) yield poolDay(at, hours)
      at = [pool as string, region as string, day as string]
      hours = { held: 0n, room: 0n, soldOut: 0n, capacity: 0, peak: 0, use: new Histogram(4) }
    }
    if (hours !== undefined) addHours(hours, Number(capacity), Number(held), Number(full), Number(peak), Number(length))
  }
  if (hours !== undefined) yield poolDay(at, hours)
}

/** `length` ms of hours of which each held `held` unit-milliseconds and was full for `full` ms. */
function addHours(hours: Hours, capacity: number, held: number, full: number, peak: number, length: number): void {
  const times = BigInt(Math.ceil(length / 3_600_000))
  hours.held += times * BigInt(held)
  hours.soldOut += times * BigInt(full)
  hours.room += BigInt(length) * BigInt(capacity)
  hours.capacity = Math.max(hours.capacity, capacity)
  hours.peak = Math.max(hours.peak, peak)
  const room = capacity * Math.min(3_600_000, length)
  hours.use.addMany(room === 0 ? 0 : Math.floor((held * 1_000_000) / room), length)
}

function poolDay([pool, region, day]: readonly string[], { held, room, soldOut, capacity, peak, use }: Hours): PoolDay {
  const [p05, p25, p50, p75, p95] = [5, 25, 50, 75, 95].map((percent) => use.percentile(percent))
  return { pool, region, day, capacity, held, room, soldOut, peak, p05, p25, p50, p75, p95 }
}

/** Mean use by pool and hour of the civil day, as unit-milliseconds held and that could have been held. */
export const poolHoursOfDay = (record: RunRecord) =>
  record.rows<{ pool: string; hour: bigint; held: bigint; room: bigint }>(`WITH RECURSIVE stands AS (${stands}),
clock(hour) AS (SELECT 0 UNION ALL SELECT hour + 1 FROM clock WHERE hour < 23),
spans AS (SELECT pool, capacity, held_ms, (hour + utc_offset) / 3600000 AS first, (next + utc_offset + 3599999) / 3600000 AS last FROM stands, run)
SELECT pn.pool, clock.hour,
  sum(held_ms * ((last - clock.hour + 23) / 24 - (first - clock.hour + 23) / 24)) AS held,
  sum(3600000 * capacity * ((last - clock.hour + 23) / 24 - (first - clock.hour + 23) / 24)) AS room
FROM spans, clock JOIN pool_names pn ON pn.id = spans.pool GROUP BY 1, 2 ORDER BY 1, 2`)

/** The pools most in use, by name. */
export function busiestPools(record: RunRecord, count: number): string[] {
  const rows = record.rows(
    `WITH stands AS (${stands})
SELECT pn.pool FROM stands s JOIN pool_names pn ON pn.id = s.pool
GROUP BY pn.pool ORDER BY sum((s.next - s.hour + 3599999) / 3600000 * s.held_ms) * 1.0 / max(1, sum((s.next - s.hour) * s.capacity)) DESC, pn.pool
LIMIT ?`,
    count,
  )
  return rows.map(({ pool }) => String(pool))
}
