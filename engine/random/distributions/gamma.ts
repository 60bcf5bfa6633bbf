import { incompleteGamma } from '../../mathematics/gamma.ts'
import { gammaQuantile } from '../../mathematics/gamma-quantile.ts'
import { type Distribution, demand } from '../variate.ts'

/** Gamma distribution by its shape and its mean (scale = mean / shape). One draw, by inversion: about half a us. */
export function gamma({ shape, mean }: { shape: number; mean: number }): Distribution {
  demand(shape > 0 && shape <= 1e6, 'gamma: shape', shape, 'give a number above 0, at most 1e6')
  demand(mean > 0 && mean < Infinity, 'gamma: mean', mean, 'give a finite number above 0')
  const scale = mean / shape
  return {
    mean,
    variance: mean * scale,
    sample: (stream) => scale * gammaQuantile(shape, stream.next()),
    quantile: (p) => scale * gammaQuantile(shape, p),
    cdf: (x) => incompleteGamma(shape, x / scale).lower,
  }
}
