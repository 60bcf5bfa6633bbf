/** Civil days and times for the eye (T-02). `formatInstant` is the exact form. */
import { dateOfDay, dayOf } from './civil-time.ts'
import { DAY, MINUTE } from './time.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** `2024-03-01` of a civil day, counted from 1 January 1970. */
export function dateText(day: number): string {
  const { year, month, day: dayOfMonth } = dateOfDay(day)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
}

/** `2024-03-01`: the civil day that an instant is in. */
export const civilDay = (instant: number, utcOffset: number): string => dateText(dayOf(instant, utcOffset))

/** `2024-03-01 00:00`: an instant in civil time. */
export function shownInstant(instant: number, utcOffset: number): string {
  const day = dayOf(instant, utcOffset)
  const minutes = Math.floor((instant + utcOffset - day * DAY) / MINUTE)
  return `${dateText(day)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `12 June 2023`: the civil day. */
export function longDay(instant: number, utcOffset: number): string {
  const { year, month, day } = dateOfDay(dayOf(instant, utcOffset))
  return `${day} ${MONTHS[month - 1]} ${year}`
}
