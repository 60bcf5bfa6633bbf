import { log } from '../../mathematics/logarithm.ts'
import type { Stream } from '../streams.ts'
import { demand } from '../variate.ts'
import type { ArrivalProcess } from './process.ts'

/** Arrivals independent of one another at a constant rate. One draw an arrival. */
export class PoissonArrivals implements ArrivalProcess {
  readonly batch = 1
  private readonly gap: number
  private readonly stream: Stream
  /** Exact instant of the last arrival, so that whole milliseconds do not slow the process down. */
  private at: number

  /** `rate` in arrivals per ms (0: none), from `start` in ms on. */
  constructor(rate: number, start: number, stream: Stream) {
    demand(rate >= 0 && rate < Infinity, 'poisson arrivals: rate', rate, 'give a finite number from 0 upwards')
    this.gap = 1 / rate
    this.stream = stream
    this.at = rate === 0 ? Infinity : start
  }

  next(now: number): number {
    let at = this.at
    if (at === Infinity) return at
    do at -= this.gap * log(1 - this.stream.next())
    while (at <= now - 1)
    this.at = at
    return Math.ceil(at)
  }

  save(): readonly number[] {
    return [this.at]
  }

  restore([at]: readonly number[]): void {
    this.at = at
  }
}
