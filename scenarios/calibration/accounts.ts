/** How many accounts there are, how often each comes, and whether they come and go (churn), each with its error. */

import { fitPopulation, type Population } from '#engine/fitting/counts.ts'
import { exp, expm1 } from '#engine/mathematics/exponential.ts'
import { log1p } from '#engine/mathematics/logarithm.ts'
import { Streams } from '#engine/random/streams.ts'
import type { AccountVisits, Window } from './observed.ts'
import { fitStays, leftShare, type SeenAccount, type StayEstimate } from './stays.ts'

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
  /** Standard errors of what was fitted; `stay` is that of its logarithm, `joined` that of its logit. */
  readonly errors: Population['errors'] & { readonly stay: number; readonly joined: number }
  /** What is expected of them in the part that is held out. */
  readonly next: NextPart
}

/** What a fit expects of the accounts in the part that is held out, with what other samples of accounts would vary it by. */
export interface NextPart {
  /** Visits, as a multiple of those of the fitted part. */
  readonly visits: number
  /** Standard error of it, as a share, by a bootstrap over accounts. */
  readonly visitsError: number
  /** Accounts that come, and the standard error, as a share, by the same bootstrap. */
  readonly accounts: number
  readonly accountsError: number
  /**
   * Variance of what accounts of other rates would do, as a share of the squared mean: the runs of a scenario draw them again, and the
   * log does not.
   */
  readonly rates: number
  /** The same of the number of accounts that come, as a share of the whole variance of the runs. */
  readonly accountsOwn: number
  /** That variance, as a share of the squared mean. */
  readonly accountsVariance: number
}

/** Visits from which an account tells when it came and left, and how many such accounts a fit of it needs. */
const OFTEN = 4
const MANY = 20
const RESAMPLES = 60

/** `mayMove`: false where accounts are taken to be there throughout. */
export function fitAccounts(accounts: Iterable<AccountVisits>, window: Window, mayMove = true): AccountFit {
  const all = [...accounts]
  const { start, split } = window
  const span = split - start
  const counts = all.map(({ count }) => count)
  const population = fitPopulation(counts)
  const still = (): AccountFit => ({
    ...{ ...population, seen: all.length, churned: 0, joined: 0, stay: undefined, active: span },
    errors: { ...population.errors, stay: 0, joined: 0 },
    next: nextPart(
      expectedOf({ ...population, leaving: 0, joined: 0, present: 1 }, window),
      resamples(all.length, (chosen) => {
        const fit = fitPopulation(chosen.map((index) => counts[index]))
        return expectedOf({ ...fit, leaving: 0, joined: 0, present: 1 }, window)
      }),
      population,
    ),
  })
  if (!mayMove || counts.filter((count) => count >= OFTEN).length < MANY) return still()
  const seen = all.map(
    ({ first, last, count }): SeenAccount => ({ first: (first - start) / span, last: (last - start) / span, count }),
  )
  const fit = fitStays(seen)
  if (fit.leaving === 0 && fit.joined === 0) return still()
  const { errors } = fit
  const meanOf = ({ rate, present }: StayEstimate): number => rate * present
  const expected = (stay: StayEstimate): Expected => expectedOf({ ...stay, mean: meanOf(stay) }, window)
  return {
    ...{ size: fit.size, mean: meanOf(fit), shape: fit.shape, seen: all.length },
    churned: leftShare(fit),
    joined: fit.joined,
    stay: fit.leaving === 0 ? undefined : span / fit.leaving,
    active: span * fit.present,
    errors: {
      ...{ size: errors.size, mean: errors.rate * fit.present, shape: errors.shape },
      stay: fit.leaving === 0 ? 0 : errors.leaving / fit.leaving,
      joined: fit.joined === 0 ? 0 : errors.joined / (fit.joined * (1 - fit.joined)),
    },
    next: nextPart(
      expected(fit),
      fit.resampled(RESAMPLES, new Streams('calibrate').stream('accounts')).map(expected),
      fit,
    ),
  }
}

interface Expected {
  readonly visits: number
  readonly accounts: number
  /** Of an account: the mean of p and of p (1 - p), p being how likely it comes. */
  readonly comes: number
  readonly single: number
  /** Mean share of the part in which an account is there. */
  readonly present: number
}

interface Model {
  readonly size: number
  /** Visits of an account in the fitted part. */
  readonly mean: number
  readonly shape: number
  /** Per length of the fitted part. */
  readonly leaving: number
  readonly joined: number
  /** Mean share of the fitted part that an account was there. */
  readonly present: number
}

/** E exp(-rate x time) of rates that are gamma distributed with a mean of 1. */
const noneOf = (visits: number, shape: number): number =>
  shape === Number.POSITIVE_INFINITY ? exp(-visits) : exp(-shape * log1p(visits / shape))

/** Accounts that join continue to join in the part that is held out, as in the scenario. */
function expectedOf({ size, mean, shape, leaving, joined, present }: Model, { start, split, end }: Window): Expected {
  const length = (end - split) / (split - start)
  const POINTS = 8
  let there = 0
  for (let point = 0; point < POINTS; point++)
    there += presentAt(1 + (length * (point + 0.5)) / POINTS, leaving, joined)
  there /= POINTS
  // Those who are there for a part of it come as those who are there throughout it, as long as few of them leave.
  const visits = (mean / present) * length
  const everThere = Math.min(1, presentAt(1, leaving, joined) + joined * length)
  const share = everThere > 0 ? Math.min(1, there / everThere) : 1
  const none = noneOf(visits * share, shape)
  const twice = noneOf(2 * visits * share, shape)
  return {
    visits: (there * length) / present,
    accounts: size * everThere * (1 - none),
    comes: everThere * (1 - none),
    single: everThere * (none - twice),
    present: there,
  }
}

/** How many accounts are there at a time from 1 on, as a share of those of the fitted part. */
const presentAt = (time: number, leaving: number, joined: number): number =>
  leaving === 0
    ? 1 - joined + joined * time
    : (1 - joined) * exp(-leaving * time) + (joined * -expm1(-leaving * time)) / leaving

/** What is expected of samples of the accounts, drawn with replacement. */
function resamples(count: number, expectedOfSample: (chosen: readonly number[]) => Expected): readonly Expected[] {
  const stream = new Streams('calibrate').stream('accounts')
  return Array.from({ length: RESAMPLES }, () =>
    expectedOfSample(Array.from({ length: count }, () => Math.floor(stream.next() * count))),
  )
}

function nextPart(
  expected: Expected,
  samples: readonly Expected[],
  { size, shape }: { readonly size: number; readonly shape: number },
): NextPart {
  const errorOf = (of: (each: Expected) => number): number => {
    const values = samples.map(of)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    return mean > 0 ? Math.sqrt(variance) / mean : 0
  }
  const { comes, single } = expected
  return {
    visits: expected.visits,
    visitsError: errorOf(({ visits }) => visits),
    accounts: expected.accounts,
    accountsError: errorOf(({ accounts }) => accounts),
    rates: Number.isFinite(shape) ? 1 / (shape * Math.max(1, size * expected.present)) : 0,
    accountsVariance: comes > 0 && comes < 1 ? (1 - comes) / (comes * Math.max(1, size)) : 0,
    accountsOwn: comes > 0 && comes < 1 ? Math.min(1, single / (comes * (1 - comes))) : 1,
  }
}
