import { normalCdf, normalQuantile } from '../../mathematics/normal.ts'
import { aboveZero, type Distribution, demand, demandScale, LARGEST_SCALE } from '../variate.ts'

/** Normal distribution; it has a left tail below 0, so that times want `truncated` or `lognormal`. */
export function normal({ mean, sd }: { mean: number; sd: number }): Distribution {
  demand(Number.isFinite(mean), 'normal: mean', mean, 'give a finite number')
  demand(
    Math.abs(mean) <= LARGEST_SCALE,
    'normal: mean',
    mean,
    `give a number from -${LARGEST_SCALE} to ${LARGEST_SCALE}`,
  )
  demand(sd > 0 && sd < Infinity, 'normal: sd', sd, 'give a finite number above 0, or use constant')
  demandScale(sd, 'normal: sd')
  return {
    mean,
    variance: sd * sd,
    sample: (stream) => mean + sd * normalQuantile(aboveZero(stream.next())),
    quantile: (p) => mean + sd * normalQuantile(p),
    cdf: (x) => normalCdf((x - mean) / sd),
    survival: (x) => normalCdf((mean - x) / sd),
    upperQuantile: (q) => mean - sd * normalQuantile(q),
  }
}
