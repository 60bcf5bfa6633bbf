import { exp, expm1 } from '../../mathematics/exponential.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { type Distribution, demand } from '../variate.ts'

/** Failures before the first success: 0, 1, 2, … Success has probability 1 / (1 + mean). */
export function geometric({ mean }: { mean: number }): Distribution {
  demand(mean > 0 && mean <= 1e15, 'geometric: mean', mean, 'give a number above 0, at most 1e15')
  /** ln of the probability to fail once. */
  const fail = -log1p(1 / mean)
  const least = (logUpper: number) => Math.max(0, Math.ceil(logUpper / fail) - 1)
  const cdf = (x: number) => (x < 0 ? 0 : -expm1((Math.floor(x) + 1) * fail))
  return {
    mean,
    variance: mean * (1 + mean),
    sample: (stream) => least(log(1 - stream.next())),
    quantile(p) {
      const k = least(log1p(-p))
      // Where p sits on a step, rounding may have climbed one too many.
      return k > 0 && cdf(k - 1) >= p ? k - 1 : k
    },
    cdf,
    whole: true,
    survival: (x) => (x < 0 ? 1 : exp((Math.floor(x) + 1) * fail)),
    upperQuantile: (q) => least(log(q)),
  }
}
