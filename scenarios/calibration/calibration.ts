/** Everything that is fitted to a segment of a log, and the figures of its last part, to which nothing is fitted. */

import { InputError } from '#base/input-error.ts'
import { HOUR } from '#base/time.ts'
import { type Bursts, fitBursts } from '#engine/fitting/bursts.ts'
import { type AccountFit, fitAccounts } from './accounts.ts'
import { type ArrivalFit, fitArrivals } from './arrivals.ts'
import { errorsOf, type FitErrors } from './fit-errors.ts'
import { type GroupFit, groupFit } from './groups.ts'
import { fitLives, type LifetimeFit } from './lifetimes.ts'
import type { Observed, PartTotals, Window } from './observed.ts'
import { fitRenewals, type RenewalFit } from './terms.ts'

export interface Calibration {
  /** Of the segment; empty where the log is one. */
  readonly name: string
  readonly window: Window
  /** Milliseconds that civil time is ahead of UTC (T-02). */
  readonly utcOffset: number
  readonly arrivals: ArrivalFit
  /** Two phases of arrivals in place of the profile; undefined where the profile is the better model. */
  readonly bursts: Bursts | undefined
  /** Akaike's criterion of bursts less that of the profile; undefined where no two phases were found. */
  readonly burstsAic: number | undefined
  readonly accounts: AccountFit
  /** How many orders come with a visit, by how often. */
  readonly batches: ReadonlyMap<number, number>
  /** Undefined where no term has ended. */
  readonly renewals: RenewalFit | undefined
  /** What the held-out part varies by, apart from the chances that its runs show. */
  readonly errors: FitErrors
  /** Kinds of servers, the most frequent first. */
  readonly groups: readonly GroupFit[]
  /** Orders of kinds that are too rare to be written. */
  readonly leftOut: number
  readonly pooled: LifetimeFit | undefined
  readonly fitted: PartTotals
  readonly heldOut: PartTotals
  readonly visits: Float64Array
  readonly orders: Float64Array
  readonly use: Float64Array
}

export const LEAST_VISITS = 50
const LEAST_HOURS = 24
/** Kinds of servers that a scenario gets. */
const MOST_GROUPS = 200
/** Hours that two phases of arrivals need, and the lead in the criterion that makes them clear: bursts replace the profile. */
const BURST_HOURS = 72
const CLEAR_LEAD = 10

/** Throws InputError for a log that is too short to say anything. */
export function calibrate(observed: Observed, utcOffset: number, name = ''): Calibration {
  const { window } = observed
  const hours = Math.round((window.split - window.start) / HOUR)
  const counts = observed.visits.slice(0, hours)
  const visits = observed.fittedVisits
  const of = name === '' ? 'the log' : `the segment ${name} of the log`
  if (hours < LEAST_HOURS || visits < LEAST_VISITS)
    throw new InputError(
      `the part of ${of} that is fitted has ${visits} visits in ${hours} hours`,
      `a fit needs at least ${LEAST_VISITS} in ${LEAST_HOURS}: take more of the log, or a smaller --hold-out`,
    )
  const groups = [...observed.groups.values()].sort((a, b) => b.orders - a.orders)
  const pooled = fitLives(
    groups.flatMap(({ months, lives }) => (months > 0 ? [] : lives)),
    2,
  )
  if (pooled === undefined && groups.some(({ months }) => months === 0))
    throw new InputError(
      `hardly any use of ${of} ends before the part that is held out`,
      'map a column to lifetime or end, or take more of the log',
    )
  const first = Math.floor((window.start + utcOffset) / HOUR)
  const rated = fitArrivals(counts, first)
  const phases = hours < BURST_HOURS ? undefined : fitBursts(counts)
  const burstsAic = phases === undefined ? undefined : phases.aic - profileAic(rated)
  const bursts = burstsAic !== undefined && burstsAic < -CLEAR_LEAD ? phases : undefined
  // Where all come in bursts, a lull at the end of the log is no sign that accounts have left.
  const accounts = fitAccounts(observed.accounts.values(), window, bursts === undefined)
  const isMoving = accounts.churned > 0 || accounts.joined > 0
  const arrivals = isMoving || bursts !== undefined ? fitArrivals(counts, first, false) : rated
  const fits = groups.slice(0, MOST_GROUPS).map((group) => groupFit(group, pooled))
  return {
    ...{ name, window, utcOffset, arrivals, bursts, burstsAic, accounts },
    errors: errorsOf({ window, arrivals, bursts, accounts, batches: observed.batches, groups: fits }),
    batches: observed.batches,
    renewals: fitRenewals(observed.renewals),
    groups: fits,
    leftOut: groups.slice(MOST_GROUPS).reduce((sum, { orders }) => sum + orders, 0),
    pooled,
    ...observed.totals(),
    visits: observed.visits,
    orders: observed.orders,
    use: observed.use(),
  }
}

/**
 * Akaike's criterion that bursts have to be better than. Where a profile explains the counts, what is left of their variance is no sign of
 * bursts; where none does, bursts are better than counts that vary too much for their rate.
 */
const profileAic = ({ profile, aic, poissonAic }: ArrivalFit): number => (profile === 'flat' ? poissonAic : aic)
