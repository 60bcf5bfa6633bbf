/** How many accounts there are, how often each comes, and whether they come and go (churn). */

import { fitPopulation, type Population } from '#engine/fitting/counts.ts'
import { exp } from '#engine/mathematics/exponential.ts'
import { log1p } from '#engine/mathematics/logarithm.ts'
import type { AccountVisits, Window } from './observed.ts'

export interface AccountFit extends Population {
  /** Accounts that came in the fitted part. */
  readonly seen: number
  /** Share of the accounts that came often enough to tell, which came no more well before its end; and mean stay of all, ms. */
  readonly churned: number
  readonly stay: number | undefined
  /** The same of those who came first well after its beginning. */
  readonly joined: number
  /** Mean time, ms, that an account was there. */
  readonly active: number
}

/** Visits from which a pause says something, and accounts from which a share does. */
const OFTEN = 4
const MANY = 20
/** So improbable a pause is no chance. */
const IMPROBABLE = 0.01
/** A smaller share may be chance. */
const CLEAR_SHARE = 0.08

/** The probability that none of so many visits, placed at random, is in a pause. */
const pauseProbability = (pause: number, span: number, count: number): number =>
  pause >= span ? 0 : exp(count * log1p(-pause / span))

export function fitAccounts(accounts: Iterable<AccountVisits>, { start, split }: Window): AccountFit {
  const all = [...accounts]
  const span = split - start
  const population = fitPopulation(all.map(({ count }) => count))
  const telling = all.filter(({ count }) => count >= OFTEN)
  const left = telling.filter(({ last, count }) => pauseProbability(split - last, span, count) < IMPROBABLE)
  const came = telling.filter(({ first, count }) => pauseProbability(first - start, span, count) < IMPROBABLE)
  const share = (some: readonly unknown[]) => (telling.length < MANY ? 0 : some.length / telling.length)
  const isClear = (some: readonly unknown[]) => share(some) >= CLEAR_SHARE
  const churned = isClear(left) ? share(left) : 0
  const joined = isClear(came) ? share(came) : 0
  const late = new Set(joined > 0 ? came : [])
  const gone = new Set(churned > 0 ? left : [])
  // A visit every so often: the first and the last are half of that from the ends of the stay.
  const timeOf = (each: AccountVisits): number => {
    const edge = (each.last - each.first) / Math.max(1, each.count - 1) / 2
    const from = late.has(each) ? Math.max(start, each.first - edge) : start
    const until = gone.has(each) ? Math.min(split, each.last + edge) : split
    return until - from
  }
  const times = telling.map(timeOf)
  const sum = times.reduce((total, time) => total + time, 0)
  return {
    ...population,
    seen: all.length,
    churned,
    joined,
    stay: churned > 0 ? sum / left.length : undefined,
    active: telling.length < MANY ? span : sum / telling.length,
  }
}
