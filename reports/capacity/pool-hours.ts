/** Clock hours of pools. The record leaves out an hour like the one before it, so a row is until the next one. */

import { HOUR } from '#base/time.ts'
import { MeasuredDays } from '../days.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'

/** How many clock hours of civil time begin before an instant; needs the table `run` in the query. */
const hoursBefore = (instant: string): string => `((${instant} + utc_offset + ${HOUR - 1}) / ${HOUR})`

/** The number of the clock hour of civil time in which an instant is. */
const hourNumber = (instant: string): string => `((${instant} + utc_offset) / ${HOUR})`

/** How many clock hours a span of time is in, wholly or partly. */
export const clockHours = (since: string, until: string): string => `(${hoursBefore(until)} - ${hourNumber(since)})`

/**
 * Rows of `pool_hours` with the time each means, up to the next row of its pool or the end of the run: the first and the last may be
 * partly outside of the run. What a row says is of each of its hours. In the order of pools and hours.
 */
export interface PoolSpans {
  readonly count: number
  readonly pool: Int32Array
  /** From and to, ms since the epoch. */
  readonly hour: Float64Array
  readonly next: Float64Array
  /** Clock hours. */
  readonly hours: Float64Array
  readonly capacity: Float64Array
  /** Unit-milliseconds of an hour. */
  readonly room: Float64Array
  readonly held: Float64Array
  /** Milliseconds of an hour. */
  readonly full: Float64Array
  readonly peak: Float64Array
}

export const poolSpansOf = oncePerRecord(readSpans)

function readSpans(record: RunRecord): PoolSpans {
  const { start, end, since, measuredHour } = record.meta
  const from = since > start ? measuredHour : start
  const sql = 'SELECT pool, hour, capacity, capacity_ms, held_ms, full_ms, peak FROM pool_hours ORDER BY pool, hour'
  const [pools, starts, capacity, room, held, full, peak] = record.numberColumns(sql, 7)
  const most = pools.length
  const column = () => new Float64Array(most)
  const spans = {
    ...{ pool: new Int32Array(most), hour: column(), next: column(), hours: column() },
    ...{ capacity: column(), room: column(), held: column(), full: column(), peak: column() },
  }
  const hours = clockHoursOf(record)
  let count = 0
  /** Ends the row at hand; one that ends before figures count is left out. */
  const close = (next: number): void => {
    if (next <= spans.hour[count]) return
    spans.next[count] = next
    spans.hours[count] = hours(spans.hour[count], next)
    count++
  }
  let isOpen = false
  for (let row = 0; row < most; row++) {
    const [pool, hour] = [pools[row], starts[row]]
    if (isOpen) close(spans.pool[count] === pool ? hour : end)
    isOpen = true
    spans.pool[count] = pool
    spans.hour[count] = Math.max(hour, from)
    spans.capacity[count] = capacity[row]
    spans.room[count] = room[row]
    spans.held[count] = held[row]
    spans.full[count] = full[row]
    spans.peak[count] = peak[row]
  }
  if (isOpen) close(end)
  return { count, ...spans }
}

/** How many clock hours of civil time a span is in, wholly or partly. */
export function clockHoursOf({ meta: { utcOffset } }: RunRecord): (since: number, until: number) => number {
  return (since, until) => Math.ceil((until + utcOffset) / HOUR) - Math.floor((since + utcOffset) / HOUR)
}

/** Makes the table `pool_spans(pool, hour, next, hours, capacity, capacity_ms, held_ms, full_ms, peak)` of them. */
export function preparePoolSpans(record: RunRecord): void {
  const names = ['pool', 'hour', 'next', 'hours', 'capacity', 'capacity_ms', 'held_ms', 'full_ms', 'peak']
  record.keepComputed('pool_spans', names, [], function* () {
    const { count, pool, hour, next, hours, capacity, room, held, full, peak } = poolSpansOf(record)
    for (let span = 0; span < count; span++)
      yield [
        ...[pool[span], hour[span], next[span], hours[span], capacity[span]],
        ...[room[span], held[span], full[span], peak[span]],
      ]
  })
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
  const names = new Map(record.rows('SELECT id, pool, region FROM pool_names').map((row) => [Number(row.id), row]))
  const days = new MeasuredDays(record)
  const clock = clockHoursOf(record)
  const spans = poolSpansOf(record)
  const made: PoolDay[] = []
  /** The day of the span before, to which the next of the pool may add. */
  let open: { readonly pool: number; readonly day: number; readonly hours: Hours } | undefined
  const close = (): void => {
    const text = open && days.text(open.day)
    if (open === undefined || text === undefined) return
    const { pool, region } = names.get(open.pool) ?? { pool: '', region: '' }
    made.push(poolDay({ pool: String(pool), region: String(region), day: text }, open.hours))
  }
  for (let span = 0; span < spans.count; span++) {
    const [pool, hour, next] = [spans.pool[span], spans.hour[span], spans.next[span]]
    const row = {
      ...{ capacity: spans.capacity[span], room: spans.room[span], held: spans.held[span] },
      ...{ full: spans.full[span], peak: spans.peak[span] },
    }
    for (let day = days.of(hour); day <= days.of(next - 1); day++) {
      if (open?.pool !== pool || open.day !== day) {
        close()
        open = { pool, day, hours: { held: 0, room: 0, soldOut: 0, capacity: 0, peak: 0, use: [] } }
      }
      const since = Math.max(hour, days.start(day))
      const until = Math.min(next, days.start(day + 1))
      addHours(open.hours, row, until - since, clock(since, until))
    }
  }
  close()
  return made.sort((a, b) => (a.pool === b.pool ? (a.day < b.day ? -1 : 1) : a.pool < b.pool ? -1 : 1))
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
  const names = record.rows('SELECT id, pool FROM pool_names ORDER BY pool').map(({ id, pool }) => [Number(id), pool])
  const held = new Map<number, Float64Array>(names.map(([id]) => [Number(id), new Float64Array(24)]))
  const room = new Map<number, Float64Array>(names.map(([id]) => [Number(id), new Float64Array(24)]))
  const { utcOffset } = record.meta
  const spans = poolSpansOf(record)
  for (let span = 0; span < spans.count; span++) {
    const [heldOf, roomOf] = [held.get(spans.pool[span]), room.get(spans.pool[span])]
    if (heldOf === undefined || roomOf === undefined) continue
    const first = Math.floor((spans.hour[span] + utcOffset) / HOUR)
    const last = Math.ceil((spans.next[span] + utcOffset) / HOUR)
    for (let turn = 0; turn < Math.min(24, last - first); turn++) {
      const times = Math.floor((last - first - turn - 1) / 24) + 1
      heldOf[(first + turn) % 24] += times * spans.held[span]
      roomOf[(first + turn) % 24] += times * spans.room[span]
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
  const sums = new Map<number, { held: number; room: number }>()
  const spans = poolSpansOf(record)
  for (let span = 0; span < spans.count; span++) {
    let sum = sums.get(spans.pool[span])
    if (sum === undefined) sums.set(spans.pool[span], (sum = { held: 0, room: 0 }))
    sum.held += spans.hours[span] * spans.held[span]
    sum.room += spans.hours[span] * spans.room[span]
  }
  return record
    .rows('SELECT id, pool FROM pool_names ORDER BY pool')
    .flatMap(({ id, pool }) => {
      const sum = sums.get(Number(id))
      return sum === undefined ? [] : [{ pool: String(pool), use: sum.held / Math.max(1, sum.room) }]
    })
    .sort((a, b) => b.use - a.use)
    .slice(0, count)
    .map(({ pool }) => pool)
}
