/** Durations, instants, rates, times of day and offsets as people write them, read as a scenario takes them. */
import { dateOfDay, dayOf, dayOfDate, daysInMonth, formatInstant, formatOffset } from '#base/civil-time.ts'
import { DAY, HOUR, MINUTE, WEEK } from '#base/time.ts'
import { LONGEST_MS, parseDuration, parseInstant, parseRate } from '../time-text.ts'
import { plainText, writtenNumber } from './decimals.ts'

const YEAR_DAYS = 365
const MONTH_DAYS = 30

/** Milliseconds by the words of a unit; null where the unit is none. */
function unitMs(word: string): number | null {
  const unit = word.toLowerCase().replace(/\.$/, '')
  if (/^(ms|msecs?|milliseconds?)$/.test(unit)) return 1
  if (/^(s|secs?|seconds?)$/.test(unit)) return 1_000
  if (/^(m|mins?|minutes?)$/.test(unit)) return MINUTE
  if (/^(h|hrs?|hours?)$/.test(unit)) return HOUR
  if (/^(d|days?)$/.test(unit)) return DAY
  if (/^(w|wks?|weeks?)$/.test(unit)) return WEEK
  if (/^fortnights?$/.test(unit)) return 2 * WEEK
  if (/^(mo|mths?|mons?|months?)$/.test(unit)) return MONTH_DAYS * DAY
  if (/^quarters?$/.test(unit)) return 3 * MONTH_DAYS * DAY
  return /^(y|yrs?|years?|a)$/.test(unit) ? YEAR_DAYS * DAY : null
}

