/**
 * How often the members of a population come, from the counts of those who came at least once: a negative binomial distribution cut off
 * at 0. Its rates are gamma distributed: everyone comes by a Poisson process with a rate of their own (M. Greenwood and G. Yule 1920).
 */
import { exp, expm1 } from '../mathematics/exponential.ts'
import { lgamma } from '../mathematics/gamma.ts'
import { log, log1p } from '../mathematics/logarithm.ts'
import { covarianceOf, errorOfFunction } from './curvature.ts'
import { nelderMead } from './nelder-mead.ts'

export interface Population {
  /** How many there are, those who did not come among them. */
  readonly size: number
  /** Mean count of each. */
  readonly mean: number
  /** Shape of the gamma distribution of their rates; Infinity: all alike. */
  readonly shape: number
  /** Standard errors of the three; 0 of a shape that is infinite, and of what could not be estimated. */
  readonly errors: { readonly size: number; readonly mean: number; readonly shape: number }
}

/** A shape above this looks like equal rates. */
const ALIKE = 100
/** More who never came than this times those who did are not believed. */
const MOST_UNSEEN = 2

/** ln P(0) of the distribution. */
const logNone = (mean: number, shape: number): number => (shape === Infinity ? -mean : -shape * log1p(mean / shape))

function logLikelihood(counts: ReadonlyMap<number, number>, mean: number, shape: number): number {
  const none = logNone(mean, shape)
  const some = log(-expm1(none))
  let sum = 0
  for (const [count, times] of counts) {
    const term =
      shape === Infinity
        ? -mean + count * log(mean) - lgamma(count + 1)
        : lgamma(count + shape) - lgamma(shape) - lgamma(count + 1) + none + count * (log(mean) - log(mean + shape))
    sum += times * (term - some)
  }
  return sum
}

/** Of the counts (1 or more) of those who came. Throws RangeError without any. */
export function fitPopulation(values: readonly number[]): Population {
  if (values.length === 0) throw new RangeError('no counts')
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const seen = values.length
  const average = values.reduce((sum, value) => sum + value, 0) / seen
  // All came once: nothing says how many did not.
  const unknown = { size: 0, mean: Math.sqrt(average / seen), shape: 0 }
  if (average < 1.05) return { size: seen, mean: average, shape: Infinity, errors: unknown }
  const alike = nelderMead(([x]) => -logLikelihood(counts, exp(x), Infinity), [log(average)])
  const mixed = nelderMead(([x, y]) => -logLikelihood(counts, exp(x), exp(y)), [log(average), 0])
  // One parameter more has to be worth it (AIC).
  const isMixed = 2 * (alike.value - mixed.value) > 2 && exp(mixed.at[1]) < ALIKE
  const at = isMixed ? mixed.at : [alike.at[0], Infinity]
  const [mean, shape] = at.map((x) => exp(x))
  const unseen = exp(logNone(mean, shape))
  const size = seen / (1 - unseen)
  if (size > seen * (1 + MOST_UNSEEN))
    return { size: seen, mean: average, shape: isMixed ? shape : Infinity, errors: unknown }
  const found = at.slice(0, isMixed ? 2 : 1)
  const modelOf = ([x, y]: readonly number[]): [number, number] => [exp(x), isMixed ? exp(y) : Infinity]
  const steps = found.map(() => 0.01)
  const covariance = covarianceOf((moved) => logLikelihood(counts, ...modelOf(moved)), found, steps)
  const errorOf = (of: (mean: number, shape: number) => number): number =>
    errorOfFunction((moved) => of(...modelOf(moved)), found, covariance)
  return {
    ...{ size, mean, shape },
    errors: {
      // How many of them came is a chance of its own.
      size: Math.sqrt((seen * errorOf((m, k) => 1 / -expm1(logNone(m, k)))) ** 2 + (size * unseen) / (1 - unseen)),
      mean: errorOf((m) => m),
      shape: isMixed ? errorOf((_, k) => k) : 0,
    },
  }
}
