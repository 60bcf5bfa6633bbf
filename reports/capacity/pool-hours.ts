/** Clock hours of pools. The record leaves out an hour like the one before it, so a row is until the next one. */

import { HOUR } from '#base/time.ts'
import { dayNumber, prepareDays } from '../days.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'

/** How many clock hours of civil time begin before an instant; needs the table `run` in the query. */
const hoursBefore = (instant: string): string => `((${instant} + utc_offset + ${HOUR - 1}) / ${HOUR})`

/** The number of the clock hour of civil time in which an instant is. */
const hourNumber = (instant: string): string => `((${instant} + utc_offset) / ${HOUR})`

/** How many clock hours a span of time is in, wholly or partly. */
export const clockHours = (since: string, until: string): string => `(${hoursBefore(until)} - ${hourNumber(since)})`

/**
 * Makes the table `pool_spans(pool, hour, next, hours, capacity, capacity_ms, held_ms, full_ms, peak)`: rows of `pool_hours`
 * with the time each means, up to the next row of its pool or the end of the run, and how many clock hours that is:
 * the first and the last may be partly outside of the run. What a row says is of each of these hours.
 */
export function preparePoolSpans(record: RunRecord): void {
  record.keep(
    'pool_spans',
    `
SELECT pool, hour, next, ${clockHours('hour', 'next')} AS hours,
  capacity, capacity_ms, held_ms, full_ms, peak
FROM run, (
  SELECT h.pool, max(h.hour, CASE WHEN run.measured_from > run.start THEN run.measured_hour ELSE run.start END) AS hour,
    lead(h.hour, 1, run."end") OVER (PARTITION BY h.pool ORDER BY h.hour) AS next,
    h.capacity, h.capacity_ms, h.held_ms, h.full_ms, h.peak
  FROM pool_hours h, run)
WHERE next > hour ORDER BY pool, hour`,
  )
}

/** Use of one pool on one civil day, of hours weighted by their length. */
export interface PoolDay {
  readonly pool: string
  readonly region: string
  readonly day: string
  /** Largest capacity, units. */
  readonly capacity: number
  /** Unit-milliseconds held, and that could have been held. */
  readonly held: number
  readonly room: number
  /** Shares of the capacity in use, percentiles of the day's hours in whole millionths. */
  readonly p05: number
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p95: number
  readonly peak: number
  /** Milliseconds. */
  readonly soldOut: number
}

interface Hours {
  held: number
  room: number
  soldOut: number
  capacity: number
  peak: number
  /** Share of the capacity in whole millionths, and for how long, of each row. */
  readonly use: [millionths: number, length: number][]
}

/** Every pool and day with hours in it, in the order of pools and days. */
export const poolDays = oncePerRecord<readonly PoolDay[]>(readPoolDays)

function readPoolDays(record: RunRecord): PoolDay[] {
  prepareDays(record)
  preparePoolSpans(record)
  const names = new Map(record.rows('SELECT id, pool, region FROM pool_names').map((row) => [Number(row.id), row]))
  const days = new Map<string, { readonly day: Pick<PoolDay, 'pool' | 'region' | 'day'>; readonly hours: Hours }>()
  const { rows } = record.cursor(`
SELECT s.pool, d.day, s.capacity, s.capacity_ms, s.held_ms, s.full_ms, s.peak,
  min(s.next, d.next) - max(s.hour, d.first),
  ${clockHours('max(s.hour, d.first)', 'min(s.next, d.next)')}
FROM run CROSS JOIN pool_spans s CROSS JOIN days d ON d.number BETWEEN ${dayNumber('s.hour')} AND ${dayNumber('s.next - 1')}`)
  for (const [id, day, ...cells] of rows) {
    const key = `${id} ${day}`
    let found = days.get(key)
    if (found === undefined) {
      const { pool, region } = names.get(Number(id)) ?? { pool: '', region: '' }
      const hours = { held: 0, room: 0, soldOut: 0, capacity: 0, peak: 0, use: [] }
      days.set(key, (found = { day: { pool: String(pool), region: String(region), day: String(day) }, hours }))
    }
    const [capacity, room, held, full, peak, length, times] = cells.map(Number)
    addHours(found.hours, { capacity, room, held, full, peak }, length, times)
  }
  const made = [...days.values()].map(({ day, hours }) => poolDay(day, hours))
  made.sort((a, b) => (a.pool === b.pool ? (a.day < b.day ? -1 : 1) : a.pool < b.pool ? -1 : 1))
  return made
}

