/** The civil months of a run, each cut where figures begin to count: the auditor's own, for the sums of a record. */
import { type Calendar, HOUR } from './civil-time.ts'

export interface MonthPart {
  /** First instant of the month. */
  readonly month: number
  /** 1 from when figures count. */
  readonly measured: number
  /** From when on instants are of this part. */
  readonly since: number
}

export class MonthParts {
  readonly parts: readonly MonthPart[]
  readonly #last: number

  /** `counted`: from when on figures count what happens at an instant; null where they count all of the run. */
  constructor(calendar: Calendar, run: { readonly start: number; readonly end: number }, counted: number | null) {
    const parts: MonthPart[] = []
    for (let month = calendar.monthOf(run.start); month < run.end; month = calendar.nextMonth(month)) {
      const isCut = counted !== null && counted > month
      parts.push({ month, measured: isCut ? 0 : 1, since: month })
      if (isCut && counted < calendar.nextMonth(month)) parts.push({ month, measured: 1, since: counted })
    }
    this.parts = parts
    this.#last = run.end - 1
  }

  /** The position of the part that an instant belongs to: what happens as the run ends is of the last. */
  of(at: number): number {
    const instant = at < this.#last ? at : this.#last
    let low = 0
    for (let next = 1; next < this.parts.length && this.parts[next].since <= instant; next++) low = next
    return low
  }

  /** How many of `repeats` instants, an hour apart from `first`, each part holds, by its position. */
  counts(first: number, repeats: number): Map<number, number> {
    const counts = new Map<number, number>()
    const end = this.of(first + (repeats - 1) * HOUR)
    let done = 0
    for (let part = this.of(first); part <= end; part++) {
      const until = part === end ? repeats : Math.ceil((this.parts[part + 1].since - first) / HOUR)
      if (until > done) counts.set(part, until - done)
      done = Math.max(done, until)
    }
    return counts
  }
}
