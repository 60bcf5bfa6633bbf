import { incompleteBeta, shareOf } from '../../mathematics/beta.ts'
import { betaQuantile } from '../../mathematics/beta-quantile.ts'
import { type Distribution, demand } from '../variate.ts'

/** A beta distribution by its two shapes, stretched from [0, 1] to [min, max]. */
export interface Beta {
  readonly alpha: number
  readonly beta: number
  readonly min?: number
  readonly max?: number
}

const LEAST = 0.01
const LARGEST = 1e5

/** Shares, and what is between bounds: any hump or bath tub from min to max. One draw, by inversion: some 5 us. */
export function beta({ alpha, beta, min = 0, max = 1 }: Beta): Distribution {
  for (const [name, shape] of [
    ['alpha', alpha],
    ['beta', beta],
  ] as const) {
    demand(shape >= LEAST && shape <= LARGEST, `beta: ${name}`, shape, `give a number from ${LEAST} to ${LARGEST}`)
  }
  demand(Number.isFinite(min), 'beta: min', min, 'give a finite number')
  demand(max > min && max - min < Infinity, 'beta: max', max, `give a finite number above min (${min})`)
  const width = max - min
  const total = alpha + beta
  const tails = (x: number) => incompleteBeta(alpha, beta, shareOf((x - min) / width))
  // From the nearer end, so that a value next to max keeps its digits.
  const quantile = (p: number) =>
    p <= 0.5 ? min + width * betaQuantile(alpha, beta, p) : max - width * betaQuantile(beta, alpha, 1 - p)
  return {
    mean: min + width * (alpha / total),
    variance: width * (alpha / total) * (width * (beta / total / (total + 1))),
    sample: (stream) => quantile(stream.next()),
    quantile,
    cdf: (x) => (x <= min ? 0 : x >= max ? 1 : tails(x).lower),
    survival: (x) => (x <= min ? 1 : x >= max ? 0 : tails(x).upper),
    upperQuantile: (q) =>
      q <= 0.5 ? max - width * betaQuantile(beta, alpha, q) : min + width * betaQuantile(alpha, beta, 1 - q),
  }
}

/**
 * An estimate of three points as project planning has it (D. Malcolm and others, Operations Research 7, 1959): a beta
 * distribution with mean (min + 4 mode + max) / 6, smoother than `triangular` and less generous at the ends.
 */
export function pert({ min, mode, max }: { min: number; mode: number; max: number }): Distribution {
  demand(Number.isFinite(min), 'pert: min', min, 'give a finite number')
  demand(max > min && max - min < Infinity, 'pert: max', max, `give a finite number above min (${min})`)
  demand(mode >= min && mode <= max, 'pert: mode', mode, `give a number from min (${min}) to max (${max})`)
  const peak = (mode - min) / (max - min)
  return beta({ alpha: 1 + 4 * peak, beta: 1 + 4 * (1 - peak), min, max })
}
