/**
 * Maximum likelihood estimators of the distributions of lifetimes, with lifetimes that are cut off (right-censored). What ended counts
 * by its density, what did not by the probability of being longer (J. Lawless, Statistical Models and Methods for Lifetime Data,
 * 2003).
 */

import { normalTail } from '../mathematics/error-function.ts'
import { exp } from '../mathematics/exponential.ts'
import { incompleteGamma, lgamma } from '../mathematics/gamma.ts'
import { gammaQuantile } from '../mathematics/gamma-quantile.ts'
import { log } from '../mathematics/logarithm.ts'
import { normalCdf } from '../mathematics/normal.ts'
import type { DistributionSpec } from '../random/distribution.ts'
import { standardErrorsOf } from './curvature.ts'
import { nelderMead } from './nelder-mead.ts'
import type { Lifetimes } from './sample.ts'

export type FamilyName =
  | 'constant'
  | 'uniform'
  | 'exponential'
  | 'gamma'
  | 'weibull'
  | 'lognormal'
  | 'pareto'
  | 'hyperexponential'

/** A family and how its logarithm of likelihood is computed. */
interface Family {
  readonly name: FamilyName
  /** How many parameters are estimated. */
  readonly size: number
  /** The parameters of largest likelihood; undefined where the sample allows none. */
  estimate(sample: Lifetimes): readonly number[] | undefined
  logLikelihood(sample: Lifetimes, parameters: readonly number[]): number
  spec(parameters: readonly number[]): DistributionSpec
  readonly names: readonly string[]
}

const LN_2PI = 1.8378770664093456

const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]
  return sum
}

/** ln P(Z > z). */
const logNormalTail = (z: number): number => {
  if (z < 1) return log(normalCdf(-z))
  const tail = normalTail(z)
  return tail > 0 ? log(tail) : -0.5 * z * z - log(z) - 0.5 * LN_2PI
}

/** E[Z | Z > z], the hazard of the normal distribution. */
const normalHazard = (z: number): number => exp(-0.5 * z * z - 0.5 * LN_2PI - logNormalTail(z))

/** Sums over a sample: of what ended, and of what was cut off. */
function likelihood(
  { times, logs, ended }: Lifetimes,
  density: (time: number, ln: number) => number,
  survival: (time: number, ln: number) => number,
): number {
  let sum = 0
  for (let index = 0; index < times.length; index++)
    sum += ended[index] === 1 ? density(times[index], logs[index]) : survival(times[index], logs[index])
  return sum
}

const exponential: Family = {
  name: 'exponential',
  size: 1,
  names: ['mean'],
  estimate: ({ times, deaths }) => [sumOf(times) / deaths],
  logLikelihood: ({ times, deaths }, [mean]) => -deaths * log(mean) - sumOf(times) / mean,
  spec: ([mean]) => ({ exponential: { mean } }),
}

/** The root of a rising function, by doubling and halving the ratio of its bounds. */
function risingRoot(target: (x: number) => number, start: number): number {
  let [low, high] = [start, start]
  for (let turn = 0; turn < 60 && target(low) > 0; turn++) low /= 2
  for (let turn = 0; turn < 60 && target(high) < 0; turn++) high *= 2
  for (let turn = 0; turn < 80; turn++) {
    const middle = Math.sqrt(low * high)
    if (target(middle) < 0) low = middle
    else high = middle
  }
  return Math.sqrt(low * high)
}

