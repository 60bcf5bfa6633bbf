/** What a file's rows have in common (`Convention`), and reading amounts and times by it. */
import { BillingError } from '#base/billing-error.ts'
import { dateOfDay, formatMonth, monthOf, parseInstant, startOfMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { InputError } from '#base/input-error.ts'
import { shown } from '#base/shown.ts'
import { DAY } from '#base/time.ts'
import {
  type AmountText,
  amountText,
  atScale,
  type Decimal,
  type DecimalSign,
  decimalOf,
  mayMean,
} from './amount-text.ts'
import { type CivilZone, standardOf } from './civil-zone.ts'
import { type Choice, Convention } from './convention.ts'
import { type CivilText, civilText, type DateOrder, instantOfCivil, monthOfCivil } from './date-text.ts'
import { timeUnits, unitOfEpoch } from './log-times.ts'

export type Excess = 'truncate' | 'half-up'

export const decimalSigns: Choice<DecimalSign> = {
  answers: ['point', 'comma'],
  option: 'decimal',
  words: { point: 'a decimal point', comma: 'a decimal comma' },
}
export const dateOrders: Choice<DateOrder> = {
  answers: ['dmy', 'mdy', 'ymd'],
  option: 'dates',
  words: { dmy: 'the day first', mdy: 'the month first', ymd: 'the year first' },
}
export const excesses: Choice<Excess> = {
  answers: ['truncate', 'half-up'],
  option: 'excess-decimals',
  words: { truncate: 'further decimals cut off', 'half-up': 'further decimals rounded' },
}

/** What an option decides; undefined: the file. */
export interface AskedConventions {
  readonly decimal?: DecimalSign | undefined
  readonly dates?: DateOrder | undefined
  readonly excess?: Excess | undefined
  /** Of times that have no UTC offset. */
  readonly timeZone?: CivilZone | undefined
}

/** An amount that reads the same by every convention, as programs write it. */
const PLAIN = /^-?\d{1,15}(?:\.\d{1,8})?$/
/** A point that may separate thousands. */
const MAY_BE_GROUPS = /^-?[1-9]\d{0,2}\.\d{3}$/
/** Two days with a dash or a word between them. */
const PERIOD =
  /^(\d[\d./-]{5,9}?|[\d\p{L}., ]{8,22}?)(?:\s*[\u2013\u2014]\s*|\s+-\s+|\s+(?:to|bis|au|al|a|until)\s+|\/(?=\d{4}-)|\.\.(?=\d))(\d[\d./-]{5,9}|[\d\p{L}., ]{8,22})$/u
/** An hour by its beginning and end. */
const HOUR_TEXT =
  /^(.{6,24}?[ T](\d{1,2}):(\d\d))(-|\s*[\u2013\u2014]\s*|\s+-\s+|\s+(?:to|bis|a|au|until)\s+)(\d\d?):(\d\d)$/u
/** A spreadsheet guards text that begins as a formula does by an apostrophe. */
const GUARDED = /^'(?=[-+=@])/

export class Conventions {
  readonly decimal: Convention<DecimalSign>
  readonly dates: Convention<DateOrder>
  readonly excess: Convention<Excess>
  /** Times without an offset in an hour that clocks show twice; the first is meant. */
  twice = 0
  readonly #timeZone: CivilZone | undefined
  /** What two clocks with a dash are in this file. */
  #spans: 'hours' | 'offsets' | undefined

  constructor(asked: AskedConventions = {}) {
    this.decimal = new Convention(decimalSigns, asked.decimal)
    this.dates = new Convention(dateOrders, asked.dates)
    this.excess = new Convention(excesses, asked.excess)
    this.#timeZone = asked.timeZone
  }

  /** After the last row: whether the file has to be read again. Throws InputError for a row that has several readings. */
  settle(file: string): boolean {
    const again = [this.decimal, this.dates, this.excess].map((each) => each.settle(file))
    return again.includes(true)
  }

  /**
   * An amount as a whole number of 10^-`decimals`, of at most `decimals` decimals. `currency` is the one that it has to be in.
   * Throws BillingError.
   */
  amount(text: string, line: number, decimals: number, currency?: string): bigint {
    if (PLAIN.test(text) && !MAY_BE_GROUPS.test(text)) {
      const dot = text.indexOf('.')
      if (dot < 0) return BigInt(text) * 10n ** BigInt(decimals)
      this.decimal.exclude('comma', line, text)
      const fraction = text.length - dot - 1
      if (fraction <= decimals)
        return BigInt(text.slice(0, dot) + text.slice(dot + 1)) * 10n ** BigInt(decimals - fraction)
    }
    const where = `line ${line}`
    const bare = text.replace(GUARDED, '')
    const parts = bare.length > 100 ? undefined : amountText(bare)
    if (parts === undefined) throw noAmount(where, text)
    if (currency !== undefined && parts.currency !== '' && !mayMean(parts.currency, currency))
      throw new BillingError(where, `${shown(text)} is in another currency than ${currency}`, 'convert it')
    return this.#atScale(parts, bare, line, decimals)
  }

  #atScale(parts: AmountText, text: string, line: number, decimals: number): bigint {
    const byBoth = (sign: DecimalSign): Decimal | undefined => decimalOf(parts, sign)
    // Signs are compared by all digits, so that what is beyond the last decimal is another question.
    const scale = Math.max(decimals, ...(['point', 'comma'] as const).map((sign) => byBoth(sign)?.decimals ?? 0))
    const exact = this.decimal.weigh(
      line,
      text,
      (sign) => {
        const found = byBoth(sign)
        return found === undefined ? undefined : atScale(found, scale, 'truncate')
      },
      (value) => decimalText(value, scale),
    )
    if (exact === undefined) throw noAmount(`line ${line}`, text)
    if (scale === decimals) return exact
    const found: Decimal = { digits: exact, decimals: scale }
    const rounded = this.excess.weigh(
      line,
      text,
      (how) => atScale(found, decimals, how),
      (value) => decimalText(value, decimals),
    )
    return rounded ?? 0n
  }

  /** Year x 12 + month - 1. Throws BillingError. */
  month(text: string, line: number, utcOffset: number): number {
    const month = this.#civil(text, line, (civil) => monthOfCivil(civil, utcOffset), formatMonth)
    if (month !== undefined) return month
    const [, first, last] = PERIOD.exec(text) ?? []
    if (first !== undefined) return this.#monthOfPeriod(text, first, last, line)
    throw new BillingError(`line ${line}`, `${shown(text)} is not a month`, 'write one such as 2024-03')
  }

  /** `01.05.2024 - 31.05.2024`: from the first day of a month to its last, or to the first of the next. */
  #monthOfPeriod(text: string, first: string, last: string, line: number): number {
    const whole = (day: string) =>
      this.#civil(
        day,
        line,
        (civil) => instantOfCivil(civil, 0),
        (value) => dayText(value),
      )
    const [from, until] = [whole(first), whole(last)]
    if (from !== undefined && until !== undefined) {
      const month = monthOf(from, 0)
      const next = startOfMonth(month + 1, 0)
      if (startOfMonth(month, 0) === from && (until === next || until === next - DAY)) return month
    }
    throw new BillingError(`line ${line}`, `${shown(text)} is not one whole month`, 'write one such as 2024-03')
  }

  /** Milliseconds since the epoch. Throws BillingError; InputError for a time that needs --time-zone. */
  instant(text: string, line: number): number {
    if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) return parseInstant(text, `line ${line}`)
    const hour = HOUR_TEXT.exec(text)
    if (hour !== null) return this.#beginningOf(text, hour, line)
    return this.#instantOf(text, line)
  }

  #instantOf(text: string, line: number): number {
    const ofEpoch = epochInstant(text)
    if (ofEpoch !== undefined) return ofEpoch
    let isLocal = false
    const instant = this.#civil(
      text,
      line,
      (civil) => {
        isLocal ||= civil.offset === undefined && civil.day > 0
        return instantOfCivil(civil, this.#timeZone ?? 0)
      },
      (value) => dayText(value + standardOf(this.#timeZone ?? 0)),
    )
    if (instant === undefined) return parseInstant(text, `line ${line}`)
    if (isLocal && this.#timeZone === undefined)
      throw new InputError(
        `${shown(text)} has no UTC offset, and with each it is another time`,
        'add --time-zone +08:00, or the offset or place that the file means',
        `line ${line}`,
      )
    const zone = this.#timeZone
    if (isLocal && typeof zone === 'object' && zone.isTwice(instant)) this.twice++
    return instant
  }

  /** `2024-05-06 08:00 - 09:00` is the hour from 08:00; without spaces it may be a time of the offset -09:00 as well. */
  #beginningOf(text: string, [, from, hour, minute, sign, end, endMinute]: readonly string[], line: number): number {
    const isHour = (Number(hour) + 1) % 24 === Number(end) % 24 && minute === endMinute
    const how =
      sign !== '-' ? 'hours' : isHour && this.#timeZone !== undefined ? 'hours' : isHour ? undefined : 'offsets'
    if (how === undefined)
      throw new InputError(
        `${shown(text)} is the hour from ${hour}:${minute} to ${end}:${endMinute}, or a time of the offset -${end}:${endMinute}`,
        'add --time-zone +08:00, the offset or place of such hours, or write offsets after 2024-05-06T08:00',
        `line ${line}`,
      )
    this.#spans ??= how
    if (this.#spans !== how)
      throw new InputError(
        `${shown(text)} and other rows are hours, or times with an offset, and not all can be one of both`,
        'write all times in one way',
        `line ${line}`,
      )
    if (how === 'offsets') return this.#instantOf(text, line)
    if (!isHour) throw new BillingError(`line ${line}`, `${shown(text)} is not one hour`, 'write its beginning')
    return this.#instantOf(from, line)
  }

  /** Weighs the order of a date, and answers whether the text is one. Its time zone is another question. */
  date(text: string, line: number): boolean {
    const instant = this.#civil(text, line, (civil) => instantOfCivil(civil, 0), dayText)
    return instant !== undefined
  }

  #civil(
    text: string,
    line: number,
    meaning: (civil: CivilText) => number | undefined,
    inWords: (value: number) => string,
  ): number | undefined {
    if (text.length > 60) return undefined
    return this.dates.weigh(
      line,
      text,
      (order) => {
        const civil = civilText(text, order)
        return civil === undefined ? undefined : meaning(civil)
      },
      inWords,
    )
  }
}

/** Numbers of 9 digits and more count from the epoch; those that may be a date without its signs are none. */
function epochInstant(text: string): number | undefined {
  if (!/^\d{9,19}$/.test(text) || /^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])/.test(text)) return undefined
  const value = Number(text)
  const unit = unitOfEpoch(value)
  return unit === undefined ? undefined : Math.round(value * timeUnits[unit])
}

function dayText(civilMs: number): string {
  const { year, month, day } = dateOfDay(Math.floor(civilMs / DAY))
  return `${formatMonth(year * 12 + month - 1)}-${String(day).padStart(2, '0')}`
}

const noAmount = (where: string, text: string): BillingError =>
  text === ''
    ? new BillingError(where, 'no amount', 'write one; 0 where nothing is charged')
    : new BillingError(where, `${shown(text)} is not an amount`, 'write one such as 1234.50')