/** What the record says of a clock hour. */
type Hour = Readonly<Record<'capacity' | 'room' | 'held' | 'full' | 'peak', number>>

/** `times` clock hours alike, together `length` ms of the run. An hour without any capacity has no use. */
function addHours(hours: Hours, { capacity, room, held, full, peak }: Hour, length: number, times: number): void {
  hours.held += times * held
  hours.soldOut += times * full
  hours.room += times * room
  hours.capacity = Math.max(hours.capacity, capacity)
  hours.peak = Math.max(hours.peak, peak)
  if (room > 0) hours.use.push([Math.floor((held * 1_000_000) / room), length])
}

/** By nearest rank, as the figures of pools are. */
function poolDay(day: Pick<PoolDay, 'pool' | 'region' | 'day'>, { use, ...hours }: Hours): PoolDay {
  use.sort(([a], [b]) => a - b)
  const whole = use.reduce((sum, [, length]) => sum + length, 0)
  const percentile = (percent: number) => {
    let reached = 0
    return use.find(([, length]) => (reached += length) * 100 >= whole * percent)?.[0] ?? 0
  }
  const [p05, p25, p50, p75, p95] = [5, 25, 50, 75, 95].map(percentile)
  return { ...day, ...hours, p05, p25, p50, p75, p95 }
}

/** Mean use by pool and hour of the civil day, as unit-milliseconds held and that could have been held. */
export interface PoolHourOfDay {
  readonly pool: string
  readonly hour: number
  readonly held: number
  readonly room: number
}

/** By pool and hour of the day: a span of n hours gives each hour of the day n / 24 times, and the rest to those after its first. */
export function poolHoursOfDay(record: RunRecord): PoolHourOfDay[] {
  preparePoolSpans(record)
  const names = record.rows('SELECT id, pool FROM pool_names ORDER BY pool').map(({ id, pool }) => [Number(id), pool])
  const held = new Map<number, Float64Array>(names.map(([id]) => [Number(id), new Float64Array(24)]))
  const room = new Map<number, Float64Array>(names.map(([id]) => [Number(id), new Float64Array(24)]))
  const { rows } = record.cursor(`SELECT pool, capacity_ms, held_ms, ${hourNumber('hour')}, ${hoursBefore('next')}
FROM pool_spans, run`)
  for (const cells of rows) {
    const [pool, capacity_ms, held_ms, first, last] = cells.map(Number)
    const [heldOf, roomOf] = [held.get(pool), room.get(pool)]
    if (heldOf === undefined || roomOf === undefined) continue
    for (let turn = 0; turn < Math.min(24, last - first); turn++) {
      const times = Math.floor((last - first - turn - 1) / 24) + 1
      heldOf[(first + turn) % 24] += times * held_ms
      roomOf[(first + turn) % 24] += times * capacity_ms
    }
  }
  return names.flatMap(([id, pool]) =>
    Array.from({ length: 24 }, (_, hour) => ({
      pool: String(pool),
      hour,
      held: held.get(Number(id))?.[hour] ?? 0,
      room: room.get(Number(id))?.[hour] ?? 0,
    })).filter(() => room.get(Number(id))?.some((each) => each > 0) ?? false),
  )
}

/** The pools most in use, by name. */
export function busiestPools(record: RunRecord, count: number): string[] {
  preparePoolSpans(record)
  const rows = record.rows(
    `SELECT pn.pool FROM pool_spans s JOIN pool_names pn ON pn.id = s.pool
GROUP BY pn.pool ORDER BY sum(s.hours * s.held_ms) * 1.0 / max(1, sum(s.hours * s.capacity_ms)) DESC, pn.pool
LIMIT ?`,
    count,
  )
  return rows.map(({ pool }) => String(pool))
}
