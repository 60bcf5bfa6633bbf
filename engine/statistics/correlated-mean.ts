/**
 * The interval of the mean of correlated, skewed observations, such as waiting times under a heavy load. Both shift it: a run that
 * saw no rush has a low mean and a low variance together, so that Student's interval misses the truth above it.
 *
 * Source: A. Tafazzoli, J. R. Wilson, E. K. Lada, N. M. Steiger, "Performance of Skart: a skewness- and autoregression-adjusted
 * batch means procedure", INFORMS Journal on Computing 23 (2011). The quantiles are adjusted by R. Willink, "A confidence interval
 * and test for the mean of an asymmetric distribution", Communications in Statistics 34 (2005).
 */
import { pow } from '../mathematics/power.ts'
import type { Interval } from './confidence.ts'
import { studentTQuantile } from './student-t.ts'

/** Independent observations that a batch is worth, so that batches are about independent. */
const EACH = 5
/** Fewer batches say too little of their skewness. */
const LEAST_BATCHES = 10
const MOST_BATCHES = 400

export interface MeanShape {
  /** Standard deviation of the mean, from the variance of short batches and the correlation of neighbours. */
  readonly deviation: number
  /** Skewness of the mean over six: the beta of Willink. */
  readonly skew: number
}

/** Means of `batches` equal parts; what does not fill them is left out at the front. */
export function batchesOf(run: ArrayLike<number>, from: number, batches: number): Float64Array {
  const size = Math.floor((run.length - from) / batches)
  const means = new Float64Array(batches)
  let next = run.length - batches * size
  for (let batch = 0; batch < batches; batch++) {
    let sum = 0
    for (let i = 0; i < size; i++) sum += run[next++]
    means[batch] = sum / size
  }
  return means
}

/**
 * What short batches say of the mean of all runs.
 * @param effective independent observations that all runs are worth from `from` on
 * @returns null where they are too few
 */
export function meanShape(runs: readonly ArrayLike<number>[], from: number, effective: number): MeanShape | null {
  const each = Math.floor(Math.min(effective / EACH, MOST_BATCHES) / runs.length)
  const count = each * runs.length
  if (each < 1 || count < LEAST_BATCHES) return null
  const batches = runs.map((run) => batchesOf(run, from, each))
  const mean = batches.reduce((sum, own) => sum + own.reduce((total, x) => total + x, 0), 0) / count
  let [squares, cubes, products] = [0, 0, 0]
  for (const own of batches) {
    for (const [i, x] of own.entries()) {
      squares += (x - mean) ** 2
      cubes += (x - mean) ** 3
      if (i > 0) products += (x - mean) * (own[i - 1] - mean)
    }
  }
  const variance = squares / (count - 1)
  if (variance === 0) return { deviation: 0, skew: 0 }
  const correlation = Math.min(0.9, Math.max(0, products / squares))
  const skewness = (count * cubes) / ((count - 1) * (count - 2) * variance * Math.sqrt(variance))
  return {
    deviation: Math.sqrt(((variance / count) * (1 + correlation)) / (1 - correlation)),
    skew: skewness / (6 * Math.sqrt(count)),
  }
}

/**
 * A run that saw no rush looks longer than it is: its correlation, variance and mean are all too low. Widening as if so many independent
 * observations had not been seen covers for it, and a few more for each run, which begins empty (measured: docs/trust.md).
 */
const unseen = (runs: number): number => 57 + 3 * runs

/** Independent observations of all runs below which nothing useful would be left. */
export const leastEffective = (runs: number): number => Math.ceil(1.05 * unseen(runs))

/** What the deviation of a mean of so many independent observations is multiplied with; they are at least `leastEffective`. */
export const unseenFactor = (effective: number, runs: number): number => effective / (effective - unseen(runs))

/** Student's interval with quantiles adjusted for the skewness of the mean; `halfWidth` is half of its whole width. */
export function skewedInterval(
  { mean, deviation, skew, count }: MeanShape & { readonly mean: number; readonly count: number },
  confidence: number,
): Interval {
  const critical = studentTQuantile((1 + confidence) / 2, count - 1)
  const adjusted = (t: number) => (Math.abs(skew) < 1e-9 ? t : (cubeRoot(1 + 6 * skew * (t - skew)) - 1) / (2 * skew))
  const [low, high] = [mean - adjusted(critical) * deviation, mean - adjusted(-critical) * deviation]
  return { mean, halfWidth: (high - low) / 2, low, high, confidence, count }
}

const cubeRoot = (x: number): number => (x === 0 ? 0 : Math.sign(x) * pow(Math.abs(x), 1 / 3))
