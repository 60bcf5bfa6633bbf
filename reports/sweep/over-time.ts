/** What a sweep says over time: when a bound is missed first, and how the use of pools spreads over the runs. */
import { medianRank } from '#engine/statistics/median-interval.ts'
import { poolDays } from '../capacity/pool-hours.ts'
import type { RunRecord } from '../record.ts'
import { holds } from '../thresholds.ts'
import type { Asked } from './estimates.ts'
import { nearestMeasured } from './measured.ts'

/** Exact texts by month, of one figure in one run; null where the figure has none. */
export type Months = Readonly<Record<string, string | null>> | null

/** Mean use of a pool on each civil day of one run, in whole 1e-4 of its capacity. */
export interface PoolUse {
  readonly pool: string
  readonly days: Readonly<Record<string, number>>
}

/** Every pool of a run, in the order of their names. A day without capacity is left out. */
export function poolUse(record: RunRecord): PoolUse[] {
  const pools = new Map<string, Record<string, number>>()
  for (const { pool, day, held, room } of poolDays(record)) {
    const days = pools.get(pool) ?? {}
    pools.set(pool, days)
    if (room > 0) days[day] = Math.round((held / room) * 10_000)
  }
  return [...pools].map(([pool, days]) => ({ pool, days }))
}

/** The first month in which a bound is missed, over the runs of a point. */
export interface FirstMissed {
  readonly runs: number
  /** Runs in which it is missed in some month. */
  readonly missed: number
  /** The median run, null where it never is; the 95 % interval of the median, whose ends may be null in the same way. */
  readonly median: string | null
  /** null where there are too few runs for an interval. */
  readonly interval: readonly [from: string | null, to: string | null] | null
}

/** The first month beyond the bound; null where none is. */
function firstOf(asked: Asked, months: NonNullable<Months>): string | null {
  const { bound } = asked
  if (bound === null) return null
  const isMissed = (exact: string | null): boolean => {
    if (exact === null) return false
    const { top, bottom } = nearestMeasured(asked, { exact })
    return !holds[bound.op](top / bottom - bound.value)
  }
  return (
    Object.keys(months)
      .sort()
      .find((month) => isMissed(months[month])) ?? null
  )
}

/** Of one figure at one point, from its runs; null without a bound, or where months say nothing or there is only one. */
export function firstMissedOf(asked: Asked, runs: readonly Months[]): FirstMissed | null {
  const known = runs.filter((months) => months !== null)
  const least = known.reduce((fewest, months) => Math.min(fewest, Object.keys(months).length), Number.POSITIVE_INFINITY)
  if (asked.bound === null || known.length === 0 || known.length < runs.length || least < 2) return null
  // A run in which it is never missed comes after all months.
  const firsts = known.map((months) => firstOf(asked, months)).sort((a, b) => ((a ?? '~') < (b ?? '~') ? -1 : 1))
  const count = firsts.length
  const rank = medianRank(count)
  return {
    runs: count,
    missed: firsts.filter((first) => first !== null).length,
    median: firsts[Math.floor((count - 1) / 2)],
    interval: rank === null ? null : [firsts[rank - 1], firsts[count - rank]],
  }
}

/** A sentence; nothing where no run misses it. */
export function firstMissedText({ runs, missed, median, interval }: FirstMissed): string {
  if (missed === 0) return ''
  const month = (text: string | null) => text ?? 'after the end of the run'
  const between =
    interval === null || interval[0] === interval[1]
      ? ''
      : ` (95 % interval ${month(interval[0])} to ${month(interval[1])})`
  const never = missed === runs ? '' : `, never in ${runs - missed} of ${runs} runs`
  return `${median === null ? 'in most runs not missed' : `first missed in ${median}`}${between}${never}`
}

/** Use of one pool on one day over the runs of a point: shares of its capacity. */
export interface FanDay {
  readonly day: string
  readonly least: number
  readonly low: number
  readonly median: number
  readonly high: number
  readonly most: number
}

export interface Fan {
  readonly point: number
  readonly pool: string
  readonly days: readonly FanDay[]
}

/** The value that so many percent of the sorted ones do not exceed, by nearest rank. */
const rankOf = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] / 10_000

/** The fan of use over time of every pool at a point: least, 10 %, median, 90 % and most of the runs on each day. */
export function fanOf(point: number, runs: readonly (readonly PoolUse[])[]): Fan[] {
  return (runs[0] ?? []).map(({ pool }) => {
    const uses = runs.flatMap((pools) => pools.filter((each) => each.pool === pool).map(({ days }) => days))
    const days = [...new Set(uses.flatMap((use) => Object.keys(use)))].sort()
    return {
      ...{ point, pool },
      days: days.map((day) => {
        const sorted = uses.flatMap((use) => (Object.hasOwn(use, day) ? [use[day]] : [])).sort((a, b) => a - b)
        const [least, low, median, high, most] = [0, 10, 50, 90, 100].map((percent) => rankOf(sorted, percent))
        return { day, least, low, median, high, most }
      }),
    }
  })
}
