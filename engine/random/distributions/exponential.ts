import { exp, expm1 } from '../../mathematics/exponential.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { type Distribution, demandScale } from '../variate.ts'

/** The time to the next event of a Poisson process: memoryless, by its mean (1 / rate). */
export function exponential({ mean }: { mean: number }): Distribution {
  demandScale(mean, 'exponential: mean')
  return {
    mean,
    variance: mean * mean,
    // 1 - u is exact and never 0.
    sample: (stream) => -mean * log(1 - stream.next()),
    quantile: (p) => -mean * log1p(-p),
    cdf: (x) => (x <= 0 ? 0 : -expm1(-x / mean)),
    survival: (x) => (x <= 0 ? 1 : exp(-x / mean)),
    upperQuantile: (q) => -mean * log(q),
  }
}