const weibull: Family = {
  name: 'weibull',
  size: 2,
  names: ['shape', 'scale'],
  /** The scale follows from the shape, and the shape is the root of a rising function. */
  estimate(sample) {
    const { times, logs, ended, deaths } = sample
    const most = logs[logs.length - 1]
    let meanLog = 0
    for (let index = 0; index < times.length; index++) if (ended[index] === 1) meanLog += logs[index] / deaths
    if (!(most > logs[0])) return undefined
    const powers = (shape: number): [number, number] => {
      let [sum, weighted] = [0, 0]
      for (let index = 0; index < times.length; index++) {
        // Relative to the largest, so that no power overflows.
        const power = exp(shape * (logs[index] - most))
        sum += power
        weighted += power * logs[index]
      }
      return [sum, weighted]
    }
    const shape = risingRoot((k) => {
      const [sum, weighted] = powers(k)
      return weighted / sum - 1 / k - meanLog
    }, 1)
    const [sum] = powers(shape)
    return [shape, exp(most + log(sum / deaths) / shape)]
  },
  logLikelihood: (sample, [shape, scale]) =>
    likelihood(
      sample,
      (_, ln) => log(shape) - log(scale) + (shape - 1) * (ln - log(scale)) - exp(shape * (ln - log(scale))),
      (_, ln) => -exp(shape * (ln - log(scale))),
    ),
  spec: ([shape, scale]) => ({ weibull: { shape, scale } }),
}

/** By mean and standard deviation of the logarithm. */
const lognormal: Family = {
  name: 'lognormal',
  size: 2,
  names: ['mu', 'sigma'],
  /** By expectation and maximisation: what was cut off counts by its expected logarithm (Dempster, Laird and Rubin 1977). */
  estimate({ logs, ended, deaths }) {
    const size = logs.length
    const moments = (partsAt: (index: number) => [number, number]): [number, number] => {
      let [first, second] = [0, 0]
      for (let index = 0; index < size; index++) {
        const [one, square] = partsAt(index)
        first += one / size
        second += square / size
      }
      return [first, Math.sqrt(Math.max(0, second - first * first))]
    }
    let [mu, sigma] = moments((index) => [logs[index], logs[index] * logs[index]])
    if (!(sigma > 0)) return undefined
    if (deaths === size) return [mu, sigma]
    for (let turn = 0; turn < 2000; turn++) {
      const [m, s] = [mu, sigma]
      const next = moments((index) => {
        const ln = logs[index]
        if (ended[index] === 1) return [ln, ln * ln]
        const z = (ln - m) / s
        const hazard = normalHazard(z)
        const one = m + s * hazard
        return [one, m * m + 2 * m * s * hazard + s * s * (1 + z * hazard)]
      })
      mu = next[0]
      sigma = next[1]
      if (Math.abs(mu - m) + Math.abs(sigma - s) < 1e-9 * (1 + Math.abs(mu))) break
    }
    return [mu, sigma]
  },
  logLikelihood: (sample, [mu, sigma]) =>
    likelihood(
      sample,
      (_, ln) => -ln - log(sigma) - 0.5 * LN_2PI - 0.5 * ((ln - mu) / sigma) ** 2,
      (_, ln) => logNormalTail((ln - mu) / sigma),
    ),
  spec: ([mu, sigma]) => ({ lognormal: { mu, sigma } }),
}

/** Beyond these a gamma distribution is as good as constant, or concentrated at 0. */
const LEAST_SHAPE = 1e-3
const MOST_SHAPE = 1e3

const gamma: Family = {
  name: 'gamma',
  size: 2,
  names: ['shape', 'mean'],
  /** From the moments of all times; in logarithms, so that no step leaves the allowed values. */
  estimate(sample) {
    const { times, deaths } = sample
    const mean = sumOf(times) / times.length
    let variance = 0
    for (const time of times) variance += (time - mean) ** 2 / times.length
    if (!(variance > 0)) return undefined
    const start = [log(Math.min(100, Math.max(0.01, (mean * mean) / variance))), log(sumOf(times) / deaths)]
    const found = nelderMead(([shape, scale]) => -gamma.logLikelihood(sample, [exp(shape), exp(scale)]), start)
    const [shape, fitted] = found.at.map((x) => exp(x))
    return shape < 0.99 * MOST_SHAPE ? [shape, fitted] : undefined
  },
  logLikelihood(sample, [shape, mean]) {
    if (!(shape >= LEAST_SHAPE && shape <= MOST_SHAPE)) return Number.NEGATIVE_INFINITY
    const rate = shape / mean
    const constant = shape * log(rate) - lgamma(shape)
    return likelihood(
      sample,
      (time, ln) => constant + (shape - 1) * ln - rate * time,
      (time) => log(Math.max(1e-300, incompleteGamma(shape, rate * time).upper)),
    )
  },
  spec: ([shape, mean]) => ({ gamma: { shape, mean } }),
}

