/** What to write in place of a value that the schema refuses, in the words of the person who wrote it. */
import type { z } from 'zod'
import { choiceMeant, flagMeant } from './choices.ts'
import { hundredth, plainText, type WrittenNumber, writtenNumber } from './decimals.ts'
import { mappingMeant, orderMeant, rangeMeant, timeMeant } from './shapes.ts'
import { comparisonMeant, currencyMeant, figureMeant, idMeant, memberMeant } from './texts.ts'
import { clockMeant, durationMeant, instantMeant, type Meant, offsetMeant, rateMeant } from './times.ts'

/** What of the scenario bears on a value: its start, and the offset of its civil time, both in milliseconds. */
export interface Surroundings {
  readonly start: number | undefined
  readonly offsetMs: number
  /** The last key of the value's path. */
  readonly key: string
  /** Whether the value is the duration of the run, whose months are counted from its start. */
  readonly ofRun: boolean
}

export interface Refused {
  readonly value: unknown
  /** What the schema expected. */
  readonly expected: string
  readonly issue: z.core.$ZodIssue
}

const negativeWhat = (what: string, { value }: Refused): string => `a negative ${what}, ${String(value)}`

/** A number of units, or what is left of text around it. */
function numeric(refused: Refused, what: string, decimals: number, most: number): Meant | null {
  const { value } = refused
  if (typeof value !== 'string' && typeof value !== 'number') return null
  if (/^(free|gratis|nothing|none|zero)$/i.test(String(value).trim())) return { text: '0' }
  const written = writtenNumber(value, true)
  if (written === null) return null
  const isCents = /^(ct|cts|cents?|¢|pence|p|øre|öre)\b|^¢/i.test(written.after)
  const number = isCents ? { ...written, text: hundredth(written.text) } : written
  const limited = decimalsOf(number, decimals)
  const text = Number(limited) > most ? String(most) : limited
  return {
    text,
    ...(number.negative ? { what: negativeWhat(what, refused) } : {}),
    ...(commaMayBePoint.test(String(value))
      ? { note: `or ${String(value).trim().replace(',', '.')} if the comma is a decimal one` }
      : {}),
  }
}

/** A comma before three digits, which groups thousands for some and is the decimal sign for others. */
const commaMayBePoint = /^\s*[1-9]\d{0,2},\d{3}\s*$/

/** At most so many decimals, the rest cut off; no trailing zeros come from it. */
function decimalsOf({ text }: WrittenNumber, decimals: number): string {
  const [whole, fraction = ''] = text.split('.')
  return fraction.length <= decimals ? text : `${whole}.${fraction.slice(0, decimals)}`.replace(/\.?0+$/, '')
}

/** A probability from `5%`, `5`, `1/20`, `1 in 20`, `0,05` or words. */
function probabilityMeant(refused: Refused): Meant | null {
  const { value } = refused
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = plainText(String(value)).toLowerCase()
  if (['always', 'yes', 'true', 'certain'].includes(text)) return { text: '1' }
  if (['never', 'no', 'false', 'none', 'off'].includes(text)) return { text: '0' }
  const odds = /^(\d+)\s*(?:\/|in|of|out of|:)\s*(\d+)$/.exec(text)
  if (odds && Number(odds[2]) >= Number(odds[1]) && Number(odds[2]) > 0)
    return { text: String(Number((Number(odds[1]) / Number(odds[2])).toFixed(9))) }
  const number = writtenNumber(value)
  if (number === null) return null
  const negative = number.negative ? { what: negativeWhat('probability', refused) } : {}
  if (/^(%|percent|per cent|pct)$/.test(number.after))
    return Number(number.text) <= 100 ? { text: hundredth(number.text), ...negative } : { text: '1', ...negative }
  if (number.after !== '') return null
  if (Number(number.text) <= 1) return { text: number.text, ...negative }
  if (Number(number.text) <= 100)
    return {
      text: hundredth(number.text),
      what: `a probability above 1, ${String(value)}`,
      note: `if you mean ${number.text} %`,
    }
  return { text: '1', what: `a probability above 1, ${String(value)}` }
}

