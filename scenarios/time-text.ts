/**
 * Durations, instants and rates in the text of a scenario, read into whole milliseconds (T-01). It loads no schema: every
 * thread of a run needs it.
 */
import { DAY, HOUR, MINUTE, WEEK } from '#base/time.ts'

const milliseconds = { ms: 1, s: 1_000, min: MINUTE, h: HOUR, d: DAY, w: WEEK } as const
const durationPattern = /^(\d+(ms|s|min|h|d|w))+$/

/**
 * The longest duration, 10,000 years of 365.25 days: it can be written for "forever", and an instant with some of them
 * added is still a whole number of milliseconds. A duration that is drawn longer lasts as long.
 */
export const LONGEST_MS = 3_652_500 * milliseconds.d

/** The last instant that can be written, in any offset. */
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')

/** An instant for messages, in UTC. */
export const isoOf = (at: number): string => new Date(Math.min(at, LAST_INSTANT)).toISOString().replace('.000', '')

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
