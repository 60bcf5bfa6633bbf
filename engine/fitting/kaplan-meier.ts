/** The share of lifetimes that are longer than a time, some of them cut off (E. Kaplan and P. Meier, JASA 53, 1958). */
import { exp } from '../mathematics/exponential.ts'
import { log } from '../mathematics/logarithm.ts'
import type { Lifetimes } from './sample.ts'

/** A step of the survival function: from this time on, up to the next. */
export interface SurvivalStep {
  readonly time: number
  readonly survival: number
  /** Lifetimes that were as long at least, and those of them that ended then. */
  readonly atRisk: number
  readonly deaths: number
}

/** The steps at the times at which lifetimes ended, in rising order. */
export function kaplanMeier({ times, ended }: Lifetimes): SurvivalStep[] {
  const steps: SurvivalStep[] = []
  let survival = 1
  for (let index = 0; index < times.length; ) {
    const time = times[index]
    const atRisk = times.length - index
    let deaths = 0
    for (; index < times.length && times[index] === time; index++) deaths += ended[index]
    if (deaths === 0) continue
    survival *= 1 - deaths / atRisk
    steps.push({ time, survival, atRisk, deaths })
  }
  return steps
}

/** The largest distance of a distribution from these steps, on both sides of each (Kolmogorov and Smirnov). */
export function largestDistance(steps: readonly SurvivalStep[], survivalAt: (time: number) => number): number {
  let before = 1
  let most = 0
  for (const { time, survival } of steps) {
    const expected = survivalAt(time)
    most = Math.max(most, Math.abs(expected - survival), Math.abs(expected - before))
    before = survival
  }
  return most
}

/**
 * Values at evenly spaced shares, for an empirical distribution. Beyond the longest time that was seen, `tail` gives the time that a
 * share of what is left survives; without it, that is the longest time itself.
 */
export function quantilesOf(
  steps: readonly SurvivalStep[],
  longest: number,
  count: number,
  tail: (share: number) => number = () => longest,
): number[] {
  const left = steps.length === 0 ? 1 : steps[steps.length - 1].survival
  const values: number[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    const share = (index + 0.5) / count
    while (at < steps.length && 1 - steps[at].survival < share) at++
    values.push(at < steps.length ? steps[at].time : tail((1 - share) / left))
  }
  return values
}

/** A quantile with its 95 % interval; undefined where too few lifetimes are as long. */
export interface QuantileFit {
  readonly time: number | undefined
  readonly low: number | undefined
  readonly high: number | undefined
}

const Z = 1.959964

/**
 * The time that a share of lifetimes has ended by. Its interval has the times at which that share is within the interval of the
 * survival, by Greenwood's error of ln(-ln(survival)) (R. Brookmeyer and J. Crowley, Biometrics 38, 1982).
 */
export function quantileOf(steps: readonly SurvivalStep[], share: number): QuantileFit {
  const target = 1 - share
  let greenwood = 0
  const found: { time?: number; low?: number; high?: number } = {}
  for (const { time, survival, atRisk, deaths } of steps) {
    if (survival <= target) found.time ??= time
    if (!(survival > 0 && atRisk > deaths)) {
      found.low ??= time
      break
    }
    greenwood += deaths / (atRisk * (atRisk - deaths))
    const reach = exp((Z * Math.sqrt(greenwood)) / -log(survival))
    if (exp(log(survival) * reach) <= target) found.low ??= time
    if (exp(log(survival) / reach) <= target) found.high ??= time
    if (found.high !== undefined) break
  }
  return { time: found.time, low: found.low, high: found.high }
}

/** The mean time up to a horizon, the mean of its square, and the standard error of the mean (M. Greenwood 1926). */
export interface RestrictedMean {
  readonly mean: number
  readonly square: number
  readonly error: number
}

/** Of lifetimes that count as the horizon where they are longer; what was cut off counts as it is likely to have gone on. */
export function restrictedMean(steps: readonly SurvivalStep[], horizon: number): RestrictedMean {
  let [mean, square, survival, since] = [0, 0, 1, 0]
  const areas: number[] = []
  const hold = (until: number): void => {
    mean += survival * (until - since)
    square += survival * (until * until - since * since)
    since = until
  }
  const before = steps.filter(({ time }) => time < horizon)
  for (const step of before) {
    hold(step.time)
    areas.push(mean)
    survival = step.survival
  }
  hold(horizon)
  let variance = 0
  for (const [index, { atRisk, deaths }] of before.entries())
    if (atRisk > deaths) variance += ((mean - areas[index]) ** 2 * deaths) / (atRisk * (atRisk - deaths))
  return { mean, square, error: Math.sqrt(variance) }
}
