/** T-04, T-05, R-01, R-07: when a yearly/monthly term ends, and where its renewals put the end. */
import { addMonths, dateOfDay, dayOf, dayOfDate, startOfDay } from '#base/civil-time.ts'
import { DAY, SECOND } from '#base/time.ts'

/** `renewal.alignDay`: the day of the month (1..28) on which renewed terms shall end, or none. */
export type AlignDay = 'none' | number

/**
 * T-05: the instant at which a term of `months`, begun at `start`, has ended: the midnight after its last day. A renewed
 * term is counted from the first start (T-04): `termEnd(start, 1 + 1)`, not from the first end.
 */
export const termEnd = (start: number, months: number, offset: number): number =>
  startOfDay(addMonths(dayOf(start, offset), months) + 1, offset)

/**
 * The ends after the purchase and after each renewal. With an align day the first renewal also buys the days up to the
 * next such day, and later terms are anchored there.
 */
export function termEnds(
  start: number,
  months: number,
  renewals: readonly number[],
  offset: number,
  alignDay: AlignDay = 'none',
): number[] {
  let anchor = dayOf(start, offset)
  let total = months
  const ends = [termEnd(start, months, offset)]
  for (const renewal of renewals) {
    total += renewal
    const last = addMonths(anchor, total)
    if (alignDay !== 'none' && dateOfDay(last).day !== alignDay) {
      anchor = alignedDay(last, alignDay)
      total = 0
      ends.push(startOfDay(anchor + 1, offset))
    } else ends.push(startOfDay(last + 1, offset))
  }
  return ends
}

/** the first day on or after `day` that is the `alignDay`th of a month. */
export function alignedDay(day: number, alignDay: number): number {
  const { year, month, day: dayOfMonth } = dateOfDay(day)
  if (dayOfMonth <= alignDay) return dayOfDate(year, month, alignDay)
  return month === 12 ? dayOfDate(year + 1, 1, alignDay) : dayOfDate(year, month + 1, alignDay)
}

/** T-05 writes a term's end as 23:59:59 of its last day and means the midnight after it; both spellings are one instant. */
export function endOfTerm(written: number, offset: number): number {
  const next = startOfDay(dayOf(written, offset) + 1, offset)
  return next - written <= SECOND ? next : written
}

/** The last civil day that a term ending at `end` contains. */
export const lastDay = (end: number, offset: number): number => dayOf(end - 1, offset)

/** Whether `at` is within the last `days` x 24 h before `end`. */
export const withinLastDays = (at: number, end: number, days: number): boolean => at < end && end - at <= days * DAY
