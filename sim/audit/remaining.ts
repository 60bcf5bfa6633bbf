/** the part of a price that the rest of a term is, counted day by day on the calendar; whole numbers throughout. */
import { dateOfDay, dayOfMonthStart } from './civil-time.ts'
import type { Premises } from './premises.ts'

/** `part / whole`, both whole numbers. */
export interface Part {
  readonly part: number
  readonly whole: number
}

/** A common multiple of 28, 29, 30 and 31: a day of any month is a whole number of its parts. */
const DAY_PARTS = 28 * 29 * 15 * 31

const lengthOfMonth = (year: number, month: number): number =>
  dayOfMonthStart(year, month + 1) - dayOfMonthStart(year, month)

/** A plan of whole years is priced by the year, any other by the month: [what is counted, how many the price is for]. */
const countedBy = (months: number): readonly ['year' | 'month', number] =>
  months % 12 === 0 ? ['year', months / 12] : ['month', months]

/**
 * What part of the price for `months` the days after a change at `at` are, up to the term's end at `end`; `start` is when
 * the period that runs began.
 */
export function remainingPart(premises: Premises, months: number, at: number, end: number, start?: number): Part {
  const { calendar } = premises
  const policies = premises.policiesAt(at)
  const counting = { calendar, policies }
  const [counted, count] = countedBy(months)
  const first = calendar.dayOf(at) + (policies['proration.countChangeDay'] ? 0 : 1)
  const last = calendar.dayOf(end) - 1
  return over(
    count,
    counted === 'year' ? yearsOf(counting, first, last, start) : monthsOf(counting, first, last, start),
  )
}

/** what part of the price for `months` the days from a plain end to an aligned one are: every day counts. */
export function extraPart(premises: Premises, months: number, at: number, plain: number, aligned: number): Part {
  const { calendar } = premises
  const counting = { calendar, policies: premises.policiesAt(at) }
  const [counted, count] = countedBy(months)
  const first = calendar.dayOf(plain)
  const last = calendar.dayOf(aligned) - 1
  return over(count, counted === 'year' ? yearsOf(counting, first, last) : monthsOf(counting, first, last))
}

/** Whole months that still fit into the rest of a term. */
export function remainingMonths(premises: Premises, at: number, end: number, start: number): number {
  const { part, whole } = remainingPart(premises, 1, at, end, start)
  return Math.floor(part / whole)
}

const over = (count: number, { part, whole }: Part): Part => ({ part, whole: whole * count })
const none: Part = { part: 0, whole: 1 }

/** The calendar, and the policies of the instant at which is counted. */
type Counting = Pick<Premises, 'calendar' | 'policies'>

function monthsOf({ policies, calendar }: Counting, first: number, last: number, start?: number): Part {
  if (last < first) return none
  if (policies['proration.basis'] === 'day30') return { part: last - first + 1, whole: 30 }
  if (policies['proration.basis'] === 'days-over-term')
    return overTerm(first, last, 1, start === undefined ? undefined : calendar.dayOf(start))
  let part = 0
  for (let day = first; day <= last; ) {
    const { year, month } = dateOfDay(day)
    const next = dayOfMonthStart(year, month + 1)
    part += ((Math.min(last + 1, next) - day) * DAY_PARTS) / lengthOfMonth(year, month)
    day = next
  }
  return { part, whole: DAY_PARTS }
}

/** Days of a year of 365; a 29 February is no day of it. */
function yearsOf({ policies, calendar }: Counting, first: number, last: number, start?: number): Part {
  if (last < first) return none
  if (policies['proration.basis'] === 'days-over-term')
    return overTerm(first, last, 12, start === undefined ? undefined : calendar.dayOf(start))
  let part = 0
  for (let day = first; day <= last; day++) {
    const date = dateOfDay(day)
    if (date.month !== 1 || date.day !== 29) part++
  }
  return { part, whole: 365 }
}

/** Days left over the days of the term, times the months or years in the term. */
function overTerm(first: number, last: number, monthsOfOne: number, start: number | undefined): Part {
  const from = dateOfDay(start ?? monthsBefore(last, monthsOfOne))
  const begun = dayOfMonthStart(from.year, from.month) + from.day - 1
  const to = dateOfDay(last)
  const months = (to.year - from.year) * 12 + to.month - from.month
  const days = last - begun
  if (days <= 0 || months === 0) return { part: last - first + 1, whole: Math.max(1, days) }
  return { part: (last - first + 1) * months, whole: days * monthsOfOne }
}

function monthsBefore(day: number, months: number): number {
  const { year, month, day: date } = dateOfDay(day)
  return dayOfMonthStart(year, month - months) + Math.min(date, lengthOfMonth(year, month - months)) - 1
}
