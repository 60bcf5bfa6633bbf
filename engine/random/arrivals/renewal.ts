import type { Stream } from '../streams.ts'
import { type Distribution, demand } from '../variate.ts'
import { ContinuousArrivals } from './continuous.ts'
import type { RateFunction, RateIntegral } from './rate.ts'

/**
 * Arrivals whose gaps are independent and follow one law (in ms); the first comes one gap after `start`. With a `pace`, time
 * passes that many times as fast for the gaps: a nonstationary renewal process by inversion (I. Gerhardt and B. L. Nelson,
 * INFORMS Journal on Computing 21, 2009).
 */
export class RenewalArrivals extends ContinuousArrivals {
  private readonly gap: Distribution
  private readonly pace: RateIntegral | null

  /** `pace`: a factor, not a rate; its integral must be known in closed form. */
  constructor(gap: Distribution, start: number, stream: Stream, pace: RateFunction | null = null) {
    demand(gap.mean > 0, 'renewal arrivals: mean gap', gap.mean, 'give a distribution with a mean above 0')
    demand(
      gap.cdf(-Number.MIN_VALUE) === 0,
      'renewal arrivals: gap',
      'below 0',
      'give a distribution without negative values',
    )
    super(start, stream)
    this.gap = gap
    this.pace = integralOf(pace, 'renewal arrivals: pace')
  }

  protected override after(last: number): number {
    const gap = this.gap.sample(this.stream)
    return this.pace === null ? last + gap : this.pace.reach(last, gap)
  }
}

/** The integral of a factor on time; null for none. */
export function integralOf(pace: RateFunction | null, where: string): RateIntegral | null {
  if (pace === null) return null
  demand(pace.integral !== undefined, where, 'without an integral', 'give a rate whose integral is known')
  return pace.integral as RateIntegral
}
