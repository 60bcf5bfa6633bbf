import type { Stream } from '../streams.ts'
import type { ArrivalProcess } from './process.ts'

/** Single arrivals at instants that are real numbers, so that whole milliseconds do not slow the process down. */
export abstract class ContinuousArrivals implements ArrivalProcess {
  readonly batch = 1
  protected readonly stream: Stream
  /** Exact instant of the last arrival, ms. */
  private at: number

  /** From `start` in ms on; Infinity for no arrivals at all. */
  constructor(start: number, stream: Stream) {
    this.stream = stream
    this.at = start
  }

  next(now: number): number {
    let at = this.at
    if (at === Infinity) return at
    do at = this.after(at)
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

  /** The exact instant of the arrival that follows one, ms; Infinity when none does. */
  protected abstract after(last: number): number
}
