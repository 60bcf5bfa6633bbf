/**
 * Likelihoods of counts with given means: of Poisson counts, and of counts that vary more, whose own means are gamma distributed around
 * them with one shape (negative binomial; J. Lawless, Canadian Journal of Statistics 15, 1987). Factorials are included.
 */
import { exp } from '../mathematics/exponential.ts'
import { lgamma } from '../mathematics/gamma.ts'
import { log, log1p } from '../mathematics/logarithm.ts'

/** ln of the likelihood of Poisson counts. A mean of 0 allows a count of 0 only. */
export function poissonLogLikelihood(counts: Float64Array, means: Float64Array): number {
  let sum = 0
  for (const [index, count] of counts.entries()) {
    const mean = means[index]
    if (mean > 0) sum += count * log(mean) - mean - lgamma(count + 1)
    else if (count > 0) return Number.NEGATIVE_INFINITY
  }
  return sum
}

function negativeBinomial(counts: Float64Array, means: Float64Array, shape: number): number {
  const times = new Map<number, number>()
  let sum = 0
  for (const [index, count] of counts.entries()) {
    const mean = means[index]
    if (!(mean > 0)) {
      if (count > 0) return Number.NEGATIVE_INFINITY
      continue
    }
    times.set(count, (times.get(count) ?? 0) + 1)
    sum += -shape * log1p(mean / shape) + (count > 0 ? count * (log(mean) - log(mean + shape)) : 0)
  }
  for (const [count, often] of times) sum += often * (lgamma(count + shape) - lgamma(shape) - lgamma(count + 1))
  return sum
}

/** Shapes between which the best is searched, as logarithms: beyond the largest, counts look like Poisson counts. */
const SHAPES = [log(1e-3), log(1e4)] as const
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** ln of the likelihood of negative binomial counts of the best shape. */
export function dispersedLogLikelihood(counts: Float64Array, means: Float64Array): number {
  const at = (x: number): number => negativeBinomial(counts, means, exp(x))
  let [low, high]: [number, number] = [...SHAPES]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [first, second] = [at(left), at(right)]
  while (high - low > 0.01) {
    if (first > second) {
      high = right
      ;[right, second] = [left, first]
      left = high - GOLDEN * (high - low)
      first = at(left)
    } else {
      low = left
      ;[left, first] = [right, second]
      right = low + GOLDEN * (high - low)
      second = at(right)
    }
  }
  return Math.max(first, second)
}