const pareto: Family = {
  name: 'pareto',
  size: 2,
  names: ['shape', 'min'],
  /** Its least value is the least that ended; what was cut off before it says nothing. */
  estimate({ times, logs, ended, deaths }) {
    const first = ended.indexOf(1)
    const [min, ln] = [times[first], logs[first]]
    let sum = 0
    for (let index = first; index < times.length; index++) sum += logs[index] - ln
    return sum > 0 ? [deaths / sum, min] : undefined
  },
  logLikelihood: (sample, [shape, min]) =>
    likelihood(
      sample,
      (time, ln) => (time < min ? -Infinity : log(shape) + shape * log(min) - (shape + 1) * ln),
      (time, ln) => (time < min ? 0 : shape * (log(min) - ln)),
    ),
  spec: ([shape, min]) => ({ pareto: { shape, min } }),
}

/** Steps of expectation and maximisation: what has not settled by then is no clear mixture. */
const MOST_TURNS = 300

/** Two exponential phases: the mean of each and the weight of the first. */
const hyperexponential: Family = {
  name: 'hyperexponential',
  size: 3,
  names: ['fast mean', 'slow mean', 'fast weight'],
  estimate(sample) {
    const { times, ended, deaths } = sample
    const mean = sumOf(times) / deaths
    let [fast, slow, weight] = [mean / 3, mean * 2, 0.6]
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      let [sumFast, sumSlow, share] = [0, 0, 0]
      for (let index = 0; index < times.length; index++) {
        const time = times[index]
        const isEnded = ended[index] === 1
        const one = weight * exp(-time / fast) * (isEnded ? 1 / fast : 1)
        const two = (1 - weight) * exp(-time / slow) * (isEnded ? 1 / slow : 1)
        const part = one + two > 0 ? one / (one + two) : 0
        share += part
        sumFast += part * (isEnded ? time : time + fast)
        sumSlow += (1 - part) * (isEnded ? time : time + slow)
      }
      const next = [sumFast / share, sumSlow / (times.length - share), share / times.length]
      const moved = Math.abs(next[0] / fast - 1) + Math.abs(next[1] / slow - 1) + Math.abs(next[2] - weight)
      ;[fast, slow, weight] = next
      if (!(moved > 1e-6)) break
    }
    const isTwo = weight > 0.001 && weight < 0.999 && slow > fast * 1.05
    return isTwo && fast > 0 ? [fast, slow, weight] : undefined
  },
  logLikelihood: (sample, [fast, slow, weight]) =>
    likelihood(
      sample,
      (time) => log((weight * exp(-time / fast)) / fast + ((1 - weight) * exp(-time / slow)) / slow),
      (time) => log(weight * exp(-time / fast) + (1 - weight) * exp(-time / slow)),
    ),
  spec: ([fast, slow, weight]) => ({ hyperexponential: { means: [fast, slow], weights: [weight, 1 - weight] } }),
}

const uniform: Family = {
  name: 'uniform',
  size: 2,
  names: ['min', 'max'],
  estimate({ times, deaths }) {
    const [min, max] = [times[0], times[times.length - 1]]
    return deaths === times.length && max > min ? [min, max] : undefined
  },
  logLikelihood: ({ times }, [min, max]) => -times.length * log(max - min),
  spec: ([min, max]) => ({ uniform: { min, max } }),
}

/** Families of two parameters and more need this many lifetimes that ended. */
const FEW = 5

const families: readonly Family[] = [exponential, gamma, weibull, lognormal, pareto, hyperexponential, uniform]

/** A fitted distribution. */
export interface Fit {
  readonly name: FamilyName
  readonly spec: DistributionSpec
  readonly parameters: readonly FittedParameter[]
  readonly logLikelihood: number
  /** Akaike's criterion, 2 x parameters - 2 ln likelihood: the smallest is the best (H. Akaike 1974). */
  readonly aic: number
}

