import { lastNotAbove } from '../sorted.ts'
import { demand } from '../variate.ts'
import type { RateFunction, RateIntegral } from './rate.ts'

const HOUR = 3_600_000
/** The Unix epoch began on a Thursday: this much after a Monday 00:00. */
const EPOCH_IN_WEEK = 3 * 24 * HOUR

/**
 * A rate that repeats every day (24 hourly weights from 00:00) or every week (168 from Monday 00:00) of a civil
 * time with a fixed offset from UTC, in ms. The rate in an hour is `rate` (per ms) times its weight.
 */
export function profileRate(rate: number, weights: readonly number[], utcOffset: number): RateFunction {
  demand(rate >= 0 && rate < Infinity, 'profile: rate', rate, 'give a finite number from 0 upwards')
  demand(weights.length === 24 || weights.length === 168, 'profile: weights', weights.length, 'give 24 or 168 of them')
  const hint = 'give finite numbers from 0 upwards'
  for (const weight of weights) demand(weight >= 0 && weight < Infinity, 'profile: weight', weight, hint)
  demand(Number.isSafeInteger(utcOffset), 'profile: UTC offset', utcOffset, 'give whole milliseconds')
  const rates = Float64Array.from(weights, (weight) => rate * weight)
  const hours = weights.length
  const shift = utcOffset + EPOCH_IN_WEEK
  /** Hours since a Monday; of the whole ms, since a quotient of fractions could round up into the next hour. */
  const hour = (t: number) => Math.floor((Math.floor(t) + shift) / HOUR)
  const at = (t: number) => rates[((hour(t) % hours) + hours) % hours]
  const quiet = rates.every((r) => r === 0)
  return {
    at,
    bound: at,
    until: quiet ? () => Infinity : (t) => (hour(t) + 1) * HOUR - shift,
    isStepwise: true,
    integral: cyclicIntegral(rates, shift),
  }
}

/** Of hourly rates that repeat; a cycle begins `shift` ms before the epoch. */
function cyclicIntegral(rates: Float64Array, shift: number): RateIntegral {
  const cycle = rates.length * HOUR
  /** Arrivals expected in a cycle before each of its hours. */
  const before = new Float64Array(rates.length)
  for (let hour = 1; hour < rates.length; hour++) before[hour] = before[hour - 1] + rates[hour - 1] * HOUR
  const whole = before[rates.length - 1] + rates[rates.length - 1] * HOUR
  const cycles = (t: number) => Math.floor((t + shift) / cycle)
  /** Arrivals expected since the beginning of cycle number `since`, in which t is, or which t precedes. */
  const sum = (since: number, t: number) => {
    const number = cycles(t)
    const within = t + shift - number * cycle
    const hour = Math.min(rates.length - 1, Math.floor(within / HOUR))
    return (number - since) * whole + before[hour] + rates[hour] * (within - hour * HOUR)
  }
  return {
    between(from, to) {
      const since = cycles(from)
      return sum(since, to) - sum(since, from)
    },
    reach(from, expected) {
      if (whole === 0) return Infinity
      const since = cycles(from)
      const target = sum(since, from) + expected
      const passed = Math.floor(target / whole)
      const rest = target - passed * whole
      const hour = lastNotAbove(before, Math.max(0, rest))
      const within = hour * HOUR + (rates[hour] === 0 ? HOUR : Math.min(HOUR, (rest - before[hour]) / rates[hour]))
      return Math.max(from, (since + passed) * cycle - shift + within)
    },
  }
}
