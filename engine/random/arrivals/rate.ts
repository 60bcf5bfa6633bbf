import { demand } from '../variate.ts'

/** An arrival rate that changes in time, per ms. It is the same for ever, so that thousands of processes share one. */
export interface RateFunction {
  /** Rate at instant t. */
  at(t: number): number
  /** What the rate does not exceed from t to until(t). Equal to at(t) all along where the rate is flat. */
  bound(t: number): number
  /** End of the piece that t lies in: later than t, Infinity where nothing changes any more. */
  until(t: number): number
}

/** A rate that never changes. */
export function constantRate(rate: number): RateFunction {
  demand(rate >= 0 && rate < Infinity, 'constant rate:', rate, 'give a finite number from 0 upwards')
  return { at: () => rate, bound: () => rate, until: () => Infinity }
}

/** The product of several rates: a mean rate with a day profile, a season and a campaign. */
export function productRate(...factors: readonly RateFunction[]): RateFunction {
  demand(factors.length > 0, 'product of rates:', factors.length, 'give at least one')
  return {
    at: (t) => factors.reduce((product, factor) => product * factor.at(t), 1),
    bound: (t) => factors.reduce((product, factor) => product * factor.bound(t), 1),
    until: (t) => factors.reduce((first, factor) => Math.min(first, factor.until(t)), Infinity),
  }
}
