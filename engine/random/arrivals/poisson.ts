import { log } from '../../mathematics/logarithm.ts'
import type { Stream } from '../streams.ts'
import { demand } from '../variate.ts'
import { ContinuousArrivals } from './continuous.ts'

/** Arrivals independent of one another at a constant rate. One draw an arrival. */
export class PoissonArrivals extends ContinuousArrivals {
  private readonly gap: number

  /** `rate` in arrivals per ms (0: none), from `start` in ms on. */
  constructor(rate: number, start: number, stream: Stream) {
    demand(rate >= 0 && rate < Infinity, 'poisson arrivals: rate', rate, 'give a finite number from 0 upwards')
    super(rate === 0 ? Infinity : start, stream)
    this.gap = 1 / rate
  }

  protected override after(last: number): number {
    return last - this.gap * log(1 - this.stream.next())
  }
}
