/**
 * Two systems compared under common random numbers: the i-th run of both draws the same demand, so that the difference
 * of each pair varies far less than its parts.
 *
 * Source: A. M. Law, "Simulation Modeling and Analysis", 5th ed., sections 10.2.1 (paired t) and 11.2.
 */
import { type Interval, meanInterval } from './confidence.ts'
import { Tally } from './tally.ts'

export interface PairedDifference extends Interval {
  /** Correlation of the pairs; 0 when one side does not vary. */
  correlation: number
  /** Variance of the difference over what it would be with independent runs; below 1 the common numbers paid. */
  varianceRatio: number
  /** True when the interval does not contain 0. */
  significant: boolean
}

/** Interval of the mean of `a[i] - b[i]`. Throws unless there are equally many, two or more. */
export function pairedDifference(a: ArrayLike<number>, b: ArrayLike<number>, confidence = 0.95): PairedDifference {
  if (a.length !== b.length || a.length < 2) throw new RangeError(`cannot pair ${a.length} runs with ${b.length}`)
  const left = new Tally()
  const right = new Tally()
  const difference = new Tally()
  for (let i = 0; i < a.length; i++) {
    left.add(a[i])
    right.add(b[i])
    difference.add(a[i] - b[i])
  }
  const independent = left.variance + right.variance
  const scale = 2 * left.standardDeviation * right.standardDeviation
  const result = meanInterval(difference, confidence)
  return {
    ...result,
    correlation: scale > 0 ? (independent - difference.variance) / scale : 0,
    varianceRatio: independent > 0 ? difference.variance / independent : 1,
    significant: result.low > 0 || result.high < 0,
  }
}
