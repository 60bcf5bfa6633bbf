/** S-06 (a), S-07: how long a side has owed its move, the auditor's own slow way: day by day. */
import type { Policies } from '#scenarios/policies.ts'
import { type Calendar, DAY } from './civil-time.ts'

/** A stretch in which the clock runs. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

const isBusinessDay = (day: number): boolean => (((day + 3) % 7) + 7) % 7 < 5

export class SilenceClock {
  readonly #calendar: Calendar
  readonly #isBusiness: boolean
  readonly #limit: number

  constructor(policies: Policies, calendar: Calendar) {
    this.#calendar = calendar
    this.#isBusiness = policies['appeal.days'] === 'business'
    this.#limit = policies['appeal.silence']
  }

  /** The parts of a stretch that count. */
  *#counted({ from, to }: Stretch): Iterable<Stretch> {
    if (!this.#isBusiness) {
      yield { from, to }
      return
    }
    for (let day = this.#calendar.dayOf(from); this.#calendar.instantOf(day) < to; day++) {
      const midnight = this.#calendar.instantOf(day)
      if (isBusinessDay(day)) yield { from: Math.max(from, midnight), to: Math.min(to, midnight + DAY) }
    }
  }

  /** Whether a silence that ran in these stretches lasted for more than the limit. */
  isBroken(stretches: readonly Stretch[]): boolean {
    return this.brokenAt(stretches) !== null
  }

  /** The first instant at which it had lasted for more than the limit; null when it never did. */
  brokenAt(stretches: readonly Stretch[]): number | null {
    let left = this.#limit + 1
    for (const stretch of stretches)
      for (const { from, to } of this.#counted(stretch)) {
        if (left <= to - from) return from + left
        left -= to - from
      }
    return null
  }
}
