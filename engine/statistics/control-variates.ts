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

/** A mean corrected by its regression on controls. */
export interface Regression {
  readonly mean: number
  /** Of that mean, with what the estimated coefficients add. */
  readonly variance: number
  /** Degrees of freedom of that variance. */
  readonly freedom: number
  /** Variance over that of the plain mean; above 1 where the controls do not pay. */
  readonly varianceRatio: number
}

/** A control whose part that the others do not say is below this part of its squares is one of them again. */
const SAME = 1e-9

/**
 * Least squares on several controls, made orthogonal one after the other; one that does not vary, or says what others said, is
 * left out.
 * @param values of the figure, by run
 * @param controls each by run, less its known mean
 * @throws RangeError unless there are three runs more than controls, and as many in each
 */
export function regressedMean(values: readonly number[], controls: readonly (readonly number[])[]): Regression {
  const n = values.length
  if (controls.some(({ length }) => length !== n)) throw new RangeError(`controls of other runs than the ${n} values`)
  if (n < controls.length + 3) throw new RangeError(`${n} values and ${controls.length} controls`)
  const y = meanOf(values)
  let rest = values.map((value) => value - y)
  const plain = products(rest, rest) / (n - 1) / n
  let [mean, share] = [y, 1 / n]
  const used: { readonly own: readonly number[]; readonly mean: number; readonly squares: number }[] = []
  for (const control of controls) {
    let at = meanOf(control)
    let own = control.map((each) => each - at)
    const whole = products(own, own)
    for (const other of used) {
      const slope = products(own, other.own) / other.squares
      own = own.map((each, run) => each - slope * other.own[run])
      at -= slope * other.mean
    }
    const squares = products(own, own)
    if (!(squares > SAME * whole)) continue
    used.push({ own, mean: at, squares })
    const slope = products(rest, own) / squares
    rest = rest.map((each, run) => each - slope * own[run])
    mean -= slope * at
    // The estimated slope adds what the control's own mean deviates by.
    share += (at * at) / squares
  }
  const freedom = n - 1 - used.length
  const variance = (products(rest, rest) / freedom) * share
  return { mean, variance, freedom, varianceRatio: plain > 0 ? variance / plain : 1 }
}

/**
 * With one control.
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
  const { mean, variance, varianceRatio } = regressedMean(values, [controls])
  const half = studentTQuantile((1 + confidence) / 2, n - 2) * Math.sqrt(variance)
  return { ...interval(mean, half, confidence, n), varianceRatio }
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

const meanOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length
const products = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, each, run) => sum + each * b[run], 0)
