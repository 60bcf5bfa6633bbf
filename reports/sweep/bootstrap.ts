/**
 * Estimates from resamples of a trace. The mean of more and more resamples is no better known than the log allows, so the interval
 * of a figure is that of the resamples themselves: what 95 % of them are within (B. Efron's percentile interval).
 */
import type { Scenario } from '#scenarios/schema.ts'
import { holds } from '../thresholds.ts'
import { type Asked, type Estimate, estimatesOf, type Values, type Verdict } from './estimates.ts'

/** Runs below which their ends are no 2.5th percentile. */
const LEAST_RUNS = 40

/** Whether a scenario replays a trace in blocks that the seed draws. */
export const isResampled = ({ buyers }: Scenario): boolean =>
  buyers.some(({ load }) => load.kind === 'trace' && load.resample !== undefined)

/** The estimates of a sweep, with the interval and the verdict of resamples. */
export function resampledEstimates(asked: readonly Asked[], measured: readonly (readonly Values[])[]): Estimate[][] {
  return estimatesOf(asked, measured).map((ofFigure, figure) =>
    ofFigure.map((estimate, point) => {
      const values = measured[figure][point]
        .flatMap((value) => (value === null ? [] : [value.top / value.bottom]))
        .sort((a, b) => a - b)
      const { length } = values
      if (length === 0) return estimate
      // With fewer runs the least and the most are as far as they show, and decide nothing.
      const out = Math.floor((length + 1) * 0.025)
      const [low, high] = [values[Math.max(0, out - 1)], values[length - Math.max(1, out)]]
      return {
        ...estimate,
        interval: { ...estimate.interval, low, high },
        verdict: verdictOf(asked[figure], low, high, length),
        needed: length < LEAST_RUNS && asked[figure].bound !== null ? LEAST_RUNS : null,
      }
    }),
  )
}

/** A bound is kept, or missed, if it is at both ends of what 95 % of the resamples are within. */
function verdictOf({ bound }: Asked, low: number, high: number, runs: number): Verdict | null {
  if (bound === null) return null
  const isKept = (value: number) => holds[bound.op](value - bound.value)
  if (runs < LEAST_RUNS || isKept(low) !== isKept(high)) return 'undecided'
  return isKept(low) ? 'kept' : 'missed'
}
