/**
 * Sequential stopping: replicate until the mean is known to a relative precision.
 *
 * Source: A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 9.4.1: stop when the half-width is at most
 * g / (1 + g) of |mean|; then the mean itself is off by at most the fraction g with about the stated confidence.
 */
import { type Interval, meanInterval, studentHalfWidth } from './confidence.ts'
import { Tally } from './tally.ts'

export interface StoppingRule {
  /** Relative error wanted, e.g. 0.05. */
  relative: number
  /** Default 0.95. */
  confidence?: number
  /** Replications made in any case, default 10: stopping sooner covers less than it says. */
  least?: number
  /** Replications after which to stop, precise or not; default none. */
  most?: number
}

export interface SequentialResult extends Interval {
  /** False when `most` replications did not reach the precision. */
  precise: boolean
}

/** True when the tally of replications is as precise as the rule asks. */
export function isPrecise(tally: Tally, rule: StoppingRule): boolean {
  if (!(rule.relative > 0)) throw new RangeError(`relative precision ${rule.relative} is not above 0`)
  if (tally.count < (rule.least ?? 10)) return false
  const bound = (rule.relative / (1 + rule.relative)) * Math.abs(tally.mean)
  return studentHalfWidth(tally.count, tally.variance, rule.confidence ?? 0.95) <= bound
}

/** Calls `replicate(0)`, `replicate(1)`, ... until the rule holds. Each call makes one independent run. */
export function replicateUntil(rule: StoppingRule, replicate: (index: number) => number): SequentialResult {
  const tally = new Tally()
  while (!isPrecise(tally, rule) && tally.count < (rule.most ?? Infinity)) tally.add(replicate(tally.count))
  return { ...meanInterval(tally, rule.confidence ?? 0.95), precise: isPrecise(tally, rule) }
}

/**
 * How many replications in all the rule will probably take, judged by those made so far: the half-width shrinks with
 * the square root of their number. For progress bars and for handing out work to threads; Infinity while unknown.
 */
export function expectedReplications(tally: Tally, rule: StoppingRule): number {
  const halfWidth = studentHalfWidth(tally.count, tally.variance, rule.confidence ?? 0.95)
  const ratio = halfWidth / ((rule.relative / (1 + rule.relative)) * Math.abs(tally.mean))
  const expected = halfWidth === 0 ? tally.count : Math.ceil(tally.count * ratio * ratio)
  return Math.min(rule.most ?? Infinity, Math.max(rule.least ?? 10, Number.isNaN(expected) ? Infinity : expected))
}
