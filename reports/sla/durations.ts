/**
 * Durations as the SLA report gives them: how many, their mean and percentiles, and the share within a target with the
 * interval that this many observations allow. Kept in histograms that merge exactly, so that the times of several runs
 * can be taken together.
 */
import { Histogram } from '#engine/statistics/histogram.ts'
import { wilson } from '#engine/statistics/wilson.ts'
import type { RunRecord } from '../record.ts'
import { column, type ReportCell, type ReportColumn } from '../report-table.ts'

/** A percentile is at most one part in a thousand too great; count, mean, least and longest are exact. */
const DIGITS = 3

/** Durations of one kind: all of them, and those that kept to the target. */
export class Durations {
  readonly histogram = new Histogram(DIGITS)
  readonly target: number | null
  within = 0

  /** `target` in milliseconds; null where nobody promised anything. */
  constructor(target: number | null) {
    this.target = target
  }

  add(milliseconds: number, times: number): void {
    this.histogram.addMany(milliseconds, times)
    if (this.target !== null && milliseconds <= this.target) this.within += times
  }

  merge(other: Durations): void {
    if (other.target !== this.target) throw new RangeError('durations with different targets do not merge')
    this.histogram.merge(other.histogram)
    this.within += other.within
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
export function durationCells({ histogram, target, within }: Durations): ReportCell[] {
  const { count } = histogram
  if (count === 0) return [0, ...Array(6).fill(null), target, ...Array(4).fill(null)]
  const percentiles = [50, 90, 95, 99].map((percent) => histogram.percentile(percent))
  const times = [count, Math.round(histogram.mean), ...percentiles, histogram.max, target]
  if (target === null) return [...times, null, null, null, null]
  const { estimate, low, high } = wilson(within, count)
  return [...times, within, estimate, low, high]
}

/**
 * Durations of a query of rows `group, ms, n`: by group, the groups in order, and all together last under ''. Rows of
 * the same group need not stand together.
 */
export function readDurations(record: RunRecord, sql: string, target: number | null): Map<string, Durations> {
  const groups = new Map<string, Durations>()
  for (const [group, milliseconds, times] of record.cursor(sql).rows) {
    const name = String(group)
    let durations = groups.get(name)
    if (durations === undefined) groups.set(name, (durations = new Durations(target)))
    durations.add(Number(milliseconds), Number(times))
  }
  const all = new Durations(target)
  for (const durations of groups.values()) all.merge(durations)
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map([...sorted, ['', all]])
}
