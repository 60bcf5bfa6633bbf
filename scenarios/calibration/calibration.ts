/** Everything that is fitted to a log, and the figures of its last part, to which nothing is fitted. */

import { InputError } from '#base/input-error.ts'
import { HOUR } from '#base/time.ts'
import { type AccountFit, fitAccounts } from './accounts.ts'
import { type ArrivalFit, fitArrivals } from './arrivals.ts'
import { fitLives, type LifetimeFit, rankCorrelation } from './lifetimes.ts'
import type { Observed, PartTotals, UseGroup, Window } from './observed.ts'

export interface GroupFit {
  readonly flavour: string
  readonly zone: string
  readonly product: string
  readonly orders: number
  readonly quantities: ReadonlyMap<number, number>
  readonly lifetime: LifetimeFit
  /** Rank correlation of quantity and lifetime; 0: none that is clear. */
  readonly correlation: number
  /** Whether too few lifetimes of its own ended, so that those of all are used. */
  readonly isPooled: boolean
}

export interface Calibration {
  readonly window: Window
  /** Milliseconds that civil time is ahead of UTC (T-02). */
  readonly utcOffset: number
  readonly arrivals: ArrivalFit
  readonly accounts: AccountFit
  /** How many orders come with a visit, by how often. */
  readonly batches: ReadonlyMap<number, number>
  /** Kinds of servers, the most frequent first. */
  readonly groups: readonly GroupFit[]
  /** Orders of kinds that are too rare to be written. */
  readonly leftOut: number
  readonly pooled: LifetimeFit
  readonly fitted: PartTotals
  readonly heldOut: PartTotals
  readonly visits: Float64Array
  readonly orders: Float64Array
  readonly use: Float64Array
}

const LEAST_VISITS = 50
const LEAST_HOURS = 24
/** Kinds of servers that a scenario gets. */
const MOST_GROUPS = 200

/** Throws InputError for a log that is too short to say anything. */
export function calibrate(observed: Observed, utcOffset: number): Calibration {
  const { window } = observed
  const hours = Math.round((window.split - window.start) / HOUR)
  const counts = observed.visits.slice(0, hours)
  const visits = counts.reduce((sum, count) => sum + count, 0)
  if (hours < LEAST_HOURS || visits < LEAST_VISITS)
    throw new InputError(
      `the part of the log that is fitted has ${visits} visits in ${hours} hours`,
      `a fit needs at least ${LEAST_VISITS} in ${LEAST_HOURS}: take more of the log, or a smaller --hold-out`,
    )
  const groups = [...observed.groups.values()].sort((a, b) => b.orders - a.orders)
  const pooled = fitLives(
    groups.flatMap(({ lives }) => lives),
    2,
  )
  if (pooled === undefined)
    throw new InputError(
      'hardly any use of the log ends before the part that is held out',
      'map a column to lifetime or end, or take more of the log',
    )
  const accounts = fitAccounts(observed.accounts.values(), window)
  const isMoving = accounts.churned > 0 || accounts.joined > 0
  return {
    window,
    utcOffset,
    arrivals: fitArrivals(counts, Math.floor((window.start + utcOffset) / HOUR), !isMoving),
    accounts,
    batches: observed.batches,
    groups: groups.slice(0, MOST_GROUPS).map((group) => groupFit(group, pooled)),
    leftOut: groups.slice(MOST_GROUPS).reduce((sum, { orders }) => sum + orders, 0),
    pooled,
    ...observed.totals(),
    visits: observed.visits,
    orders: observed.orders,
    use: observed.use(),
  }
}

function groupFit(group: UseGroup, pooled: LifetimeFit): GroupFit {
  const { flavour, zone, product, orders, quantities } = group
  const own = fitLives(group.lives)
  return {
    flavour,
    zone,
    product,
    orders,
    quantities,
    lifetime: own ?? pooled,
    isPooled: own === undefined,
    correlation: rankCorrelation(group.lives),
  }
}
