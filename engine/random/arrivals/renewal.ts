import type { Stream } from '../streams.ts'
import { type Distribution, demand } from '../variate.ts'
import type { ArrivalProcess } from './process.ts'

/** Arrivals whose gaps are independent and follow one law (in ms); the first comes one gap after `start`. */
export class RenewalArrivals implements ArrivalProcess {
  readonly batch = 1
  private readonly gap: Distribution
  private readonly stream: Stream
  private at: number

  constructor(gap: Distribution, start: number, stream: Stream) {
    demand(gap.mean > 0, 'renewal arrivals: mean gap', gap.mean, 'give a law with a mean above 0')
    demand(gap.cdf(-Number.MIN_VALUE) === 0, 'renewal arrivals: gap', 'below 0', 'give a law without negative values')
    this.gap = gap
    this.stream = stream
    this.at = start
  }

  next(now: number): number {
    let at = this.at
    do at += this.gap.sample(this.stream)
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
