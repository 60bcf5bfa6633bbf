import { exp, expm1 } from '../../mathematics/exponential.ts'
import { log, log1p } from '../../mathematics/logarithm.ts'
import { pow } from '../../mathematics/power.ts'
import { type Distribution, demand, demandScale } from '../variate.ts'

/**
 * Pareto distribution of the first kind: from min upwards, P(X > x) = (min / x)^shape. Its mean is infinite for shapes up
 * to 1, its variance for shapes up to 2.
 */
export function pareto({ shape, min }: { shape: number; min: number }): Distribution {
  // Below 0.02 even the draws of 53 bits leave float64.
  demand(shape >= 0.1 && shape < Infinity, 'pareto: shape', shape, 'give a finite number from 0.1')
  demandScale(min, 'pareto: min')
  demand(min <= 1e140, 'pareto: min', min, 'give at most 1e140')
  const power = -1 / shape
  const mean = shape > 1 ? min * (shape / (shape - 1)) : Infinity
  return {
    mean,
    variance: shape > 2 ? (mean / shape) * (mean / (shape - 2)) : Infinity,
    sample: (stream) => min * pow(1 - stream.next(), power),
    quantile: (p) => (p === 1 ? Infinity : min * exp(power * log1p(-p))),
    cdf: (x) => (x <= min ? 0 : -expm1(shape * log(min / x))),
    survival: (x) => (x <= min ? 1 : pow(min / x, shape)),
    upperQuantile: (q) => min * pow(q, power),
  }
}