/** The numbers that a schema allows, where it says so. */
function boundsOf(issue: z.core.$ZodIssue): { least?: number; most?: number } {
  if (issue.code === 'too_small') return { least: Number(issue.minimum) + (issue.inclusive === false ? 1 : 0) }
  return issue.code === 'too_big' ? { most: Number(issue.maximum) } : {}
}

/** A count or another plain number: `"400"`, `1,000`, `30 servers`, `30.5`. */
function numberMeant(refused: Refused): Meant | null {
  const { value, expected, issue } = refused
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const written = writtenNumber(
    typeof value === 'string' ? value.replace(/^(~|≈|about|circa|ca\.?)\s*/i, '') : value,
    true,
  )
  if (written === null) return null
  const { least, most } = boundsOf(issue)
  const whole = /whole|number of servers/.test(expected) || least !== undefined
  const percent = /^(%|percent)$/.test(written.after)
  const size = percent && !whole ? hundredth(written.text) : written.text
  let number = Number(size)
  const isWhole = /whole/.test(expected)
  const negative = written.negative ? { what: `a negative number, ${String(value)}` } : {}
  if (isWhole && !Number.isInteger(number))
    return { text: String(Math.round(number) || 1), ...negative, note: 'a whole number' }
  if (least !== undefined && number < least) number = least
  if (most !== undefined && number > most) number = most
  if (
    typeof value === 'string' &&
    /\d$/.test(plainText(value)) &&
    !written.negative &&
    String(number) === plainText(value)
  )
    return { text: String(number), note: 'a number without quotes' }
  return { text: number === Number(size) ? size : String(number), ...negative }
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** One value, or a range of weekdays, as a list. */
function listMeant({ value }: Refused, { key }: Surroundings): Meant | null {
  if (key === 'days' && typeof value === 'string') {
    const text = value.toLowerCase()
    if (/week(ly)?\s?days?|work(ing)?\s?days?/.test(text)) return { text: '[mon, tue, wed, thu, fri]' }
    if (/all|every|daily|week/.test(text)) return { text: `[${weekdays.join(', ')}]` }
    const [from, to] = (/^([a-z]+)\s*(?:-|\.\.|to|through|\u2013)\s*([a-z]+)$/.exec(text) ?? []).slice(1)
    const [a, b] = [weekdays.indexOf(from?.slice(0, 3)), weekdays.indexOf(to?.slice(0, 3))]
    if (a >= 0 && b >= 0) {
      const days = Array.from({ length: ((b - a + 7) % 7) + 1 }, (_, index) => weekdays[(a + index) % 7])
      return { text: `[${days.join(', ')}]` }
    }
    const named = text.split(/[\s,;+&]+/).filter((word) => word !== '')
    const known = named.map((word) => weekdays.indexOf(word.slice(0, 3)))
    if (known.length > 0 && known.every((day) => day >= 0))
      return { text: `[${known.map((day) => weekdays[day]).join(', ')}]` }
  }
  if (typeof value === 'string' || typeof value === 'number') {
    const parts = String(value)
      .split(/[\s,;]+/)
      .filter((part) => part !== '')
    return parts.length > 0 && parts.length < 200 ? { text: `[${parts.join(', ')}]` } : null
  }
  return null
}

/** The values that an issue lists. */
export function choicesOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'invalid_union' && 'options' in issue ? ((issue.options as unknown[]) ?? []).map(String) : []
}

function choice({ value, issue }: Refused): Meant | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null
  const meant = choiceMeant(String(value), choicesOf(issue))
  return meant === undefined ? null : { text: meant }
}

/** P-05: the plan nearest to a number of months, also where it is written in years. */
function planMonthsMeant({ value }: Refused): Meant | null {
  const number = typeof value === 'string' || typeof value === 'number' ? writtenNumber(value) : null
  if (number === null) return null
  const months = Number(number.text) * (/^y/i.test(number.after) ? 12 : 1)
  const plans = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36]
  return {
    text: String(plans.reduce((best, each) => (Math.abs(each - months) < Math.abs(best - months) ? each : best))),
  }
}

const textMeant = (value: unknown, meant: string | null): Meant | null =>
  meant === null || meant === value ? null : { text: meant }

/** Text that YAML read as a number, as true or false, or as nothing. */
function quoted({ value }: Refused): Meant | null {
  return typeof value === 'number' || typeof value === 'boolean'
    ? { text: `"${String(value)}"`, note: 'in quotes' }
    : null
}

