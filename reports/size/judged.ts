/** What the runs at one value say of all bounds together, for a search of the least value that keeps them. */
import { log } from '#engine/mathematics/logarithm.ts'
import type { JudgedValue } from '#engine/statistics/least-value.ts'
import { meanOf, type RunMoments, runsNeeded } from '#engine/statistics/run-mean.ts'
import type { Comparison } from '#scenarios/sections/thresholds.ts'
import { type Asked, type Bound, evidenceOf } from '../sweep/estimates.ts'

export interface BoundedFigure extends Asked {
  readonly bound: Bound
}

/** Bounds of which a value keeps more the larger it is. */
export const orderedBounds: ReadonlySet<Comparison> = new Set(['<', '<=', '>', '>='])

const isUpper = ({ op }: Bound): boolean => op === '<' || op === '<='

/**
 * "Kept" needs evidence of every bound, each at the whole level (R. L. Berger, "Multiparameter hypothesis testing and
 * acceptance sampling", Technometrics 24, 1982); "missed" of any, so its level is shared (Bonferroni).
 */
export function judgedValue(bounds: readonly BoundedFigure[], moments: readonly RunMoments[]): JudgedValue {
  const evidence = bounds.map(({ bound }, figure) => evidenceOf(moments[figure], bound))
  const scores = bounds.map(({ bound }, figure) => scoreOf(moments[figure], bound))
  const score = Math.min(...scores)
  return {
    score,
    kept: Math.max(...evidence.map(({ kept }) => kept)),
    missed: Math.min(1, bounds.length * Math.min(...evidence.map(({ missed }) => missed))),
    needed(level) {
      const runs = (figure: number, share: number) => runsNeeded(moments[figure], bounds[figure].bound.value, share)
      if (score > 0) return Math.max(...bounds.map((_, figure) => runs(figure, level)))
      const missing = [...bounds.keys()].filter((figure) => !(scores[figure] > 0))
      return Math.min(...missing.map((figure) => runs(figure, level / bounds.length)))
    },
  }
}

/**
 * How far the estimate is inside of a bound: on the logarithmic scale, on which shares of refusals fall about evenly with
 * capacity, or plainly where a figure has both signs. An event that was not seen counts as half of one.
 */
function scoreOf(moments: RunMoments, bound: Bound): number {
  if (moments.count === 0) return Number.NEGATIVE_INFINITY
  const { value } = bound
  const sign = isUpper(bound) ? 1 : -1
  const mean = meanOf(moments)
  if (moments.kind === 'signed' || moments.kind === 'exact' || value <= 0) {
    const room = sign * (value - mean)
    return room === 0 && (bound.op === '<=' || bound.op === '>=') ? Number.MIN_VALUE : room
  }
  const counted = moments.kind === 'events' || moments.kind === 'event-share'
  const least = counted ? 0.5 / moments.bottom : value * 1e-6
  return sign * (log(value) - log(Math.max(mean, least)))
}
