/** Schemas of the times that a scenario writes: durations, instants, rates, working hours. */

import { DAY, MINUTE } from '#base/time.ts'
import { parseDuration, parseInstant, parseRate } from './time-text.ts'
import { z } from './zod.ts'

/**
 * Text that `parse` turns into a value; where it returns null the error says what was expected, or what bound is
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
