/** Dates, months and times as people and spreadsheets write them: `05/2024`, `May-24`, `6.5.2024 8:00`, `1:30 PM`. */
import { dateOfDay, dayOfDate, daysInMonth, startOfMonth } from '#base/civil-time.ts'
import { DAY, HOUR, MINUTE, SECOND } from '#base/time.ts'
import { halfWidth } from './amount-text.ts'
import { type CivilZone, offsetIn } from './civil-zone.ts'

/** Which number of a date that is written in numbers is the day, the month, the year. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd'

/** A civil time; `day` is 0 where the text names a month only. */
export interface CivilText {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Milliseconds of the day. */
  readonly clock: number
  /** Of UTC, ms; undefined where the text does not say. */
  readonly offset: number | undefined
}

/** Of English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Polish and Turkish; those that mean one month only. */
const monthWords = [
  'jan january januar janvier janv enero ene gennaio gen janeiro januari styczen sty ocak oca',
  'feb february februar fev fevr fevrier febrero febbraio fevereiro februari luty lut subat sub',
  'mar march märz maerz mrz mars marzo março marco maart mrt marzec',
  'apr april avril avr abril abr aprile kwiecien kwi nisan nis',
  'may mai mayo maggio mag maio mei maj mayis',
  'jun june juni juin junio giugno giu junho czerwiec cze haziran haz',
  'jul july juli juillet juil julio luglio lug julho lipiec lip temmuz tem',
  'aug august août aout agosto ago augustus augusti sierpien sie agustos agu',
  'sep sept september septembre septiembre settembre set setembro wrzesien wrz eylul eyl',
  'oct october oktober okt octobre octubre ottobre ott outubro out pazdziernik paz ekim eki',
  'nov november novembre noviembre novembro kasim kas',
  'dec december dezember dez décembre decembre diciembre dic dicembre dezembro grudzien gru aralik ara',
]
const monthOfWord: ReadonlyMap<string, number> = new Map(
  monthWords.flatMap((words, index) => words.split(' ').map((word) => [unaccented(word), index + 1] as const)),
)