/** Words of what is expected where a list of one holds the value itself. */
const isScalarExpected = /^(a (text|seed|number|duration|price|probability|rate)|an (amount|id|instant))/

/** `day 3` as a duration from the start. */
const dayText = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^(day|week|hour)\s+(\d+)$/i, '$2 $1') : value

/** What was meant, by the words of what was expected; null where it cannot be guessed. */
export function valueMeant(refused: Refused, around: Surroundings): Meant | null {
  const { value, expected } = refused
  if (/^a figure/.test(expected)) {
    const figure = figureMeant(around.key)
    return figure === null ? null : { text: /[{=]/.test(figure) ? `"${figure}"` : figure }
  }
  if (/^a comparison/.test(expected) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { test, ...rest } = value as Record<string, unknown>
    const comparison = typeof test === 'string' || typeof test === 'number' ? comparisonMeant(test) : null
    const others = Object.entries(rest).map(([key, each]) => `, ${key}: ${String(each)}`)
    return comparison === null ? null : { text: `{ test: ${comparison}${others.join('')} }` }
  }
  const shape = mappingMeant(value, expected, around.key) ?? orderMeant(value, expected)
  if (shape !== null) return shape
  if (around.key === 'failure' || around.key === 'reject') {
    const inner =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>).probability : undefined
    if (typeof inner === 'number') return { text: String(inner) }
  }
  const range = /, or a distribution/.test(expected) ? rangeMeant(value, /^a number/.test(expected)) : null
  if (range !== null) return range
  if (Array.isArray(value) && value.length === 1 && ['string', 'number'].includes(typeof value[0]))
    return isScalarExpected.test(expected) ? { text: String(value[0]) } : null
  if (typeof value === 'object') return null
  if (
    /or null for the last band/.test(expected) &&
    /^(infinit|inf$|\.inf|unlimited|open|max|none)/i.test(String(value))
  )
    return { text: 'null' }
  if (
    /^a number of servers/.test(expected) &&
    /^(unlimited|infinit|inf$|-?\.inf|any|max|no ?limit|endless|∞)/i.test(String(value))
  )
    return { text: '100000', note: 'or another number that the use never reaches' }
  if (/^a duration/.test(expected)) return timeMeant(value, around.key, around.ofRun ? around.start : undefined)
  if (/^an instant/.test(expected))
    return (
      instantMeant(value, around.offsetMs) ?? (/or a duration/.test(expected) ? durationMeant(dayText(value)) : null)
    )
  if (/^a rate/.test(expected)) return rateMeant(value)
  if (/^an offset/.test(expected)) return offsetMeant(value)
  if (/^a time of day/.test(expected)) return clockMeant(value)
  if (/^a probability/.test(expected)) return probabilityMeant(refused)
  if (/^a percentage/.test(expected)) return numeric(refused, 'percentage', 8, /at most 100/.test(expected) ? 100 : 999)
  if (/^(an amount|a price) such/.test(expected)) {
    const decimals = Number(/at most (\d+) decimals/.exec(expected)?.[1] ?? 8)
    return numeric(refused, /^a price/.test(expected) ? 'price' : 'amount', decimals, 1e12)
  }
  if (/^1 to 9 months/.test(expected)) return planMonthsMeant(refused)
  if (/^true or false/.test(expected)) {
    const flag = flagMeant(value)
    return flag === undefined ? null : { text: String(flag) }
  }
  if (/^a comparison/.test(expected)) return textMeant(value, comparisonMeant(value))
  if (/^a currency/.test(expected)) return textMeant(value, currencyMeant(value))
  if (/^an id/.test(expected))
    return typeof value === 'number' || typeof value === 'boolean'
      ? quoted(refused)
      : textMeant(value, typeof value === 'string' ? idMeant(value) : null)
  if (/^segment\/number/.test(expected)) return textMeant(value, typeof value === 'string' ? memberMeant(value) : null)
  if (/^a text/.test(expected)) return quoted(refused)
  if (/^a list|^(bands|steps) such/.test(expected)) return listMeant(refused, around)
  if (choicesOf(refused.issue).length > 0) return choice(refused)
  if (/number|^at (least|most) |^(more|less) than /.test(expected)) return numberMeant(refused)
  return null
}
