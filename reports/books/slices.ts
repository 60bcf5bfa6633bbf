/** Civil months of a run, cut where figures begin to count: where legs of transactions belong (M-09). */
import { hoursBefore } from '#base/time.ts'
import type { RunRecord } from '../record.ts'

export class Slices {
  /** Numbers of `months`, and 1 from when figures count, by slice. */
  readonly months: readonly number[]
  readonly measured: readonly number[]
  /** Of civil time from UTC, ms. */
  readonly offset: number
  readonly #first: readonly number[]
  readonly #next: readonly number[]
  readonly #end: number

  constructor(record: RunRecord) {
    const rows = [...record.numbers('SELECT month, measured, first, next FROM slices ORDER BY first')]
    this.months = rows.map(([month]) => month)
    this.measured = rows.map(([, measured]) => measured)
    this.#first = rows.map(([, , first]) => first)
    this.#next = rows.map(([, , , next]) => next)
    this.#end = record.meta.end
    this.offset = record.meta.utcOffset
  }

  /** The slice of an instant; what is made as the run ends belongs to the last one. */
  of(instant: number): number {
    const at = Math.min(instant, this.#end - 1)
    let slice = this.#first.length - 1
    while (slice > 0 && this.#first[slice] > at) slice--
    return slice
  }

  /** Whether an instant is in one of them. */
  has(instant: number): boolean {
    return instant >= this.#first[0] && instant < this.#next[this.#next.length - 1]
  }

  /** How many of `repeats` instants, an hour apart from `first`, are in a slice; the last has what is made as the run ends. */
  within(slice: number, first: number, repeats: number): number {
    return this.#before(this.#next[slice], first, repeats) - this.#before(this.#first[slice], first, repeats)
  }

  #before(bound: number, first: number, repeats: number): number {
    if (bound >= this.#end) return repeats
    return hoursBefore(first, repeats, bound)
  }
}
