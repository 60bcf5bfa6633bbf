/** Confidence intervals of means. Source: A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 4.5. */
import { normalQuantile } from '../mathematics/normal.ts'
import { studentTQuantile } from './student-t.ts'
import type { Tally } from './tally.ts'

export interface Interval {
  mean: number
  /** Half the interval's width; Infinity below two observations. */
  halfWidth: number
  low: number
  high: number
  /** Probability that an interval made this way covers the truth, e.g. 0.95. */
  confidence: number
  /** Independent observations it rests on. */
  count: number
}

/** Interval of the mean of independent, about normal observations (Student's t). */
export function meanInterval(tally: Tally, confidence = 0.95): Interval {
  return interval(tally.mean, studentHalfWidth(tally.count, tally.variance, confidence), confidence, tally.count)
}

/** Half-width of the interval of a mean: t quantile x sqrt(variance / count); Infinity below two observations. */
export function studentHalfWidth(count: number, variance: number, confidence: number): number {
  if (count < 2) return Infinity
  return studentTQuantile(upperTail(confidence), count - 1) * Math.sqrt(variance / count)
}

/** Quantile of the standard normal distribution that leaves (1 - confidence) / 2 above it. */
export function normalCritical(confidence: number): number {
  return normalQuantile(upperTail(confidence))
}

/** True when the interval covers the value. */
export function covers(interval: Interval, value: number): boolean {
  return interval.low <= value && value <= interval.high
}

export function interval(mean: number, halfWidth: number, confidence: number, count: number): Interval {
  return { mean, halfWidth, low: mean - halfWidth, high: mean + halfWidth, confidence, count }
}

function upperTail(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not between 0 and 1`)
  return (1 + confidence) / 2
}
