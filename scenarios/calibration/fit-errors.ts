/**
 * How far the held-out part may be from runs of the scenario: errors that all runs have in common, and the share of the variance of
 * the runs that the log has too. All are of shares of what is expected, so that those of segments can be added.
 */

import { HOUR } from '#base/time.ts'
import type { Bursts } from '#engine/fitting/bursts.ts'
import { restrictedMean } from '#engine/fitting/kaplan-meier.ts'
import type { AccountFit } from './accounts.ts'
import type { ArrivalFit } from './arrivals.ts'
import type { GroupFit } from './groups.ts'
import type { PartTotals, Window } from './observed.ts'

/** What a figure of the held-out part varies by. */
export interface FigureError {
  /** Standard error of the fit, as a share. */
  readonly fit: number
  /**
   * Share of the variance of the runs that is chance of the part itself. The rest is that runs draw accounts of other rates, which
   * the log does not: its next part has the same accounts.
   */
  readonly own: number
  /** Variance of the runs, as a share of the squared mean, by the fit. */
  readonly variance: number
}

export interface FitErrors {
  /** Orders: their rate, how many come with a visit, and the coming and going of accounts. */
  readonly orders: FigureError
  /** Servers ordered: orders, and how many servers an order has. */
  readonly servers: FigureError
  readonly accounts: FigureError
  /** Server-hours: orders, and how long how many servers are used. */
  readonly work: FigureError
}

interface Fitted {
  readonly window: Window
  readonly arrivals: ArrivalFit
  readonly bursts: Bursts | undefined
  readonly accounts: AccountFit
  readonly batches: ReadonlyMap<number, number>
  readonly groups: readonly GroupFit[]
}

interface Moments {
  readonly mean: number
  readonly square: number
  readonly count: number
}

function momentsOf(values: Iterable<readonly [value: number, often: number]>): Moments {
  let [count, sum, squares] = [0, 0, 0]
  for (const [value, often] of values) {
    count += often
    sum += often * value
    squares += often * value * value
  }
  return { mean: sum / count, square: squares / count, count }
}

/** The squared standard error of a mean of independent values, as a share of it. */
const meanError = ({ mean, square, count }: Moments): number =>
  mean > 0 ? Math.max(0, square / (mean * mean) - 1) / count : 0

export function errorsOf({ window, arrivals, bursts, accounts, batches, groups }: Fitted): FitErrors {
  const { next } = accounts
  const rate = bursts === undefined ? arrivals.hourlyError / arrivals.hourly : bursts.meanError / bursts.mean
  const hours = (window.end - window.split) / HOUR
  const isMoving = accounts.churned + accounts.joined > 0
  const seen = arrivals.hourly * ((window.split - window.start) / HOUR)
  const visits = Math.max(1, isMoving ? seen * next.visits : (bursts?.mean ?? arrivals.hourly) * hours)
  const sizes = momentsOf(batches)
  const servers = momentsOf(groups.flatMap(({ quantities }) => [...quantities]))
  const work = workOf(groups, window.end - window.start)
  const fitOf = (...squares: number[]): number =>
    Math.sqrt(squares.reduce((sum, each) => sum + each, rate ** 2 + next.visitsError ** 2 + meanError(sizes)))
  // Accounts come at a rate of their own, unless the rate is that of the segment.
  const rates = bursts === undefined ? next.rates : 0
  /** Squared, as a share: a sum over visits, each of a batch of orders, each of a value with these moments. */
  const chance = (value: { readonly mean: number; readonly square: number }): number => {
    const each = sizes.mean * (value.square - value.mean ** 2) + sizes.square * value.mean ** 2
    return each / (sizes.mean * value.mean) ** 2 / visits
  }
  const ownOf = (value: { readonly mean: number; readonly square: number }) => {
    const own = chance(value)
    return { own: own / (own + rates), variance: own + rates }
  }
  return {
    orders: { fit: fitOf(), ...ownOf({ mean: 1, square: 1 }) },
    servers: { fit: fitOf(meanError(servers)), ...ownOf(servers) },
    accounts: { fit: next.accountsError, own: next.accountsOwn, variance: next.accountsVariance },
    work: { fit: fitOf(meanError(servers), work.error), ...ownOf(work) },
  }
}

/** Of several segments together; `weights`: what is expected of each. */
export function sumOfErrors(errors: readonly FitErrors[], weights: readonly PartTotals[]): FitErrors {
  const sumOf = (figure: keyof FitErrors, weightOf: (part: PartTotals) => number): FigureError => {
    const all = weights.reduce((sum, part) => sum + weightOf(part), 0)
    if (errors.length === 1 || all === 0) return errors[0][figure]
    let [fit, own, variance] = [0, 0, 0]
    for (const [index, each] of errors.entries()) {
      const share = (weightOf(weights[index]) / all) ** 2
      fit += share * each[figure].fit ** 2
      own += share * each[figure].variance * each[figure].own
      variance += share * each[figure].variance
    }
    return { fit: Math.sqrt(fit), own: variance > 0 ? own / variance : 1, variance }
  }
  return {
    orders: sumOf('orders', ({ orders }) => orders),
    servers: sumOf('servers', ({ servers }) => servers),
    accounts: sumOf('accounts', ({ accounts }) => accounts),
    work: sumOf('work', ({ serverHours }) => serverHours),
  }
}

/** Servers x time of an order, up to the length of the log: its moments, and the squared standard error of the mean time. */
function workOf(groups: readonly GroupFit[], horizon: number): { mean: number; square: number; error: number } {
  const all = groups.reduce((sum, { orders }) => sum + orders, 0)
  let [mean, square, variance] = [0, 0, 0]
  for (const { orders, quantities, steps } of groups) {
    const share = orders / all
    const time = restrictedMean(steps, horizon)
    const servers = momentsOf(quantities)
    mean += share * servers.mean * time.mean
    square += share * servers.square * time.square
    variance += (share * servers.mean * time.error) ** 2
  }
  return { mean, square, error: mean > 0 ? variance / mean ** 2 : 0 }
}
