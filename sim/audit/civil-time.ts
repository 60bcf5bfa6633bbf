/**
 * The auditor's own civil time (T-02..T-05): a fixed offset from UTC, days counted by the Gregorian calendar. Written
 * apart from the billing core's, so that one error cannot hide in both.
 */
export const SECOND = 1_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** Days before each month of a year that is no leap year. */
const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** Days from 1970-01-01 to the first day of a month; `month` counts from 0 and may run over its year. */
export function dayOfMonthStart(year: number, month: number): number {
  const y = year + Math.floor(month / 12)
  const m = month - Math.floor(month / 12) * 12
  const past = y - 1
  const leaps = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  // 719162 days are between 0001-01-01 and 1970-01-01.
  return past * 365 + leaps + before[m] + (m > 1 && isLeap(y) ? 1 : 0) - 719_162
}

interface CivilDate {
  readonly year: number
  /** 0 to 11. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

/** The date of a day counted from 1970-01-01. */
export function dateOfDay(day: number): CivilDate {
  // 400 years have 146097 days: the guess is at most a year off.
  let year = 1970 + Math.floor((day * 400) / 146_097)
  while (dayOfMonthStart(year, 0) > day) year--
  while (dayOfMonthStart(year + 1, 0) <= day) year++
  let month = 0
  while (month < 11 && dayOfMonthStart(year, month + 1) <= day) month++
  return { year, month, day: day - dayOfMonthStart(year, month) + 1 }
}

/** The calendar at one offset from UTC, in milliseconds. */
export class Calendar {
  readonly offset: number
  /** The month that was asked for last: its first instant, and that of the next. */
  #month = 0
  #next = 0

  constructor(offset: number) {
    this.offset = offset
  }

  /** Start of the clock hour that holds an instant (T-03). */
  hourOf(at: number): number {
    return Math.floor((at + this.offset) / HOUR) * HOUR - this.offset
  }

  /** The civil day of an instant, counted from 1970-01-01. */
  dayOf(at: number): number {
    return Math.floor((at + this.offset) / DAY)
  }

  /** First instant of a civil day. */
  instantOf(day: number): number {
    return day * DAY - this.offset
  }

  /** First instant of the calendar month that holds an instant. */
  monthOf(at: number): number {
    this.#findMonth(at)
    return this.#month
  }

  /** First instant of the month after the one that holds an instant. */
  nextMonth(at: number): number {
    this.#findMonth(at)
    return this.#next
  }

  #findMonth(at: number): void {
    if (at >= this.#month && at < this.#next) return
    const { year, month } = dateOfDay(this.dayOf(at))
    this.#month = this.instantOf(dayOfMonthStart(year, month))
    this.#next = this.instantOf(dayOfMonthStart(year, month + 1))
  }

  /** I-02: when the bill of the month of an instant is final: the 3rd at 10:00 of the next month. */
  billFinalAt(at: number): number {
    return this.nextMonth(at) + 2 * DAY + 10 * HOUR
  }

  /**
   * T-04, T-05: the instant after the last day of a term of `months` that began at `start`. The last day is the same
   * day of the month, or the month's last where it has no such day; it belongs to the term until 23:59:59.
   */
  termEnd(start: number, months: number): number {
    const { year, month, day } = dateOfDay(this.dayOf(start))
    const first = dayOfMonthStart(year, month + months)
    const length = dayOfMonthStart(year, month + months + 1) - first
    return this.instantOf(first + Math.min(day, length))
  }
}