function unaccented(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)`
const CLOCK = new RegExp(
  String.raw`(?:^|[T ,]\s*)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(am|pm|a\.m\.|p\.m\.)?(?:${ZONE})?$`,
  'i',
)
const COMPACT_CLOCK = new RegExp(String.raw`T(\d\d)(\d\d)(\d\d)?()()(?:${ZONE})?$`)

/** Two digits are of 1970 to 2069. */
const fullYear = (digits: string): number =>
  digits.length > 2 ? Number(digits) : Number(digits) + (Number(digits) < 70 ? 2000 : 1900)

/** What a text says with numbers in this order; undefined where it says no time. */
export function civilText(text: string, order: DateOrder): CivilText | undefined {
  const whole = halfWidth(text)
    .replace(/[\u00a0\u2007\u2009\u202f]/g, ' ')
    .replace(/[\u2010\u2011]/g, '-')
    .trim()
  const match = CLOCK.exec(whole) ?? COMPACT_CLOCK.exec(whole)
  const clock = match === null ? { clock: 0, offset: undefined } : clockOf(match)
  const date = dateOf(match === null ? whole : whole.slice(0, match.index).trim(), order)
  if (clock === undefined || date === undefined) return undefined
  const [year, month, day] = date
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 0 || day > daysInMonth(year, month))
    return undefined
  if (day === 0 && match !== null) return undefined
  return { year, month, day, ...clock }
}

function clockOf(match: RegExpExecArray): { clock: number; offset: number | undefined } | undefined {
  const [, hours, minutes, seconds = '0', fraction = '0', half = '', zone] = match
  let hour = Number(hours)
  if (half !== '') {
    if (hour < 1 || hour > 12) return undefined
    hour = (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0)
  }
  const ms = Math.round(Number(`0.${fraction || '0'}`) * 1000)
  const clock = hour * HOUR + Number(minutes) * MINUTE + Number(seconds || '0') * SECOND + ms
  if (Number(minutes) > 59 || Number(seconds || '0') > 59 || clock > DAY) return undefined
  return { clock, offset: zone === undefined ? undefined : offsetOf(zone) }
}

function offsetOf(zone: string): number {
  if (/^[zug]/i.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const size = Number(digits.slice(0, 2)) * HOUR + Number(digits.slice(2)) * MINUTE
  return zone.startsWith('-') ? -size : size
}

/** `2024年5月`. */
const EAST_ASIAN = /^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日일])?$/u

type YearMonthDay = readonly [year: number, month: number, day: number]

/** `2024M05`, `2024-M05`, `M05 2024`, as statistical offices write months. */
const MONTH_NUMBER = /^(?:(\d{4})[-/. ]?M(\d{1,2})|M(\d{1,2})[-/. ]?(\d{4}))$/i

function dateOf(text: string, order: DateOrder): YearMonthDay | undefined {
  const asian = EAST_ASIAN.exec(text)
  if (asian !== null) return [Number(asian[1]), Number(asian[2]), asian[3] === undefined ? 0 : Number(asian[3]) || -1]
  const [, year, month, first, last] = MONTH_NUMBER.exec(text) ?? []
  if (year !== undefined || last !== undefined) return [Number(year ?? last), Number(month ?? first), 0]
  return /\p{L}/u.test(text) ? namedDate(text) : numericDate(text, order)
}

/** `May-24`, `MAY24`, `May 2024`, `2024-May`, `6 May 2024`, `May 6, 2024`. `24-May` may be a day without a year: it is none of them. */
function namedDate(text: string): YearMonthDay | undefined {
  const spaced = text.replace(/^(\p{L}{3,})(\d\d|\d{4})$/u, '$1 $2')
  const parts = spaced.split(/[\s\-/.,'’]+/).filter((part) => part !== '' && !/^(de|of|den|st|nd|rd|th)$/i.test(part))
  const at = parts.findIndex((part) => monthOfWord.has(unaccented(part)))
  if (at < 0) return undefined
  const month = monthOfWord.get(unaccented(parts[at])) ?? 0
  const numbers = parts.filter((_, index) => index !== at).map((part) => part.replace(/(st|nd|rd|th)$/i, ''))
  if (!numbers.every((part) => /^\d{1,4}$/.test(part))) return undefined
  if (numbers.length === 1) {
    const [year] = numbers
    return year.length === 4 || (at === 0 && year.length === 2) ? [fullYear(year), month, 0] : undefined
  }
  if (numbers.length !== 2) return undefined
  const [first, second] = numbers
  if (first.length === 4 && at === 1) return [Number(first), month, Number(second) || -1]
  return at < 2 && first.length <= 2 ? [fullYear(second), month, Number(first) || -1] : undefined
}

/** A day as spreadsheets count it, from 2000 to 2063; `52024` may be May 2024, and is none. */
const SERIAL = /^(?!\d(?:19|20)\d\d$)(?:3[7-9]|4\d|5\d)\d{3}(?:\.0+)?$/
const SERIAL_OF_1970 = 25_569

function numericDate(text: string, order: DateOrder): YearMonthDay | undefined {
  if (SERIAL.test(text)) {
    const { year, month, day } = dateOfDay(Math.floor(Number(text)) - SERIAL_OF_1970)
    return [year, month, day]
  }
  const compact = /^(\d{4})(\d\d)(\d\d)?$/.exec(text)
  if (compact !== null) {
    const [, year, month, day] = compact
    if (day === undefined && (Number(month) > 12 || Number(year) < 1970 || Number(year) > 2199))
      return [Number(text.slice(2)), Number(text.slice(0, 2)), 0]
    return [Number(year), Number(month), day === undefined ? 0 : Number(day) || -1]
  }
  const iso = /^(\d{4})[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?$/.exec(text)
  if (iso !== null) return [Number(iso[1]), Number(iso[2]), iso[3] === undefined ? 0 : Number(iso[3]) || -1]
  const monthOfYear = /^(\d{1,2})[-/. ](\d{4})$/.exec(text)
  if (monthOfYear !== null) return [Number(monthOfYear[2]), Number(monthOfYear[1]), 0]
  const short = /^(\d{1,2})[-/.'](\d\d)$/.exec(text)
  if (short !== null) {
    const [, first, second] = short
    return order === 'ymd' ? [fullYear(first), Number(second), 0] : [fullYear(second), Number(first), 0]
  }
  const full = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d\d)$/.exec(text)
  if (full === null) return undefined
  const [, first, second, third] = full
  if (order === 'ymd') return third.length === 4 ? undefined : [fullYear(first), Number(second), Number(third) || -1]
  const [day, month] = order === 'dmy' ? [first, second] : [second, first]
  return [fullYear(third), Number(month), Number(day) || -1]
}

/** Milliseconds since the epoch, in this UTC offset where the text has none; undefined for a month without a day. */
export function instantOfCivil({ year, month, day, clock, offset }: CivilText, zone: CivilZone): number | undefined {
  if (day === 0) return undefined
  const civil = dayOfDate(year, month, day) * DAY + clock
  const ahead = offset ?? offsetIn(zone, civil)
  return ahead === undefined ? undefined : civil - ahead
}

/**
 * Year x 12 + month - 1. An instant with an offset that begins a month of UTC or of the civil time is in that month, because
 * other systems write periods of bills by their beginning; so is one in the last second of such a month, and any other in its civil one.
 */
export function monthOfCivil(civil: CivilText, utcOffset: number): number {
  const { year, month, day, offset } = civil
  const named = year * 12 + month - 1
  if (offset === undefined || day === 0) return named
  const instant = instantOfCivil(civil, 0) ?? 0
  const ofUtc = new Array(3).fill(0).map((_, index) => named + index - 1)
  const begun = ofUtc.find((each) => startOfMonth(each, 0) === instant || startOfMonth(each, utcOffset) === instant)
  if (begun !== undefined) return begun
  // Or by their last second.
  const isEnd = (end: number): boolean => instant < end && instant >= end - SECOND
  const after = ofUtc.find((each) => isEnd(startOfMonth(each, 0)) || isEnd(startOfMonth(each, utcOffset)))
  if (after !== undefined) return after - 1
  return ofUtc.findLast((each) => startOfMonth(each, utcOffset) <= instant) ?? named
}

const orders: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']

/** Whether a text names a month by some order of its numbers, or a month of no year. */
export const mayBeMonth = (text: string): boolean =>
  text.length <= 60 &&
  (orders.some((order) => civilText(text, order) !== undefined) ||
    monthOfWord.has(unaccented(text.trim().replace(/\.$/, ''))))
