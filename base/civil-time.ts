/**
 * T-01..T-03: instants are whole milliseconds since the Unix epoch; civil time is a fixed offset from UTC without
 * daylight saving, so that days, hours and months are plain arithmetic. A *day* here is a whole number of civil days
 * since 1 January 1970, a *month* is year x 12 + (month - 1). Calendar: proleptic Gregorian, by counting from 1 March
 * (E. G. Richards 1998; H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013).
 */
import { BillingError } from './billing-error.ts'
import { shown } from './shown.ts'
import { DAY, HOUR, MINUTE, SECOND } from './time.ts'

const DAYS_OF_ERA = 146_097
const DAYS_TO_EPOCH = 719_468

export interface CivilDate {
  readonly year: number
  /** 1..12 */
  readonly month: number
  /** 1..31 */
  readonly day: number
}

/** The civil day of a date. */
export function dayOfDate(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_OF_ERA + dayOfEra - DAYS_TO_EPOCH
}

/** The date of a civil day. */
export function dateOfDay(day: number): CivilDate {
  const shifted = day + DAYS_TO_EPOCH
  const era = Math.floor(shifted / DAYS_OF_ERA)
  const dayOfEra = shifted - era * DAYS_OF_ERA
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** 28..31 */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31

/** T-04: the same day of the month `months` later, or the last day of a month that is too short. */
export function addMonths(day: number, months: number): number {
  const anchor = dateOfDay(day)
  const index = anchor.year * 12 + anchor.month - 1 + months
  const year = Math.floor(index / 12)
  const month = index - year * 12 + 1
  return dayOfDate(year, month, Math.min(anchor.day, daysInMonth(year, month)))
}

/** The civil day of an instant. */
export const dayOf = (instant: number, offset: number): number => Math.floor((instant + offset) / DAY)
/** The first instant of a civil day. */
export const startOfDay = (day: number, offset: number): number => day * DAY - offset
/** T-03: the first instant of the clock hour of an instant. */
export const startOfHour = (instant: number, offset: number): number =>
  Math.floor((instant + offset) / HOUR) * HOUR - offset

/** The instant so many months later: the same day of the month, or the last of a month that is too short (T-04). */
export function monthsLater(at: number, months: number, utcOffset: number): number {
  const day = dayOf(at, utcOffset)
  return at + startOfDay(addMonths(day, months), utcOffset) - startOfDay(day, utcOffset)
}

/** The calendar month of an instant, as year x 12 + (month - 1). */
export function monthOf(instant: number, offset: number): number {
  const date = dateOfDay(dayOf(instant, offset))
  return date.year * 12 + date.month - 1
}

/** The first instant of a calendar month. */
export const startOfMonth = (month: number, offset: number): number =>
  startOfDay(dayOfDate(Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 1), offset)

/** `2024-03` */
export const formatMonth = (month: number): string =>
  `${pad(Math.floor(month / 12), 4)}-${pad((((month % 12) + 12) % 12) + 1, 2)}`

/** Monday is 0, Sunday 6; 1 January 1970 was a Thursday. */
export const weekday = (day: number): number => (((day + 3) % 7) + 7) % 7

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
const twoDigitTexts: readonly string[] = Array.from({ length: 100 }, (_, value) => pad(value, 2))

/** `2024-02-02T00:00:00+08:00`, with milliseconds only where there are any. Throws beyond the years 0000..9999. */
export function formatInstant(instant: number, offset: number): string {
  const day = dayOf(instant, offset)
  const { year, month, day: dayOfMonth } = dateOfDay(day)
  if (year < 0 || year > 9999)
    throw new BillingError('time', `the year ${year} is beyond 0000..9999`, 'use shorter terms or earlier times')
  const rest = instant + offset - day * DAY
  const seconds = Math.floor(rest / SECOND)
  const milliseconds = rest - seconds * SECOND
  const two = twoDigitTexts
  const date = `${two[Math.floor(year / 100)]}${two[year % 100]}-${two[month]}-${two[dayOfMonth]}`
  const minutes = Math.floor(seconds / 60)
  const clock = `${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds - minutes * 60]}`
  const fraction = milliseconds === 0 ? '' : `.${pad(milliseconds, 3)}`
  return `${date}T${clock}${fraction}${formatOffset(offset)}`
}

/** `+08:00` of milliseconds. */
export function formatOffset(offset: number): string {
  const minutes = Math.abs(offset) / MINUTE
  return `${offset < 0 ? '-' : '+'}${twoDigitTexts[Math.floor(minutes / 60)]}:${twoDigitTexts[minutes % 60]}`
}

/** The number written by the two digits at `at`, or NaN. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds since the epoch of ISO 8601 text with an offset. Throws BillingError. */
export function parseInstant(value: unknown, where: string): number {
  if (typeof value !== 'string' || !SHAPE.test(value))
    throw new BillingError(
      where,
      `${shown(value)} is not a time with an offset`,
      'write one such as "2024-01-31T09:00:00+08:00", to the millisecond at most',
    )
  const year = twoDigits(value, 0) * 100 + twoDigits(value, 2)
  const month = twoDigits(value, 5)
  const day = twoDigits(value, 8)
  const hour = twoDigits(value, 11)
  const minute = twoDigits(value, 14)
  const zone = value.charCodeAt(value.length - 1) === 90 ? value.length - 1 : value.length - 6
  const second = zone > 16 ? twoDigits(value, 17) : 0
  const milliseconds = zone > 20 ? Number(value.slice(20, zone).padEnd(3, '0')) : 0
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    throw new BillingError(where, `${shown(value)} is not a day of the calendar`, 'check year, month and day')
  if (hour > 23 || minute > 59 || second > 59)
    throw new BillingError(where, `${shown(value)} is not a time of day`, 'write 00:00:00 to 23:59:59')
  let offset = 0
  if (zone === value.length - 6) {
    const hours = twoDigits(value, zone + 1)
    const minutes = twoDigits(value, zone + 4)
    if (hours > 23 || minutes > 59)
      throw new BillingError(where, `${shown(value)} has an impossible UTC offset`, 'write one such as +08:00')
    offset = (value.charCodeAt(zone) === 45 ? -1 : 1) * (hours * 60 + minutes) * MINUTE
  }
  return dayOfDate(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * SECOND + milliseconds - offset
}
