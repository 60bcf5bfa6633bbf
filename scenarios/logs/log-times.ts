/** Times and numbers as logs write them, read into whole milliseconds and exact decimals. */
import { dayOfDate, daysInMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { DAY, HOUR, MINUTE } from '#base/time.ts'
import { amountText, atScale, type DecimalSign, decimalOf } from './amount-text.ts'
import { type CivilZone, offsetIn } from './civil-zone.ts'
import { civilText, type DateOrder, instantOfCivil } from './date-text.ts'

export const timeUnits = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, min: MINUTE, h: HOUR, d: DAY } as const
export type TimeUnit = keyof typeof timeUnits

export interface TimeReading {
  /** Undefined: by the number of digits, see `unitOfEpoch`. */
  readonly unit: TimeUnit | undefined
  /** The instant of 0, ms since the epoch. */
  readonly origin: number
  /** Of times without an offset. */
  readonly zone: CivilZone
  /** How numbers are written; undefined: with a point and without separators, as programs write them. */
  readonly decimal: DecimalSign | undefined
  /** The order of dates in numbers; undefined: dates that are the same in each order are read. */
  readonly dates?: DateOrder | undefined
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/

/** Digits that mean the same with either sign. */
const DIGITS = /^[+-]?\d+$/

/** A number as programs write it: `1234.5` of `1.234,5`. */
function plainNumber(text: string, asked: DecimalSign | undefined): string {
  // Who groups thousands by apostrophes writes a decimal point where nothing else was found.
  const sign = asked ?? (APOSTROPHE.test(text) ? 'point' : undefined)
  if (sign === undefined || DIGITS.test(text) || text.length > 40) return text
  const parts = amountText(text)
  const found = parts === undefined ? undefined : decimalOf(parts, sign)
  if (found === undefined) return NO_NUMBER
  return decimalText(atScale(found, Math.max(0, found.decimals), 'truncate'), Math.max(0, found.decimals))
}

const NO_NUMBER = '?'
const APOSTROPHE = /['’]/

/** A number as text with a point; undefined for text that is none. */
export function numberOf(text: string, sign: DecimalSign | undefined): number | undefined {
  const plain = plainNumber(text, sign)
  if (NUMBER.test(plain)) return Number(plain)
  return HARD_SPACE.test(text) ? numberOf(withPlainSpaces(text), sign) : undefined
}

/** Spaces that do not break, as pages and spreadsheets have them. */
const HARD_SPACE = /[\u00a0\u2007\u2009\u202f]/
const withPlainSpaces = (text: string): string => text.replace(new RegExp(HARD_SPACE, 'g'), ' ').trim()

/** Seconds, milliseconds, microseconds and nanoseconds since the epoch have 10, 13, 16 and 19 digits until the year 2286. */
export function unitOfEpoch(value: number): TimeUnit | undefined {
  const size = Math.abs(value)
  if (size >= 1e17) return 'ns'
  if (size >= 1e14) return 'us'
  if (size >= 1e11) return 'ms'
  return size >= 1e8 ? 's' : undefined
}

const CIVIL =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?$/i

/** Milliseconds since the epoch of `2024-01-31 09:00:00`, with or without an offset; undefined for text that is no time. */
export function civilInstant(text: string, inZone: CivilZone): number | undefined {
  const match = CIVIL.exec(text)
  if (match === null) return undefined
  const [, y, mo, d, h = '0', mi = '0', s = '0', fraction = '0', zone] = match
  const [year, month, day, hour, minute, second] = [y, mo, d, h, mi, s].map(Number)
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined
  const milliseconds = Math.round(Number(`0.${fraction}`) * 1000)
  const civil = dayOfDate(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1000 + milliseconds
  const offset = zone === undefined ? offsetIn(inZone, civil) : offsetOf(zone)
  return offset === undefined ? undefined : civil - offset
}

/** Milliseconds of `Z`, `+08:00`, `+0800` or `+08`. */
function offsetOf(zone: string): number {
  if (/^[zug]/i.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const size = Number(digits.slice(0, 2)) * HOUR + Number(digits.slice(2)) * MINUTE
  return zone.startsWith('-') ? -size : size
}

/** Whole milliseconds since the epoch, halves up; undefined for text that is neither a number nor a time. */
export function instantOf(text: string, reading: TimeReading): number | undefined {
  const value = numberOf(text, reading.decimal)
  if (value === undefined) return civilInstant(text, reading.zone) ?? otherInstant(text, reading)
  return reading.origin + Math.round(value * timeUnits[reading.unit ?? unitOfEpoch(value) ?? 's'])
}

const orders: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']

/** A time as people write it, `3/1/2024 1:00 PM` or `1 May 2024`, where it has one meaning. */
function otherInstant(text: string, { zone, dates }: TimeReading): number | undefined {
  if (text.length > 60) return undefined
  const found = new Set<number>()
  for (const order of dates === undefined ? orders : [dates]) {
    const civil = civilText(text, order)
    const instant = civil === undefined ? undefined : instantOfCivil(civil, zone)
    if (instant !== undefined) found.add(instant)
  }
  return found.size === 1 ? [...found][0] : undefined
}

/** Whether a time is written so that each program reads the same. */
export const isPlainTime = (text: string): boolean => NUMBER.test(text) || CIVIL.test(text)

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?$/

/** How a time is written: `written` are those that not each program reads the same. */
export function kindOfTime(text: string): 'numbers' | 'universal' | 'local' | 'written' {
  if (ISO.test(text)) return text.endsWith('Z') ? 'universal' : 'local'
  return NUMBER.test(text) ? 'numbers' : 'written'
}

const CLOCK_SPAN = /^(?:(\d{1,6})(?:-|\s*d(?:ays?)?,?\s+))?(\d{1,9}):([0-5]\d):([0-5]\d)(?:[.,](\d{1,9}))?$/i
const ISO_SPAN =
  /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d{1,9}))?S)?)?$/i

