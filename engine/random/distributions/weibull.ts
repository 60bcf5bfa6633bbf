import { exp, expm1 } from '../../mathematics/exponential.ts'
import { lgamma } from '../../mathematics/gamma.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { pow } from '../../mathematics/power.ts'
import { type Distribution, demand } from '../variate.ts'

/** Weibull distribution: a failure rate that falls (shape < 1), stays (1: exponential) or rises with age. */
export function weibull({ shape, scale }: { shape: number; scale: number }): Distribution {
  demand(shape > 0 && shape < Infinity, 'weibull: shape', shape, 'give a finite number above 0')
  demand(scale > 0 && scale < Infinity, 'weibull: scale', scale, 'give a finite number above 0')
  const power = 1 / shape
  const first = exp(lgamma(1 + power))
  return {
    mean: scale * first,
    variance: scale * scale * (exp(lgamma(1 + 2 * power)) - first * first),
    sample: (stream) => scale * pow(-log(1 - stream.next()), power),
    quantile: (p) => scale * pow(-log1p(-p), power),
    cdf: (x) => (x <= 0 ? 0 : -expm1(-pow(x / scale, shape))),
  }
}
