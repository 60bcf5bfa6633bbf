/**
 * Sequential stopping over runs: whether the mean of a figure is known to a relative precision, and how many runs to
 * make before asking again.
 *
 * Source: A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 9.4.1, with two changes that keep the final
 * interval at its confidence. A check after every run stops too early, on a variance that came out low by chance: here
 * runs grow by a quarter between looks, and a look asks for a little more than the interval promises. And the interval
 * is that of run-mean.ts: of a rare figure that was not seen yet, nothing is known to any relative precision.
 */
import { type RunMoments, runInterval } from './run-mean.ts'

/** Fewer runs say too little of their own variance. */
export const LEAST_RUNS = 10
/** Of the interval that decides; the one that is reported has 0.95. */
const DECIDING = 0.97
const GROWTH = 0.25

/** True when the mean is off by at most the fraction `relative` of itself with about 95 % confidence. */
export function isPreciseMean(moments: RunMoments, relative: number): boolean {
  if (!(relative > 0)) throw new RangeError(`relative precision ${relative} is not above 0`)
  if (moments.count < LEAST_RUNS) return false
  const { mean, low, high } = runInterval(moments, DECIDING)
  if (mean === 0) return low === high
  return Math.max(high - mean, mean - low) <= (relative / (1 + relative)) * Math.abs(mean)
}

/** Runs to make before the next look, after `made`, at most `most` in all. Depends on nothing else. */
export const nextRuns = (made: number, most: number): number =>
  Math.max(0, Math.min(most - made, Math.max(LEAST_RUNS - made, 2, Math.ceil(made * GROWTH))))
