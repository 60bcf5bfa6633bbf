import { demand } from '../variate.ts'

/** An arrival rate that changes in time, per ms. It is the same forever, so that thousands of processes share one. */
export interface RateFunction {
  /** Rate at instant t. */
  at(t: number): number
  /** What the rate does not exceed from t to until(t). Equal to at(t) all along where the rate is flat. */
  bound(t: number): number
  /** End of the piece that contains t: later than t, Infinity where nothing changes any more. */
  until(t: number): number
  /** Whether it is flat on every piece. */
  readonly isStepwise: boolean
  /** Where it is known in closed form; arrivals then need no thinning. */
  readonly integral?: RateIntegral
}

export interface RateIntegral {
  /** Arrivals expected from one instant to a later one, which is finite. */
  between(from: number, to: number): number
  /** The instant by which `expected` (0 or more) arrivals are expected from `from` on; Infinity when never. */
  reach(from: number, expected: number): number
}

/** A rate that never changes. */
export function constantRate(rate: number): RateFunction {
  demand(rate >= 0 && rate < Infinity, 'constant rate:', rate, 'give a finite number from 0 upwards')
  return {
    at: () => rate,
    bound: () => rate,
    until: () => Infinity,
    isStepwise: true,
    integral: {
      between: (from, to) => rate * (to - from),
      reach: (from, expected) => (rate === 0 ? Infinity : from + expected / rate),
    },
  }
}

/** The product of several rates: a mean rate with a day profile, a season and a campaign. */
export function productRate(...factors: readonly RateFunction[]): RateFunction {
  demand(factors.length > 0, 'product of rates:', factors.length, 'give at least one')
  const product = {
    at: (t: number) => factors.reduce((product, factor) => product * factor.at(t), 1),
    bound: (t: number) => factors.reduce((product, factor) => product * factor.bound(t), 1),
    until: (t: number) => factors.reduce((first, factor) => Math.min(first, factor.until(t)), Infinity),
    isStepwise: factors.every(({ isStepwise }) => isStepwise),
  }
  // All but one in steps: between the steps of the others it is that one, scaled.
  const sloping = factors.filter(({ isStepwise }) => !isStepwise)
  const shaped = sloping.length === 0 ? factors[0] : sloping[0]
  if (sloping.length > 1 || shaped.integral === undefined) return product
  const steps = factors.filter((factor) => factor !== shaped)
  return { ...product, integral: steppedIntegral(shaped.integral, steps) }
}

/** The integral of a rate that is scaled by factors which are flat on each of their pieces. */
function steppedIntegral(shaped: RateIntegral, steps: readonly RateFunction[]): RateIntegral {
  const scale = (t: number) => steps.reduce((product, step) => product * step.at(t), 1)
  const until = (t: number) => steps.reduce((first, step) => Math.min(first, step.until(t)), Infinity)
  return {
    between(from, to) {
      let sum = 0
      for (let t = from; t < to; ) {
        const end = Math.min(until(t), to)
        const here = scale(t)
        if (here > 0) sum += here * shaped.between(t, end)
        t = end
      }
      return sum
    },
    reach(from, expected) {
      let t = from
      let left = expected
      for (;;) {
        const here = scale(t)
        const end = until(t)
        const reached = here === 0 ? Infinity : shaped.reach(t, left / here)
        if (reached <= end) return reached
        if (here > 0) left = Math.max(0, left - here * shaped.between(t, end))
        t = end
      }
    },
  }
}