export interface FittedParameter {
  readonly name: string
  readonly value: number
  /** Of the estimate, from the curvature of the likelihood; undefined where the family has none (a bound of the values). */
  readonly standardError: number | undefined
  /** The 95 % interval where it is not symmetric: of a bound of the values, and of the shape of a Pareto distribution. */
  readonly interval?: readonly [low: number, high: number]
}

/** Families whose likelihood does not end at a bound that is estimated. */
const isRegular = ({ name }: Family): boolean => name !== 'uniform'

function standardErrors(family: Family, sample: Lifetimes, parameters: readonly number[]): (number | undefined)[] {
  if (!isRegular(family)) return parameters.map(() => undefined)
  // The least value of a Pareto distribution converges faster than any square root.
  if (family.name === 'pareto') return [parameters[0] / Math.sqrt(sample.deaths), undefined]
  return standardErrorsOf((at) => family.logLikelihood(sample, at), parameters)
}

/** What is exceeded with 5 %, of a ratio of an exponential variable to a gamma variable of so many. */
const ratioOf = (others: number): number => exp(-log(0.05) / others) - 1

/**
 * 95 % intervals that do not need a curvature. Of bounds: the distance of the outermost value from its bound, by how far the values are
 * apart, has a distribution without parameters. Of the shape of a Pareto distribution: it times the sum of the logarithms above the least
 * has a gamma distribution of one less than the deaths (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions, 1994
 * and 1995: Pareto, uniform). Exact where all ended.
 */
function exactIntervals(
  name: FamilyName,
  { times, ended, deaths }: Lifetimes,
  [first, second]: readonly number[],
): readonly (readonly [number, number] | undefined)[] {
  if (name === 'uniform') {
    const reach = (second - first) * ratioOf(deaths - 1)
    return [
      [Math.max(0, first - reach), first],
      [second, second + reach],
    ]
  }
  if (name !== 'pareto') return []
  // The shape is that of all deaths but the first, which is at the bound.
  const atRisk = times.length - ended.indexOf(1)
  const sum = deaths / first
  return [
    [gammaQuantile(deaths - 1, 0.025) / sum, gammaQuantile(deaths - 1, 0.975) / sum],
    [second * exp(-(sum * ratioOf(deaths - 1)) / atRisk), second],
  ]
}

/** The one time at which lifetimes ended, where none is longer. */
function constantOf({ times, ended }: Lifetimes): number | undefined {
  const time = times[ended.indexOf(1)]
  const isOne = times.every((each, index) => (ended[index] === 1 ? each === time : each <= time))
  return isOne ? time : undefined
}

/** Every family fitted to the sample, the best first. One value only is constant. Throws RangeError where nothing ended. */
export function fitLifetimes(sample: Lifetimes): Fit[] {
  const { deaths } = sample
  if (deaths === 0) throw new RangeError('no lifetime ended, so none can be estimated')
  const only = constantOf(sample)
  if (only !== undefined) {
    const parameters = [{ name: 'value', value: only, standardError: undefined }]
    return [{ name: 'constant', spec: { constant: only }, parameters, logLikelihood: Infinity, aic: -Infinity }]
  }
  const fits = families.flatMap((family): Fit[] => {
    if (family.size > 1 && deaths < FEW) return []
    const parameters = family.estimate(sample)
    if (parameters === undefined || parameters.some((value) => !Number.isFinite(value))) return []
    const logLikelihood = family.logLikelihood(sample, parameters)
    if (!Number.isFinite(logLikelihood)) return []
    const errors = standardErrors(family, sample, parameters)
    const intervals = exactIntervals(family.name, sample, parameters)
    return [
      {
        name: family.name,
        spec: family.spec(parameters),
        parameters: family.names.map((name, index) => ({
          name,
          value: parameters[index],
          standardError: errors[index],
          ...(intervals[index] === undefined ? {} : { interval: intervals[index] }),
        })),
        logLikelihood,
        aic: 2 * family.size - 2 * logLikelihood,
      },
    ]
  })
  return fits.sort((a, b) => a.aic - b.aic)
}
