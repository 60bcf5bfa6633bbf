import { demand } from '../variate.ts'
import type { ArrivalProcess } from './process.ts'

/** Arrivals replayed from a log: sorted instants in ms. `row` tells which line of the log the last one was. */
export class TraceArrivals implements ArrivalProcess {
  readonly batch = 1
  /** Index of the instant last returned; -1 before the first. */
  row = -1
  private readonly instants: ArrayLike<number>

  constructor(instants: ArrayLike<number>) {
    for (let i = 0; i < instants.length; i++) {
      demand(Number.isSafeInteger(instants[i]), `trace arrivals: row ${i}`, instants[i], 'give whole milliseconds')
      const sorted = i === 0 || instants[i] >= instants[i - 1]
      demand(
        sorted,
        `trace arrivals: row ${i}`,
        instants[i],
        `sort the instants; the row before has ${instants[i - 1]}`,
      )
    }
    this.instants = instants
  }

  next(now: number): number {
    const { instants } = this
    while (this.row < instants.length) {
      this.row++
      if (instants[this.row] >= now) return instants[this.row]
    }
    return Infinity
  }

  save(): readonly number[] {
    return [this.row]
  }

  restore([row]: readonly number[]): void {
    this.row = row
  }
}
