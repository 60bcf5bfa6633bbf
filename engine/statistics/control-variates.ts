/**
 * The mean of a figure over independent runs, more precisely by what is known of other figures of the same runs: a control's
 * mean is known exactly, so that its deviation says which part of the figure's deviation was chance.
 *
 * Source: S. S. Lavenberg, P. D. Welch, "A perspective on the use of control variables to increase the efficiency of Monte
 * Carlo simulations", Management Science 27 (1981): the coefficient is estimated by least squares, and Student's t has one
 * degree of freedom less for it. Exact where figure and control are jointly normal.
 */
import { type Interval, interval } from './confidence.ts'
import { studentTQuantile } from './student-t.ts'

export interface ControlledMean extends Interval {
  /** Variance of the mean over that without the control; above 1 where the control does not pay. */
  readonly varianceRatio: number
}

/**
 * @param values of the figure, by run
 * @param controls of the same runs, each less its known mean
 * @throws RangeError below four runs, or unless there are as many controls as values
 */
export function controlledMean(
  values: readonly number[],
  controls: readonly number[],
  confidence = 0.95,
): ControlledMean {
  const n = values.length
  if (n !== controls.length || n < 4) throw new RangeError(`${n} values and ${controls.length} controls`)
  const [y, x] = [values, controls].map(meanOf)
  const squares = sumOf(controls, (each) => (each - x) ** 2)
  const products = values.reduce((sum, each, run) => sum + (each - y) * (controls[run] - x), 0)
  const slope = squares > 0 ? products / squares : 0
  const rest = values.reduce((sum, each, run) => sum + (each - y - slope * (controls[run] - x)) ** 2, 0) / (n - 2)
  // The estimated slope adds what the controls' own mean deviates by.
  const variance = rest * (1 / n + (squares > 0 ? (x * x) / squares : 0))
  const plain = sumOf(values, (each) => (each - y) ** 2) / (n - 1) / n
  const half = studentTQuantile((1 + confidence) / 2, n - 2) * Math.sqrt(variance)
  return { ...interval(y - slope * x, half, confidence, n), varianceRatio: plain > 0 ? variance / plain : 1 }
}

/** What a run of a loss system says of its refusals. */
export interface LossCounts {
  /** Requests refused. */
  readonly refused: number
  /** Length of the run, and the time integral of the units in use, in any one unit of time. */
  readonly time: number
  readonly held: number
}

/**
 * The share of requests that is refused, from runs of a loss system in its steady state whose rate of requests and mean
 * holding time are known: direct (refused / expected requests) and indirect by Little's formula (1 - units in use / offered
 * load) together. Their difference has mean 0 and is the control.
 *
 * Source: R. Srikant, W. Whitt, "Variance reduction in simulations of loss models", Operations Research 47 (1999). The
 * combined estimator is never much worse than the better of the two: the direct one under light load, the indirect one
 * under heavy load. A load that varies in time is averaged over whole periods.
 * @param rate requests per unit of time, on average
 * @param life mean holding time
 */
export function combinedRefusals(
  runs: readonly LossCounts[],
  { rate, life }: { readonly rate: number; readonly life: number },
  confidence = 0.95,
): ControlledMean {
  const direct = runs.map(({ refused, time }) => refused / (rate * time))
  const indirect = runs.map(({ held, time }) => 1 - held / (time * rate * life))
  return controlledMean(
    direct,
    direct.map((each, run) => each - indirect[run]),
    confidence,
  )
}

const sumOf = (numbers: readonly number[], of: (each: number) => number): number =>
  numbers.reduce((sum, each) => sum + of(each), 0)
const meanOf = (numbers: readonly number[]): number => sumOf(numbers, (each) => each) / numbers.length
