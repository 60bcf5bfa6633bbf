/** The result of a sweep: points, runs and estimates, for its screen, page and tables. */

import type { PoolDemand } from './demand-controls.ts'
import type { Asked, Estimate } from './estimates.ts'
import type { Drift } from './halves.ts'
import type { Measured } from './measured.ts'
import { type Fan, type FirstMissed, firstMissedText } from './over-time.ts'
import type { SweepPoint } from './points.ts'

export interface SweepRun {
  readonly seed: string
  readonly digest: string
  /** What the auditor recomputed, and where it disagreed. */
  readonly amounts: number
  readonly differences: number
  /** By figure; null where there was nothing to measure. */
  readonly values: readonly (Measured | null)[]
  /** The same as exact text: a share as its two counts (`12/345`), else a decimal, or a fraction where none is exact. */
  readonly exact: readonly (string | null)[]
}

/** What `--precision` asked for. */
export interface Precision {
  /** Relative error of the first figure, e.g. 0.05. */
  readonly relative: number
  /** By point: whether the runs reached it. */
  readonly reached: readonly boolean[]
}

export interface SweepResult {
  readonly name: string
  readonly question: string
  readonly utcOffset: number
  /** The places that vary. */
  readonly paths: readonly string[]
  readonly points: readonly SweepPoint[]
  readonly asked: readonly Asked[]
  /** By point and replication. */
  readonly runs: readonly (readonly SweepRun[])[]
  /** Pools whose two halves of the measured time differ beyond chance. */
  readonly drifts: readonly Drift[]
  /** What is known of the demand of each pool, and what its runs drew of it. */
  readonly demand: readonly PoolDemand[]
  /** Whether runs are resamples of a trace: an interval is what 95 % of them are within. */
  readonly resampled?: boolean
  /** null without `--precision`. */
  readonly precision: Precision | null
  /** By figure and point: when its bound is missed first; null where months say nothing of it. */
  readonly firsts: readonly (readonly (FirstMissed | null)[])[]
  /** The same by day, of refusal rates; null where days are not known. */
  readonly firstDays: readonly (readonly (FirstMissed | null)[])[]
  /** Use of pools over time, by point and pool; it is in `use.csv`. */
  readonly fans: readonly Fan[]
  /** By figure and point. */
  readonly estimates: readonly (readonly Estimate[])[]
}

/** The result as JSON keeps it: use over time has a table of its own. */
export const withoutFans = <R extends SweepResult>({ fans: _, ...result }: R): Omit<R, 'fans'> => result

/** When each bound is missed first, in words, for every point at which a run misses it. */
export const firstMissedLines = ({ asked, points, firsts, firstDays, paths }: SweepResult): string[] =>
  asked.flatMap(({ text }, figure) =>
    points.flatMap(({ label }, point) => {
      const first = firsts[figure][point]
      const words = first === null ? '' : firstMissedText(first)
      const day = firstDays?.[figure][point] ?? null
      const days = day === null ? '' : firstMissedText(day)
      const both = [words, days === '' ? '' : `single days: ${days}`].filter((each) => each !== '').join('; ')
      return both === '' ? [] : [`${text}${paths.length === 0 ? '' : ` at ${label}`}: ${both}`]
    }),
  )

/** The places that vary by their last word, where that tells them apart: `capacity`. */
export function shortPaths({ paths }: Pick<SweepResult, 'paths'>): readonly string[] {
  const words = paths.map((path) => path.slice(path.lastIndexOf('.') + 1))
  return new Set(words).size === words.length ? words : paths
}

/** The points at which every bound is kept; undefined where there is no bound. */
export function keptAt({ asked, points, estimates }: SweepResult): readonly SweepPoint[] | undefined {
  if (asked.every(({ bound }) => bound === null)) return undefined
  return points.filter((_, point) =>
    estimates.every((ofFigure) => ofFigure[point].verdict === null || ofFigure[point].verdict === 'kept'),
  )
}

/**
 * What common random numbers bring: how many times as many runs with seeds of their own would know the changes from the first
 * point as well. The median over points and figures; null where nothing is compared, or nothing varies.
 */
export function commonNumbersGain({ estimates }: Pick<SweepResult, 'estimates'>): number | null {
  const ratios = estimates
    .flat()
    .flatMap(({ difference }) => (difference === null ? [] : [difference.varianceRatio]))
    .filter((ratio) => ratio > 0)
    .sort((a, b) => a - b)
  return ratios.length === 0 ? null : 1 / ratios[Math.floor(ratios.length / 2)]
}

/** A line for screen and page; none where the gain is too small to matter. */
export function commonNumbersLines(result: Pick<SweepResult, 'estimates'>): string[] {
  const gain = commonNumbersGain(result)
  if (gain === null || gain < 1.2) return []
  const times = gain < 10 ? gain.toFixed(1) : Math.round(gain).toLocaleString('en')
  return [`common random numbers: independent seeds would take ${times} times the runs to know these changes as well`]
}