/** `26:03:04.5`, `1-02:03:04` and `P1DT2H3M4.5S` as billionths of a ms; undefined for text that is no span of time. */
export function spanOf(text: string): bigint | undefined {
  const clock = CLOCK_SPAN.exec(text)
  const iso = clock === null && /\d/.test(text) ? ISO_SPAN.exec(text) : null
  if (clock === null && iso === null) return undefined
  const parts = clock === null ? (iso ?? []).slice(1) : ['0', ...clock.slice(1)]
  const [weeks, days, hours, minutes, seconds, fraction] = parts.map((part) => part ?? '0')
  const whole =
    ((Number(weeks) * 7 + Number(days)) * 24 + Number(hours)) * 3600 + Number(minutes) * 60 + Number(seconds)
  return (BigInt(whole) * BILLION + BigInt(fraction.padEnd(9, '0'))) * 1000n
}

const WHOLE = /^\d{1,15}$/
const BILLION = 1_000_000_000n

/** A decimal as whole 1e-9, cut off beyond; undefined for text that is none. */
export const billionths = (text: string, sign: DecimalSign | undefined): bigint | undefined => scaled(text, sign, 9)

/** A number of a unit of time as billionths of a ms: exact to the femtosecond. */
export function exactMs(text: string, unit: TimeUnit, sign: DecimalSign | undefined): bigint | undefined {
  const value = billionths(text, sign)
  return value === undefined ? undefined : (value * BigInt(Math.round(timeUnits[unit] * 1e6))) / 1_000_000n
}

/** A decimal as whole 10^-scale, cut off beyond; undefined for text that is none. */
export function scaled(text: string, decimal: DecimalSign | undefined, scale: number): bigint | undefined {
  // Nearly every number of a log is a short whole one.
  if (scale === 9 && WHOLE.test(text)) return BigInt(text) * BILLION
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(plainNumber(text, decimal))
  if (match === null) return HARD_SPACE.test(text) ? scaled(withPlainSpaces(text), decimal, scale) : undefined
  const [, sign, whole, fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const shift = scale - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return sign === '-' ? -value : value
}

/** A sum that stays exact: safe whole numbers are gathered first, everything else is added as bigint. */
export class ExactSum {
  #safe = 0
  #large = 0n

  add(value: number): void {
    const sum = this.#safe + value
    if (Number.isSafeInteger(sum)) this.#safe = sum
    else {
      this.#large += BigInt(this.#safe)
      this.#safe = value
    }
  }

  addLarge(value: bigint): void {
    this.#large += value
  }

  get total(): bigint {
    return this.#large + BigInt(this.#safe)
  }
}
