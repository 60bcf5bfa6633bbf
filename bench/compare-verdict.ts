import { studentTQuantile } from '#engine/statistics/student-t.ts'
import { Tally } from '#engine/statistics/tally.ts'

export interface Verdict {
  readonly verdict: 'faster' | 'slower' | 'cannot tell'
  /** Time against the base, as a part: 0.05 is 5 % slower. With the interval that holds it. */
  readonly change: number
  readonly low: number
  readonly high: number
  /** The smallest change that would have been seen four times in five. */
  readonly smallest: number
}

const POWER = 0.8

/** The chance that one comparison of all that are made at once cries wolf is at most this (Bonferroni). */
const FALSE_ALARMS = 0.02
const levelOf = (comparisons: number): number => FALSE_ALARMS / comparisons

const tallied = (values: readonly number[]): Tally => {
  const tally = new Tally()
  for (const value of values) tally.add(value)
  return tally
}

function judged(mean: number, error: number, bias: number, freedom: number, comparisons: number): Verdict {
  const quantile = studentTQuantile(1 - levelOf(comparisons) / 2, freedom)
  const half = quantile * error + bias
  const low = mean - half
  const high = mean + half
  return {
    verdict: low > 0 ? 'slower' : high < 0 ? 'faster' : 'cannot tell',
    change: Math.expm1(mean),
    low: Math.expm1(low),
    high: Math.expm1(high),
    smallest: Math.expm1(half + studentTQuantile(POWER, freedom) * error),
  }
}

/**
 * Rounds in which the base ran twice and the tree once: the spread is the larger of that of tree against base and that
 * of base against base, and what the base shows against itself is taken off every change before it counts.
 */
export function judgePaired(
  base: readonly number[],
  again: readonly number[],
  tree: readonly number[],
  comparisons: number,
): Verdict {
  const change = tallied(tree.map((time, round) => Math.log(time / base[round])))
  const idle = tallied(again.map((time, round) => Math.log(time / base[round])))
  const spread = Math.max(change.standardDeviation, idle.standardDeviation)
  return judged(change.mean, spread / Math.sqrt(base.length), Math.abs(idle.mean), base.length - 1, comparisons)
}

/** Two series of different times and moods of the machine: weaker, and said to be. */
export function judgeUnpaired(base: readonly number[], tree: readonly number[], comparisons: number): Verdict {
  const before = tallied(base.map(Math.log))
  const after = tallied(tree.map(Math.log))
  const error = Math.sqrt(before.variance / base.length + after.variance / tree.length)
  const freedom = Math.min(base.length, tree.length) - 1
  return judged(after.mean - before.mean, error, 0, freedom, comparisons)
}

/** Slower beyond doubt, and by more than is tolerated. */
export const isRegression = ({ verdict, change }: Verdict, tolerance: number): boolean =>
  verdict === 'slower' && change > tolerance
