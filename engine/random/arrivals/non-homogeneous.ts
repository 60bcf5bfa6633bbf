import { log } from '../../mathematics/logarithm.ts'
import type { Stream } from '../streams.ts'
import { demand } from '../variate.ts'
import { ContinuousArrivals } from './continuous.ts'
import type { RateFunction } from './rate.ts'

/**
 * Poisson arrivals whose rate changes in time. Where the integral of the rate is known, by inversion: one draw an
 * arrival, however many quiet weeks are before it (E. Cinlar, Introduction to Stochastic Processes, 1975, section 4.7).
 * Else by thinning (P. Lewis and G. Shedler, Naval Research Logistics 26, 1979) under a bound for each piece of the
 * rate. What is left of an exponential gap at the end of a piece is carried into the next, so that quiet hours cost no
 * draw, and where the rate is flat none is rejected.
 */
export class NonHomogeneousArrivals extends ContinuousArrivals {
  private readonly rate: RateFunction
  private readonly scale: number

  /** From `start` in ms on at `scale` times the rate: buyers who share a profile differ by the scale. */
  constructor(rate: RateFunction, start: number, stream: Stream, scale = 1) {
    demand(scale > 0 && scale < Infinity, 'arrivals: scale', scale, 'give a finite number above 0')
    super(start, stream)
    this.rate = rate
    this.scale = scale
  }

  protected override after(last: number): number {
    const { integral } = this.rate
    return integral === undefined ? this.thinned(last) : integral.reach(last, this.gap())
  }

  private thinned(last: number): number {
    const { rate, stream } = this
    let t = last
    let left = this.gap()
    for (;;) {
      const bound = rate.bound(t)
      const end = rate.until(t)
      if (bound === 0 && end === Infinity) return Infinity
      const room = bound * (end - t)
      if (left >= room) {
        left -= room
        t = end
        continue
      }
      t += left / bound
      const here = rate.at(t)
      if (here >= bound || stream.next() * bound < here) return t
      left = this.gap()
    }
  }

  /** Expected arrivals, at scale 1, until the next candidate. */
  private gap(): number {
    return -log(1 - this.stream.next()) / this.scale
  }
}
