/**
 * Durations as the SLA report gives them: how many, their mean and percentiles, and the share within a target with the
 * interval that this many observations allow. Counted by the millisecond, so that percentiles are exactly those of the
 * figures, and the times of several groups or runs can be taken together without loss.
 */
import { runInterval, runMoments } from '#engine/statistics/run-mean.ts'
import { widened } from '#engine/statistics/series.ts'
import { wilson } from '#engine/statistics/wilson.ts'
import { inOrderOf } from '#sim/record/number-order.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportColumn } from '../report-table.ts'

/**
 * Which durations are independent of one another: each of them, those of different sellers (who serve one after another),
 * or none, because all wait in one queue.
 */
export type Independence = 'each' | 'sellers' | 'none'

/** Durations of one kind: all of them, and those that kept to the target. */
export class Durations {
  readonly target: number | null
  readonly independence: Independence
  count = 0
  within = 0
  /** Milliseconds. */
  total = 0
  /** As they came, so many times each. */
  #rows = 0
  #milliseconds = new Float64Array(16)
  #times = new Float64Array(16)
  /** By seller, where that is what makes them independent. */
  readonly #units = new Map<string, { within: number; count: number }>()
  #order: Int32Array | undefined

  /** `target` in milliseconds; null without a target. */
  constructor(target: number | null, independence: Independence) {
    this.target = target
    this.independence = independence
  }

  /** `seller`: whose durations they are, where that is what makes them independent. */
  add(milliseconds: number, times: number, seller = ''): void {
    this.#grow(1)
    this.#milliseconds[this.#rows] = milliseconds
    this.#times[this.#rows++] = times
    this.count += times
    this.total += milliseconds * times
    const within = this.target !== null && milliseconds <= this.target ? times : 0
    this.within += within
    this.#unit(seller, within, times)
  }

  /** Makes room for more. */
  #grow(rows: number): void {
    this.#order = undefined
    const needed = this.#rows + rows
    if (needed <= this.#times.length) return
    const room = Math.max(needed, this.#times.length * 2)
    this.#milliseconds = widened(this.#milliseconds, room, 0)
    this.#times = widened(this.#times, room, 0)
  }

  #unit(seller: string, within: number, count: number): void {
    if (this.independence !== 'sellers') return
    const unit = this.#units.get(seller) ?? { within: 0, count: 0 }
    this.#units.set(seller, unit)
    unit.within += within
    unit.count += count
  }

  merge(other: Durations): void {
    if (other.target !== this.target) throw new RangeError('durations with different targets do not merge')
    this.#grow(other.#rows)
    this.#milliseconds.set(other.#milliseconds.subarray(0, other.#rows), this.#rows)
    this.#times.set(other.#times.subarray(0, other.#rows), this.#rows)
    this.#rows += other.#rows
    for (const [seller, { within, count }] of other.#units) this.#unit(seller, within, count)
    this.count += other.count
    this.total += other.total
    this.within += other.within
  }

  /** 95 % interval of the share within the target; null where what is not independent is all there is. */
  withinInterval(): { readonly low: number; readonly high: number } | null {
    if (this.independence === 'each') return wilson(this.within, this.count)
    const units = [...this.#units.values()]
    if (this.independence === 'none' || units.length < 2) return null
    return runInterval(
      runMoments(
        'event-share',
        units.map(({ within }) => within),
        units.map(({ count }) => count),
        1,
      ),
    )
  }

  /** The least duration that `percent` of 100 do not exceed; 100 is the longest. Throws where there is none. */
  percentile(percent: number): number {
    this.#order ??= inOrderOf(this.#milliseconds.subarray(0, this.#rows))
    let reached = 0
    for (const row of this.#order) {
      reached += this.#times[row]
      if (reached * 100 >= this.count * percent) return this.#milliseconds[row]
    }
    throw new RangeError('there are no durations')
  }
}

/** Headings of the columns that `durationCells` fills. */
export const durationColumns: readonly ReportColumn[] = [
  column('count', 'count', 'count'),
  column('mean', 'mean', 'duration'),
  column('p50', 'median', 'duration'),
  column('p90', '90 %', 'duration'),
  column('p95', '95 %', 'duration'),
  column('p99', '99 %', 'duration'),
  column('max', 'longest', 'duration'),
  column('target', 'target', 'duration'),
  column('within', 'within', 'count'),
  column('within_share', 'share within', 'share'),
  column('within_low', 'from', 'share'),
  column('within_high', 'to', 'share'),
]

/** One row of `durationColumns`. */
export function durationCells(durations: Durations): ReportCell[] {
  const { count, total, target, within } = durations
  if (count === 0) return [0, ...Array(6).fill(null), target, ...Array(4).fill(null)]
  const percentiles = [50, 90, 95, 99, 100].map((percent) => durations.percentile(percent))
  const times = [count, Math.round(total / count), ...percentiles, target]
  if (target === null) return [...times, null, null, null, null]
  const interval = durations.withinInterval()
  return [...times, within, within / count, interval?.low ?? null, interval?.high ?? null]
}

/**
 * Durations of a query of rows `group, ms, n, seller`: by group, the groups in order, and all together last under ''. Rows
 * of the same group need not be next to each other.
 */
export function readDurations(
  record: RunRecord,
  sql: string,
  target: number | null,
  independence: Independence,
): Map<string, Durations> {
  const groups = new Map<string, Durations>()
  for (const [group, milliseconds, times, seller] of record.cursor(sql).rows) {
    const name = String(group)
    let durations = groups.get(name)
    if (durations === undefined) groups.set(name, (durations = new Durations(target, independence)))
    durations.add(Number(milliseconds), Number(times), String(seller ?? ''))
  }
  const all = new Durations(target, independence)
  for (const durations of groups.values()) all.merge(durations)
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map([...sorted, ['', all]])
}
