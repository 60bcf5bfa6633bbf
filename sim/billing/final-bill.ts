/** When the bill of a month becomes final (I-02). */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { HOUR, type Instant } from '#base/time.ts'

/** 2 days and 10 hours after the month's end: the 3rd at 10:00. */
export const FINAL_AFTER = (2 * 24 + 10) * HOUR

/** The instant at which the bill of the civil month of `at` becomes final; `offset` of the civil time from UTC, ms. */
export const billFinalAt = (at: Instant, offset: number): Instant =>
  startOfMonth(monthOf(at, offset) + 1, offset) + FINAL_AFTER
