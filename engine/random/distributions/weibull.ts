import { exp, expm1 } from '../../mathematics/exponential.ts'
import { lgamma } from '../../mathematics/gamma.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { pow } from '../../mathematics/power.ts'
import { type Distribution, demand, demandMean, demandScale, varianceOf } from '../variate.ts'

/** Weibull distribution: a failure rate that falls (shape < 1), stays (1: exponential) or rises with age. */
export function weibull({ shape, scale }: { shape: number; scale: number }): Distribution {
  demand(shape > 0 && shape < Infinity, 'weibull: shape', shape, 'give a finite number above 0')
  demandScale(scale, 'weibull: scale')
  const power = 1 / shape
  const mean = exp(lgamma(1 + power) + log(scale))
  demandMean(power < Infinity ? mean : Infinity, 'weibull: shape', shape)
  return {
    mean,
    variance: varianceOf(mean, variation(power)),
    sample: (stream) => scale * pow(-log(1 - stream.next()), power),
    quantile: (p) => scale * pow(-log1p(-p), power),
    cdf: (x) => (x <= 0 ? 0 : -expm1(-pow(x / scale, shape))),
    survival: (x) => (x <= 0 ? 1 : exp(-pow(x / scale, shape))),
    upperQuantile: (q) => scale * pow(-log(q), power),
  }
}

/** ln of the second moment over the square of the mean: ln gamma(1 + 2p) - 2 ln gamma(1 + p), by its series for small p. */
function variation(p: number): number {
  if (p > 1e-3) return lgamma(1 + 2 * p) - 2 * lgamma(1 + p)
  return p * p * (1.6449340668482264 - p * (2.4041138063191885 - p * (3.7881313179889835 - p * 6.22156653086022)))
}
