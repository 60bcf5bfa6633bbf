/**
 * The part of a whole segment's arrivals that comes to one cell, where that cannot be a process of its own: gaps that are not
 * memoryless, and purchases that come together. Every cell follows the same arrivals, draws for each purchase whose it is, and
 * takes those of its own buyers; so the segment has one history whatever the cells are.
 */
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import type { Stream } from '#engine/random/streams.ts'

export class SharedArrivals implements ArrivalProcess {
  batch = 1
  private readonly whole: ArrivalProcess
  private readonly choice: Stream
  private readonly share: number
  private readonly before: number
  private readonly end: number

  /**
   * Of all the segment's buyers (1), this cell has a `share`, which begins after `before`. `choice` draws whose a purchase is:
   * the same in all cells. From `end` (ms) on nothing is asked for.
   */
  constructor(
    whole: ArrivalProcess,
    choice: Stream,
    { before, share }: { before: number; share: number },
    end: number,
  ) {
    this.whole = whole
    this.choice = choice
    this.share = share
    this.before = before
    this.end = end
  }

  next(now: number): number {
    for (;;) {
      const at = this.whole.next(now)
      if (at >= this.end) return Number.POSITIVE_INFINITY
      let here = 0
      for (let each = 0; each < this.whole.batch; each++) {
        const place = this.choice.next() - this.before
        if (place >= 0 && place < this.share) here++
      }
      this.batch = here
      if (here > 0) return at
    }
  }

  save(): readonly number[] {
    return [this.batch, ...this.whole.save()]
  }

  restore([batch, ...whole]: readonly number[]): void {
    this.batch = batch
    this.whole.restore(whole)
  }
}
