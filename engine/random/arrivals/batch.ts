import type { Stream } from '../streams.ts'
import type { Distribution } from '../variate.ts'
import type { ArrivalProcess } from './process.ts'

/** Arrivals in groups: the instants of another process, each with a size drawn (to the nearest whole, at least 1). */
export class BatchArrivals implements ArrivalProcess {
  batch = 1
  private readonly instants: ArrivalProcess
  private readonly size: Distribution
  private readonly stream: Stream

  /** `stream` draws the sizes; give it a path of its own, so that another size law leaves the instants alone. */
  constructor(instants: ArrivalProcess, size: Distribution, stream: Stream) {
    this.instants = instants
    this.size = size
    this.stream = stream
  }

  next(now: number): number {
    const at = this.instants.next(now)
    if (at < Infinity) this.batch = Math.max(1, Math.round(this.size.sample(this.stream)))
    return at
  }

  save(): readonly number[] {
    return [this.batch, ...this.instants.save()]
  }

  restore([batch, ...instants]: readonly number[]): void {
    this.batch = batch
    this.instants.restore(instants)
  }
}
