import { incompleteGamma } from '../../mathematics/gamma.ts'
import { gammaQuantile, gammaUpperQuantile } from '../../mathematics/gamma-quantile.ts'
import { type Distribution, demand, demandScale } from '../variate.ts'

/** Gamma distribution by its shape and its mean (scale = mean / shape). One draw, by inversion: about half a us. */
export function gamma({ shape, mean }: { shape: number; mean: number }): Distribution {
  demand(shape >= 1e-7 && shape <= 1e6, 'gamma: shape', shape, 'give a number above 0: from 1e-7 to 1e6')
  demandScale(mean, 'gamma: mean')
  const scale = mean / shape
  demandScale(scale, 'gamma: mean / shape')
  return {
    mean,
    variance: mean * scale,
    sample: (stream) => scale * gammaQuantile(shape, stream.next()),
    quantile: (p) => scale * gammaQuantile(shape, p),
    cdf: (x) => incompleteGamma(shape, x / scale).lower,
    survival: (x) => incompleteGamma(shape, x / scale).upper,
    upperQuantile: (q) => scale * gammaUpperQuantile(shape, q),
  }
}
