/** The result of a search for the least values that keep every bound. Its points, runs and estimates are those of a sweep. */
import type { LeastValue } from '#engine/statistics/least-value.ts'
import { runInterval, runsNeeded } from '#engine/statistics/run-mean.ts'
import {
  controlledAt,
  type Demand,
  decidingAt,
  type Estimate,
  evidenceOf,
  momentsByPoint,
  type Values,
} from '../sweep/estimates.ts'
import type { SweepResult } from '../sweep/result.ts'
import type { BoundedFigure } from './judged.ts'

/** What was found of one place of the scenario; values are texts, as `--set` takes them. */
export interface SizedPlace {
  readonly path: string
  /** The first and last value of the range, from the one that keeps least to the one that keeps best. */
  readonly from: string
  readonly to: string
  readonly end: LeastValue['end']
  /** The least value that is proved to keep every bound; null if none is. */
  readonly kept: string | null
  /** The greatest value that is proved to miss one; null if none is. */
  readonly missed: string | null
  /** Whether the range has values between the two that remain open. */
  readonly open: readonly string[]
  /** About how many runs at a value would decide; null where it is decided or unknown. */
  readonly needed: number | null
}

export interface SizeResult extends SweepResult {
  readonly asked: readonly BoundedFigure[]
  /** Probability that the answer is right, e.g. 0.95. */
  readonly confidence: number
  /** Whether the largest value is searched that keeps the bounds, and not the least. */
  readonly largest: boolean
  /** Values that may remain open next to the answer. */
  readonly within: number
  readonly mostRuns: number
  /** One for each place that varies, in turn; those after a search without a value that keeps the bounds are missing. */
  readonly places: readonly SizedPlace[]
  /** Whether the time of `--spend` was over before the search ended. */
  readonly spent: boolean
}

/** `found`: every place has its value. Otherwise the first that has none says why. */
export const endOf = ({ places }: Pick<SizeResult, 'places'>): LeastValue['end'] =>
  places.find(({ end }) => end !== 'found')?.end ?? 'found'

/** What a search concluded of a point: null where it was only estimated. */
export type PointClaim = 'kept' | 'missed' | 'undecided' | null

/**
 * Estimates of every figure at every point. Intervals hold at all looks together: `level` is the one-sided level of a look.
 * Verdicts are those of the search; where a bound is missed, they name the bound that the runs say most of.
 */
export function sizeEstimates(
  asked: readonly BoundedFigure[],
  measured: readonly (readonly Values[])[],
  claims: readonly PointClaim[],
  { level, demand }: { readonly level: number; readonly demand: Demand },
): Estimate[][] {
  const moments = asked.map((figure, index) => momentsByPoint(figure, measured[index]))
  const worst = claims.map((_, point) => {
    const missed = asked.map(({ bound }, figure) => evidenceOf(moments[figure][point], bound).missed)
    return missed.indexOf(Math.min(...missed))
  })
  return asked.map((one, figure) =>
    measured[figure].map((values, point): Estimate => {
      const { bound } = one
      const each = values.flatMap((value) => (value === null ? [] : [value.top / value.bottom]))
      const verdict = claims[point] === 'missed' && worst[point] !== figure ? null : claims[point]
      const own = moments[figure][point]
      const interval = runInterval(own, 1 - 2 * level)
      return {
        interval,
        controlled: controlledAt(one, values, demand[point] ?? [], { moments: own, interval }),
        least: Math.min(...each),
        most: Math.max(...each),
        difference: null,
        verdict,
        needed:
          verdict === 'undecided'
            ? runsNeeded(decidingAt(one, values, demand[point] ?? [], own), bound.value, level)
            : null,
      }
    }),
  )
}