/** Milliseconds as a scenario writes them, in the largest whole units: `59d`, `1h30min`. */
export function durationText(totalMs: number): string {
  if (totalMs === 0) return '0s'
  let left = totalMs
  let text = ''
  for (const [unit, ms] of [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
    ['s', 1_000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(left / ms)
    if (count > 0) text += `${count}${unit}`
    left -= count * ms
  }
  return text
}

/** Milliseconds of a duration in other words: `10 hours`, `1.5h`, `PT6H`, `1:30`, `2 months` of 30 days each. */
function lengthMs(text: string): number | null {
  const iso =
    /^P(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/i
  const match = iso.exec(text)
  if (match && text.length > 1) {
    const sizes = [YEAR_DAYS * DAY, MONTH_DAYS * DAY, WEEK, DAY, HOUR, MINUTE, 1_000]
    return Math.round(sizes.reduce((sum, size, index) => sum + Number(match[index + 1] ?? 0) * size, 0))
  }
  const clock = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
  if (clock) return Number(clock[1]) * HOUR + Number(clock[2]) * MINUTE + Number(clock[3] ?? 0) * 1_000
  if (/^(instant|immediate|immediately|none|now)$/i.test(text)) return 0
  const spelt = text.replace(/\b(an?|half an?)\b/gi, (word) => (/half/i.test(word) ? '0.5' : '1'))
  const parts = [...spelt.replace(/\band\b|&/gi, ' ').matchAll(/([\d.,]+|[a-z]+(?=\s+[a-z]))\s*-?\s*([a-z]+\.?)/gi)]
  if (parts.length === 0) return null
  const rest = parts.reduce((left, [part]) => left.replace(part, ''), spelt.replace(/\band\b|&/gi, ' '))
  if (/[^\s,;+]/.test(rest)) return null
  let total = 0
  for (const [, count, unit] of parts) {
    const number = writtenNumber(count)
    const size = unitMs(unit)
    if (number === null || size === null || number.after !== '') return null
    total += Number(number.text) * size
  }
  return Math.round(total)
}

export interface Meant {
  /** What to write. */
  readonly text: string
  /** What is wrong with what is written, if there are words for it. */
  readonly what?: string
  /** A remark after "write …". */
  readonly note?: string
}

/** Adds whole months to an instant, in UTC; a day that the month lacks is its last. */
function monthsLater(instant: number, months: number): number {
  const today = dayOf(instant, 0)
  const { year, month, day } = dateOfDay(today)
  const index = year * 12 + month - 1 + months
  const [then, of] = [Math.floor(index / 12), (index % 12) + 1]
  return instant + (dayOfDate(then, of, Math.min(day, daysInMonth(then, of))) - today) * DAY
}

/** The duration that was meant. `start`: the run's, from which whole months and years of the run are counted. */
export function durationMeant(value: unknown, start?: number): Meant | null {
  if (typeof value === 'number')
    return value >= 0 && Number.isInteger(value)
      ? {
          text: `${value}h`,
          what: `the number ${value} without a unit`,
          note: `if it is hours; ${value}min, ${value}d and ${value}w are other units`,
        }
      : value >= 0
        ? {
            text: durationText(Math.round(value * HOUR)),
            what: `the number ${value} without a unit`,
            note: 'if it is hours',
          }
        : { text: `${Math.abs(Math.round(value))}h`, what: `a negative duration, ${value}`, note: 'if it is hours' }
  if (typeof value !== 'string') return null
  const plain = plainText(value)
  const negative = plain.startsWith('-')
  const text = plain.replace(/^[-+]\s*/, '')
  if (/^\d+([.,]\d+)?$/.test(text)) {
    const number = Number(text.replace(',', '.'))
    const meant = durationMeant(number)
    return meant && { ...meant, ...(negative ? { what: `a negative duration, "${value}"` } : {}) }
  }
  const months = /^(\d+)\s*(months?|years?)$/i.exec(text)
  if (months !== null && start !== undefined) {
    const count = Number(months[1]) * (/^y/i.test(months[2]) ? 12 : 1)
    if (count > 0 && count <= 1_200)
      return {
        text: `${Math.round((monthsLater(start, count) - start) / DAY)}d`,
        note: `which is ${months[1]} ${months[2].toLowerCase()} from the start; months have no fixed length`,
      }
  }
  const ms = lengthMs(text)
  if (ms === null || ms > LONGEST_MS) return null
  const short = durationText(ms)
  if (parseDuration(short) === null) return null
  const isMonths = /month|quarter|year|\bmo\b|\by\b/i.test(text) || /^P[\d.]+[YM]/i.test(text)
  return {
    text: short,
    ...(negative ? { what: `a negative duration, "${value}"` } : {}),
    ...(isMonths ? { note: 'counting 30 days a month and 365 days a year' } : {}),
  }
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** Year, month and day of a date in the usual orders; `d/m` is assumed where both readings are dates. */
function dateOf(text: string): { date: string; rest: string; note?: string } | null {
  const pad = (part: string | number) => String(part).padStart(2, '0')
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/.exec(text) ?? /^(\d{4})(\d\d)(\d\d)(?!\d)/.exec(text)
  if (iso) return { date: `${iso[1]}-${pad(iso[2])}-${pad(iso[3])}`, rest: text.slice(iso[0].length) }
  const numeric = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/.exec(text)
  if (numeric) {
    const [whole, a, , b, year] = numeric
    const swapped = Number(b) > 12
    const [day, month] = swapped ? [b, a] : [a, b]
    const ambiguous = Number(a) <= 12 && Number(b) <= 12 && a !== b
    return {
      date: `${year}-${pad(month)}-${pad(day)}`,
      rest: text.slice(whole.length),
      ...(ambiguous ? { note: 'if the day comes first' } : {}),
    }
  }
  const named =
    /^(\d{1,2})(?:st|nd|rd|th)?\.?[ -]([a-z]{3})[a-z]*\.?,?[ -](\d{4})/i.exec(text) ??
    /^([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/i.exec(text)
  if (!named) return null
  const [day, name] = /^\d/.test(named[1]) ? [named[1], named[2]] : [named[2], named[1]]
  const month = monthNames.indexOf(name.toLowerCase()) + 1
  return month === 0 ? null : { date: `${named[3]}-${pad(month)}-${pad(day)}`, rest: text.slice(named[0].length) }
}

/** A date that its month has: 30 February becomes the last day of February. */
function existing(date: string): { date: string; note?: string } | null {
  const [year, month, day] = date.split('-').map(Number)
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  const days = daysInMonth(year, month)
  if (day <= days) return { date }
  return { date: `${date.slice(0, 8)}${days}`, note: `${date.slice(0, 7)} has ${days} days` }
}

/** The offset that was meant: `+1`, `+0100`, `UTC+1`, `GMT`. Null where the text is none. */
export function offsetMeant(value: unknown): Meant | null {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) >= 100)
      return offsetMeant(`${value < 0 ? '-' : '+'}${String(Math.abs(value)).padStart(4, '0')}`)
    const hours = Number.isInteger(value) && Math.abs(value) <= 14 ? value : null
    return hours === null ? null : { text: `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00` }
  }
  if (typeof value !== 'string') return null
  const text = plainText(value)
    .toUpperCase()
    .replace(/^(UTC|GMT)\s*(?=[-+\d])/, '')
  if (/^(Z|UTC|GMT|ZULU)$/.test(text)) return { text: '+00:00' }
  const zones: Readonly<Record<string, string>> = {
    CET: '+01:00',
    CEST: '+02:00',
    CST: '+08:00',
    EST: '-05:00',
    JST: '+09:00',
  }
  if (Object.hasOwn(zones, text)) return { text: zones[text] }
  const match = /^([-+]?)(\d{1,2})(?::?([0-5]\d))?(?::\d\d)?$/.exec(text)
  if (!match || Number(match[2]) > 14) return null
  return { text: `${match[1] === '-' ? '-' : '+'}${match[2].padStart(2, '0')}:${match[3] ?? '00'}` }
}

/** The time of day that was meant: `8:00`, `8am`, `16`, `8.30`. */
export function clockMeant(value: unknown): Meant | null {
  const text = plainText(String(value)).toLowerCase()
  if (text === 'midnight') return { text: '24:00' }
  if (text === 'noon') return { text: '12:00' }
  const match = /^(\d{1,2})(?:[:.h](\d\d))?(?::\d\d)?\s*(am|pm|a\.m\.|p\.m\.|h|o'?clock)?$/.exec(text)
  if (!match) return null
  const half = match[3]?.[0]
  const hour = Number(match[1]) + (half === 'p' && match[1] !== '12' ? 12 : half === 'a' && match[1] === '12' ? -12 : 0)
  if (hour > 24 || Number(match[2] ?? 0) > 59 || (hour === 24 && Number(match[2] ?? 0) > 0)) return null
  return { text: `${String(hour).padStart(2, '0')}:${match[2] ?? '00'}` }
}

/** The instant that was meant, with the scenario's offset (milliseconds) where none is written. */
export function instantMeant(value: unknown, offsetMs: number): Meant | null {
  const text = plainText(String(value ?? ''))
  const theirsAlone = formatOffset(offsetMs)
  // Seconds or milliseconds since 1970, as programs write them.
  if (/^1\d{9}(\d{3})?$/.test(text)) return { text: formatInstant(Number(text.padEnd(13, '0')), offsetMs) }
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text)
  if (month !== null) return { text: `${text}-01T00:00:00${theirsAlone}`, note: "with the scenario's offset" }
  // The day before the month, in an order that no calendar has.
  const turned = text.replace(/^(\d{4})-(1[3-9]|2\d|3[01])-(0[1-9]|1[0-2])/, '$1-$3-$2')
  if (turned !== text) {
    const meant = instantMeant(turned, offsetMs)
    return { text: meant?.text ?? turned, note: 'if the day came before the month' }
  }
  const found = dateOf(text)
  if (found === null) return null
  const date = existing(found.date)
  if (date === null) return null
  const rest = found.rest.replace(/^[tT,]?\s*(at\s+)?/, '')
  const match = /^(\d{1,2}(?:[:.]\d\d)?(?::\d\d(?:\.\d{1,3}\d*)?)?(?:\s*[ap]\.?m\.?)?)?\s*(.*)$/i.exec(rest)
  const [, time = '', zone = ''] = match ?? []
  const seconds = /:(\d\d):(\d\d(?:\.\d{1,3})?)/.exec(time)?.[2]
  const clock = time === '' ? '00:00' : clockMeant(time.replace(/(:\d\d):\d\d(\.\d+)?/, '$1'))?.text
  if (clock === undefined) return null
  const own = zone.trim() === '' ? null : offsetMeant(zone.trim())?.text
  const theirs = formatOffset(offsetMs)
  const offset = own ?? theirs
  const isNextDay = clock === '24:00'
  const written = `${date.date}T${isNextDay ? '00:00' : clock}:${seconds !== undefined && Number(seconds) < 60 ? seconds : '00'}${offset}`
  const parsed = parseInstant(written)
  if (parsed === null) return null
  const lasting = isNextDay ? formatInstant(parsed + DAY, offsetOf(offset)) : written
  const missing = zone.trim() === ''
  const notes = [date.note, found.note, missing && own === null ? "with the scenario's offset" : undefined]
  const note = notes.filter((each) => each !== undefined).join('; ')
  return {
    text: lasting,
    ...(missing && date.note === undefined && /^\d{4}-/.test(text)
      ? { what: `an instant without an offset, ${text}` }
      : {}),
    ...(note === '' ? {} : { note }),
  }
}

/** Milliseconds of an offset such as `+08:00`. */
export const offsetOf = (text: string): number =>
  (text.startsWith('-') ? -1 : 1) * (Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))) * MINUTE

const periods: Readonly<Record<string, string>> = {
  hourly: '1/h',
  daily: '1/day',
  weekly: '1/week',
  monthly: '1/month',
  yearly: '1/year',
  never: '0/day',
}

/** At most nine decimals, without trailing zeros. */
const rounded = (value: number): string => value.toFixed(9).replace(/\.?0+$/, '')

/** The rate that was meant: `4 per week`, `4/wk`, `1/2h`, `4/month`. */
export function rateMeant(value: unknown): Meant | null {
  if (typeof value === 'number')
    return {
      text: `${rounded(Math.abs(value))}/day`,
      what: value < 0 ? `a negative rate, ${value}` : `the number ${value} without a unit`,
      note: 'if it is by the day; /h and /week are other units',
    }
  if (typeof value !== 'string') return null
  const plain = plainText(value)
  const text = Object.hasOwn(periods, plain.toLowerCase()) ? periods[plain.toLowerCase()] : plain
  const match =
    /^([^/]*?\d[\d.,]*|[a-z]+)\s*(?:x|times)?\s*(?:\/|per\b|an?\b|each\b|every\b|p\.)\s*([\d.,]+)?\s*([a-z]+)\.?$/i.exec(
      text,
    )
  if (!match) {
    const number = writtenNumber(text)
    return number !== null && number.after === '' ? rateMeant(Number(number.text)) : null
  }
  const number = writtenNumber(match[1] === 'once' ? '1' : match[1] === 'twice' ? '2' : match[1])
  const size = unitMs(match[3])
  const per = match[2] === undefined ? 1 : Number(match[2].replace(',', '.'))
  if (number === null || number.after !== '' || size === null || !(per > 0)) return null
  const unit = [
    ['h', HOUR],
    ['min', MINUTE],
    ['s', 1_000],
    ['day', DAY],
    ['week', WEEK],
  ].find(([, ms]) => ms === size)
  const calendar = unit === undefined
  const [name, ms] = (unit ?? ['day', DAY]) as [string, number]
  const written = `${rounded((Number(number.text) / per) * (ms / size))}/${name}`
  if (parseRate(written) === null) return null
  return {
    text: written,
    ...(number.negative ? { what: `a negative rate, "${value}"` } : {}),
    ...(calendar && size !== 2 * WEEK ? { note: 'counting 30 days a month and 365 days a year' } : {}),
  }
}
