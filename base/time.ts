/** Lengths of time in milliseconds, the unit of the clock (T-01). Days are civil days: no daylight saving (T-02). */
import type { Flavoured } from './flavour.ts'

/** Milliseconds since the epoch. */
export type Instant = Flavoured<'instant'>
/** Milliseconds. */
export type Duration = Flavoured<'duration'>

export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
/** An hour in ms, for instants of a record, which are bigints. */
export const RECORD_HOUR = 3_600_000n
export const DAY = 86_400_000
export const WEEK = 604_800_000

/** How many of `repeats` instants, an hour apart from `first`, are before `bound`. */
export const hoursBefore = (first: Instant, repeats: number, bound: Instant): number =>
  Math.max(0, Math.min(repeats, Math.ceil((bound - first) / HOUR)))
