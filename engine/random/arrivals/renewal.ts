import type { Stream } from '../streams.ts'
import { type Distribution, demand } from '../variate.ts'
import { ContinuousArrivals } from './continuous.ts'

/** Arrivals whose gaps are independent and follow one law (in ms); the first comes one gap after `start`. */
export class RenewalArrivals extends ContinuousArrivals {
  private readonly gap: Distribution

  constructor(gap: Distribution, start: number, stream: Stream) {
    demand(gap.mean > 0, 'renewal arrivals: mean gap', gap.mean, 'give a distribution with a mean above 0')
    demand(
      gap.cdf(-Number.MIN_VALUE) === 0,
      'renewal arrivals: gap',
      'below 0',
      'give a distribution without negative values',
    )
    super(start, stream)
    this.gap = gap
  }

  protected override after(last: number): number {
    return last + this.gap.sample(this.stream)
  }
}
