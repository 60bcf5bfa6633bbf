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
  /** Standard errors of the fit, as shares of what is fitted: errors that all runs of one scenario have in common. */
  readonly errors: FitErrors
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

export interface FitErrors {
  /** Of the rate of visits. */
  readonly visits: number
  /** Of orders: their rate, and how many come with a visit. */
  readonly orders: number
  /** Of servers ordered: those of orders, and how many servers an order has. */
  readonly servers: number
  /** Of server-hours: those of orders, and how long how many servers are used. */
  readonly work: number
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
  const arrivals = fitArrivals(counts, Math.floor((window.start + utcOffset) / HOUR), !isMoving)
  return {
    window,
    utcOffset,
    arrivals,
    accounts,
    errors: errorsOf(arrivals, observed.batches, groups),
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

/** The squared standard error of a mean of independent values, as a share of it. */
function meanError(values: Iterable<readonly [value: number, often: number]>): number {
  let [count, sum, squares] = [0, 0, 0]
  for (const [value, often] of values) {
    count += often
    sum += often * value
    squares += often * value * value
  }
  return sum === 0 ? 0 : Math.max(0, (squares * count) / (sum * sum) - 1) / count
}

function errorsOf(arrivals: ArrivalFit, batches: ReadonlyMap<number, number>, groups: readonly UseGroup[]): FitErrors {
  const visits = arrivals.hourlyError / arrivals.hourly
  const orders = visits ** 2 + meanError(batches)
  // Of each kind a sample of its lifetimes is kept, which counts for all of its orders.
  const work = groups.flatMap(({ lives, orders: all }) =>
    lives.map(({ time, quantity }) => [time * quantity, all / lives.length] as const),
  )
  return {
    visits,
    orders: Math.sqrt(orders),
    servers: Math.sqrt(orders + meanError(groups.flatMap(({ quantities }) => [...quantities]))),
    work: Math.sqrt(orders + meanError(work)),
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
