/** Terms that are bought for months: which lengths there are, and how many of those that ended were renewed. */
import { monthsLater } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'
import type { Usage } from '../logs/usage.ts'

/** Lengths that can be bought (P-05). */
const lengths: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36])

/** Whether a scenario can sell a term of so many months. */
export const isTermLength = (months: number): boolean => lengths.has(months)

/** Logs end a term at its instant, at the midnight after it (T-05), or days of grace later: an eighth of the term, 4 days at most. */
const slackOf = (months: number): number => Math.min(4 * DAY, (months * 30 * DAY) / 8)

/** How many terms ended before an instant and were renewed, or not. */
export interface RenewalCounts {
  renewed: number
  notRenewed: number
}

/** Counts the ends of terms of a use before `until` (ms); a use without an end has none, and is renewed each time. */
export function countRenewals(
  { at, lifetimeMs, months }: Usage,
  until: number,
  utcOffset: number,
  into: RenewalCounts,
): void {
  const end = lifetimeMs < 0 ? Number.POSITIVE_INFINITY : at + lifetimeMs
  const slack = slackOf(months)
  for (let term = 1; ; term++) {
    const expiry = monthsLater(at, months * term, utcOffset) + slack
    // What has not ended for long enough may still be renewed.
    if (expiry >= until) return
    if (end <= expiry) {
      // Also where it was given up within its term: it was not renewed.
      into.notRenewed++
      return
    }
    into.renewed++
  }
}

/** A probability with its 95 % interval (E. B. Wilson 1927). */
export interface RenewalFit extends RenewalCounts {
  readonly probability: number
  readonly standardError: number
  readonly low: number
  readonly high: number
}

/** Undefined where no term has ended. */
export function fitRenewals({ renewed, notRenewed }: RenewalCounts): RenewalFit | undefined {
  const ended = renewed + notRenewed
  if (ended === 0) return undefined
  const share = renewed / ended
  const z = 1.959964
  const middle = (renewed + (z * z) / 2) / (ended + z * z)
  const half = (z / (ended + z * z)) * Math.sqrt((renewed * notRenewed) / ended + (z * z) / 4)
  return {
    ...{ renewed, notRenewed, probability: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) },
    standardError: Math.sqrt((share * (1 - share)) / ended),
  }
}

/**
 * Rows of one resource each of which is a term, the next beginning when the one before ends, are one use. Memory grows with the
 * resources; uses come when a gap ends them, or at the end.
 */
export class JoinedTerms {
  readonly #open = new Map<string, Usage>()
  readonly #emit: (usage: Usage) => void

  constructor(emit: (usage: Usage) => void) {
    this.#emit = emit
  }

  add(usage: Usage): void {
    const { at, months, resource, lifetimeMs } = usage
    // What has not ended is the last row of its resource.
    if (resource === '') {
      this.#emit(usage)
      return
    }
    const key = JSON.stringify([usage.account, resource])
    const before = this.#open.get(key)
    const gap = before === undefined || before.lifetimeMs < 0 ? Number.NaN : at - (before.at + before.lifetimeMs)
    if (before !== undefined && before.months === months && Math.abs(gap) <= slackOf(months)) {
      before.lifetimeMs = lifetimeMs < 0 ? -1 : at + lifetimeMs - before.at
      return
    }
    if (before !== undefined) this.#emit(before)
    this.#open.set(key, { ...usage })
  }

  end(): void {
    for (const usage of this.#open.values()) this.#emit(usage)
    this.#open.clear()
  }
}
