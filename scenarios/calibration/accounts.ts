/** How many accounts there are, how often each comes, and whether they come and go (churn). */

import { fitPopulation, type Population } from '#engine/fitting/counts.ts'
import type { AccountVisits, Window } from './observed.ts'
import { fitStays, leftShare } from './stays.ts'

export interface AccountFit extends Population {
  /** Accounts that came in the fitted part. */
  readonly seen: number
  /** Share of the accounts that left before its end, and the mean stay of all, ms. */
  readonly churned: number
  readonly stay: number | undefined
  /** Share of the accounts that joined after its beginning. */
  readonly joined: number
  /** Mean time, ms, that an account was there. */
  readonly active: number
}

/** Visits from which an account tells when it came and left, and how many such accounts a fit of it needs. */
const OFTEN = 4
const MANY = 20

export function fitAccounts(accounts: Iterable<AccountVisits>, { start, split }: Window): AccountFit {
  const all = [...accounts]
  const span = split - start
  const population = fitPopulation(all.map(({ count }) => count))
  const still = { ...population, seen: all.length, churned: 0, joined: 0, stay: undefined, active: span }
  if (all.filter(({ count }) => count >= OFTEN).length < MANY) return still
  const fit = fitStays(
    all.map(({ first, last, count }) => ({ first: (first - start) / span, last: (last - start) / span, count })),
  )
  if (fit.leaving === 0 && fit.joined === 0) return still
  return {
    size: fit.size,
    mean: fit.rate * fit.present,
    shape: fit.shape,
    seen: all.length,
    churned: leftShare(fit),
    joined: fit.joined,
    stay: fit.leaving === 0 ? undefined : span / fit.leaving,
    active: span * fit.present,
  }
}
