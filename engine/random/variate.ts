import type { Stream } from './streams.ts'

/** The law of one random quantity. It holds no state: every draw comes out of the stream handed in. */
export interface Distribution {
  readonly mean: number
  /** Infinity where it has none (a heavy tail). */
  readonly variance: number
  /** One variate, by one draw of the stream unless the distribution's own file says otherwise. */
  sample(stream: Stream): number
  /** The least x with cdf(x) >= p, for p in [0, 1]. */
  quantile(p: number): number
  /** P(X <= x) */
  cdf(x: number): number
}

/** A parameter that no distribution could have: the caller's mistake, with the way to mend it. */
export class ParameterFault extends RangeError {
  override readonly name = 'ParameterFault'
}

/** Throws unless `holds`: `ParameterFault: exponential: mean -3: give a number above 0`. */
export function demand(holds: boolean, where: string, value: unknown, mend: string): asserts holds {
  if (!holds) throw new ParameterFault(`${where} ${typeof value === 'number' ? value : JSON.stringify(value)}: ${mend}`)
}

/** A fraction p of 0 would ask an unbounded distribution for -Infinity: half of the least step instead. */
export function aboveZero(p: number): number {
  return p === 0 ? HALF_STEP : p
}

const HALF_STEP = 2 ** -54
