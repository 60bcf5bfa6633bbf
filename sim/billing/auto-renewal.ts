/** when auto-renewal tries, and when it succeeds. */
import { dayOf, startOfDay } from '#base/civil-time.ts'
import { DAY, HOUR } from '#base/time.ts'
import { endOfTerm, lastDay } from './term.ts'

const FIRST_TRY_DAYS = 7
const TRY_HOUR = 3

export interface AutoRenewal {
  readonly expiry: number
  readonly enabledAt: number
  /** When the balance suffices; null: never. */
  readonly fundedAt: number | null
  /** The chosen day within the last seven: 7 is the standard, 1 the eve of the last day. */
  readonly daysBefore?: number
}

/** 03:00 civil time, `daysBefore` days before the last day of the term. */
export const firstTry = (expiry: number, offset: number, daysBefore = FIRST_TRY_DAYS): number =>
  startOfDay(lastDay(endOfTerm(expiry, offset), offset) - daysBefore, offset) + TRY_HOUR * HOUR

/**
 * The tries one after the other, daily at 03:00 and none after expiry, up to the one that finds the money. Enabled after
 * the first try's time, the next 03:00 is the first; on the last day it is tried immediately.
 */
export function renewalAttempts(
  renewal: AutoRenewal,
  offset: number,
): { attempts: number[]; renewedAt: number | null } {
  const expiry = endOfTerm(renewal.expiry, offset)
  const attempts: number[] = []
  const tries = (at: number): boolean => {
    attempts.push(at)
    return renewal.fundedAt !== null && renewal.fundedAt <= at
  }
  let next = firstTry(expiry, offset, renewal.daysBefore)
  if (renewal.enabledAt > next) {
    if (renewal.enabledAt >= expiry) return { attempts, renewedAt: null }
    const today = dayOf(renewal.enabledAt, offset)
    next = startOfDay(today, offset) + TRY_HOUR * HOUR
    const isAtOnce = today === lastDay(expiry, offset) && renewal.enabledAt !== next
    if (isAtOnce && tries(renewal.enabledAt)) return { attempts, renewedAt: renewal.enabledAt }
    if (renewal.enabledAt > next) next += DAY
  }
  for (; next < expiry; next += DAY) if (tries(next)) return { attempts, renewedAt: next }
  return { attempts, renewedAt: null }
}
