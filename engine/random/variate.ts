import { exp, expm1 } from '../mathematics/exponential.ts'
import type { Stream } from './streams.ts'

/** The law of one random quantity. It holds no state: every draw comes out of the stream handed in. */
export interface Distribution {
  /** Infinity where it has none (a heavy tail); never NaN. */
  readonly mean: number
  /** Infinity where it has none, or where a float64 cannot hold it; never NaN. */
  readonly variance: number
  /** One variate, by one draw of the stream unless the distribution's own file says otherwise. */
  sample(stream: Stream): number
  /** The least x with cdf(x) >= p, for p in [0, 1]. */
  quantile(p: number): number
  /** P(X <= x) */
  cdf(x: number): number
  /** P(X > x), to its own last digits where 1 - cdf(x) would have none left. */
  readonly survival?: ((x: number) => number) | undefined
  /** The x with survival(x) = q; left out where quantile(1 - q) is as good. */
  readonly upperQuantile?: ((q: number) => number) | undefined
  /** Whether all values are whole numbers. */
  readonly whole?: boolean | undefined
  /** All its values in ascending order, where they are few. */
  readonly atoms?: readonly number[] | undefined
  /** Probabilities at which the quantile has a kink. */
  readonly kinks?: readonly number[] | undefined
  /** What it is a mixture of, with weights that sum to 1. */
  readonly components?: readonly Component[] | undefined
}

/** A part of a mixture. */
export interface Component {
  readonly weight: number
  readonly of: Distribution
}

/** P(X > x). */
export function survivalOf(distribution: Distribution, x: number): number {
  return distribution.survival ? distribution.survival(x) : 1 - distribution.cdf(x)
}

/** The x with P(X > x) = q. */
export function upperQuantileOf(distribution: Distribution, q: number): number {
  return distribution.upperQuantile ? distribution.upperQuantile(q) : distribution.quantile(1 - q)
}

/** A parameter that no distribution could have: the caller's mistake, with how to fix it. */
export class ParameterError extends RangeError {
  override readonly name = 'ParameterError'
}

/** Throws unless `holds`: `ParameterError: exponential: mean -3: give a number above 0`. */
export function demand(holds: boolean, where: string, value: unknown, hint: string): asserts holds {
  if (!holds) throw new ParameterError(`${where} ${typeof value === 'number' ? value : JSON.stringify(value)}: ${hint}`)
}

/** Least scale of a distribution: below it a float64 has fewer digits, and means and variances would be wrong. */
const LEAST_SCALE = 2 ** -1022
/** Largest scale: what is drawn is up to some 1e6 times as large. */
export const LARGEST_SCALE = 1e300

/** Throws unless `scale` is a number above 0 with all its digits. */
export function demandScale(scale: number, where: string): void {
  demand(scale > 0 && scale < Infinity, where, scale, 'give a finite number above 0')
  demand(scale >= LEAST_SCALE, where, scale, `give at least ${LEAST_SCALE}, below which a float64 has fewer digits`)
  demand(scale <= LARGEST_SCALE, where, scale, `give at most ${LARGEST_SCALE}: far draws would be infinite`)
}

/** Laws with long tails draw up to 1e15 times their mean. */
const LARGEST_MEAN = 1e290

/** Throws unless the mean that follows from `value` is a float64. */
export function demandMean(mean: number, where: string, value: unknown): void {
  demand(
    mean > 0 && mean <= LARGEST_MEAN,
    where,
    value,
    `the mean would be ${mean}, and draws would not be float64 values: give less extreme parameters`,
  )
}

/** Variance of a law with this mean, whose second moment is e^lnRatio times its square. */
export function varianceOf(mean: number, lnRatio: number): number {
  const sd = mean * (lnRatio > 700 ? exp(lnRatio / 2) : Math.sqrt(expm1(lnRatio)))
  return sd * sd
}

/** A fraction p of 0 would ask an unbounded distribution for -Infinity: half of the least step instead. */
export function aboveZero(p: number): number {
  return p === 0 ? HALF_STEP : p
}

const HALF_STEP = 2 ** -54
