/** Gaps of a buyer who comes `factor` times as often as the distribution says. */
import type { Distribution } from '#engine/random/distribution.ts'

export const scaledGaps = (gap: Distribution, factor: number): Distribution =>
  factor === 1
    ? gap
    : {
        sample: (stream) => gap.sample(stream) / factor,
        quantile: (p) => gap.quantile(p) / factor,
        cdf: (x) => gap.cdf(x * factor),
        mean: gap.mean / factor,
        variance: gap.variance / factor ** 2,
      }
