/** Times as a scenario writes them: durations, instants, rates, working hours, read into whole milliseconds (T-01). */
import { z } from 'zod'
import { DAY, HOUR, MINUTE } from '#base/time.ts'

const milliseconds = { ms: 1, s: 1_000, min: MINUTE, h: HOUR, d: DAY, w: 604_800_000 } as const
const durationPattern = /^(\d+(ms|s|min|h|d|w))+$/

/**
 * The longest duration, 10,000 years of 365.25 days: whoever means "forever" may write it, and an instant with some of
 * them added is still a whole number of milliseconds. A duration that is drawn longer lasts as long.
 */
export const LONGEST_MS = 3_652_500 * milliseconds.d

/** The last instant that can be written, in any offset. */
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')

/** Milliseconds of a duration such as `90d`, `6h`, `15min` or `1h30min`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  if (!durationPattern.test(text)) return null
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|min|h|d|w)/g))
    total += Number(count) * milliseconds[unit as keyof typeof milliseconds]
  return total <= LONGEST_MS ? total : null
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds since the epoch of an instant with its offset; null for text that names none, as 30 February. */
export function parseInstant(text: string): number | null {
  if (!instantPattern.test(text)) return null
  const instant = Date.parse(text)
  // Date.parse rolls 30 February over into March; the date alone, read back, shows it.
  const date = text.slice(0, 10)
  const day = Date.parse(`${date}T00:00:00Z`)
  if (!Number.isSafeInteger(instant) || !Number.isSafeInteger(day)) return null
  return new Date(day).toISOString().slice(0, 10) === date ? instant : null
}

const rateUnits: Readonly<Record<string, keyof typeof milliseconds>> = {
  s: 's',
  second: 's',
  min: 'min',
  minute: 'min',
  h: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  w: 'w',
  week: 'w',
}

/** `count` events in `perMs` milliseconds, the two numbers as written: 3/week is { count: 3, perMs: 604800000 }. */
export interface Rate {
  readonly count: number
  readonly perMs: number
}

/** The highest rate, a thousand events a millisecond. */
const MOST_PER_MS = 1_000

const ratePattern = /^(\d{1,12}(?:\.\d{1,9})?)\/(s|second|min|minute|h|hour|d|day|w|week)$/

/** A rate such as `3/week` or `0.5/h`; null when the text is none. */
export function parseRate(text: string): Rate | null {
  const match = ratePattern.exec(text)
  if (!match) return null
  const rate = { count: Number(match[1]), perMs: milliseconds[rateUnits[match[2]]] }
  return rate.count / rate.perMs <= MOST_PER_MS ? rate : null
}

/**
 * Text that `parse` turns into a value; where it returns null the fault says what was expected, or what bound is
 * exceeded by text of the pattern.
 */
function readText<T>(expected: string, pattern: string, parse: (text: string) => T | null, beyond?: string) {
  return z
    .string({ error: `expected ${expected}` })
    .transform((text, context) => {
      const value = parse(text)
      if (value !== null) return value
      // Well written, and beyond the bound.
      const isBeyond = beyond !== undefined && new RegExp(pattern).test(text)
      context.addIssue({ code: 'custom', message: `expected ${isBeyond ? beyond : expected}` })
      return z.NEVER
    })
    .meta({ pattern })
}

/** A duration in text (`3h`, `120h`, `7d`), kept as whole milliseconds once read. */
export const duration = readText(
  'a duration such as 90d, 6h, 15min or 1h30min',
  '^(\\d+(ms|s|min|h|d|w))+$',
  parseDuration,
  'a duration of at most 3652500d, which is 10,000 years',
)

/** An instant in text with an offset, kept as milliseconds since the epoch (T-01). */
export const instant = readText(
  'an instant such as 2023-06-12T00:00:00+08:00',
  '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d)$',
  parseInstant,
)

/** An instant, or a duration after something else: `{ at }` or `{ after }` in milliseconds once read. */
export const instantOrDuration = readText(
  'an instant such as 2023-06-12T00:00:00+08:00, or a duration such as 7d',
  '^(\\d{4}-\\d\\d-\\d\\dT.*|(\\d+(ms|s|min|h|d|w))+)$',
  (text): { readonly at: number } | { readonly after: number } | null => {
    const at = parseInstant(text)
    if (at !== null) return { at }
    const after = parseDuration(text)
    return after === null ? null : { after }
  },
)

/** Events in a span of time, `3/week`. */
export const rate = readText(
  'a rate such as 3/week, 0.5/h or 20/min',
  '^\\d+(\\.\\d+)?/(s|second|min|minute|h|hour|d|day|w|week)$',
  parseRate,
  'a rate of at most 1000000/s, with at most 9 decimals',
)

/** Milliseconds of `+08:00`, `-05:30` or `Z` (T-02). */
export const utcOffset = readText('an offset such as +08:00', '^([+-]\\d\\d:\\d\\d|Z)$', (text) => {
  if (text === 'Z') return 0
  const match = /^([+-])(0\d|1[0-4]):([0-5]\d)$/.exec(text)
  return match && (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * MINUTE
})

const clockTime = readText('a time of day such as 09:00 (24:00 is midnight)', '^\\d\\d:\\d\\d$', (text) => {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text)
  const time = match ? (Number(match[1]) * 60 + Number(match[2])) * MINUTE : null
  return time !== null && time <= DAY ? time : null
})

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** When people work, in civil time (T-02): days as 0 (Monday) to 6, `from` and `to` in milliseconds of the day. */
export const workingHours = z
  .strictObject({
    days: z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']).describe('Working days.'),
    from: clockTime.prefault('09:00').describe('Start of the working day, civil time.'),
    to: clockTime.prefault('18:00').describe('End of the working day, civil time; 24:00 is midnight.'),
  })
  .refine((hours) => hours.from < hours.to, {
    error: 'expected `to` after `from`; write a night shift as two teams',
    path: ['to'],
  })
  .transform((hours) => ({
    days: [...new Set(hours.days)].map((day) => weekdays.indexOf(day)).sort((a, b) => a - b),
    from: hours.from,
    to: hours.to,
  }))

export type WorkingHours = z.output<typeof workingHours>
