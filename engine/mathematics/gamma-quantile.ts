import { exp } from './exponential.ts'
import { incompleteGamma, lgamma } from './gamma.ts'
import { log } from './logarithm.ts'
import { normalQuantile } from './normal.ts'

/**
 * The x with P(a, x) = p: quantile of the gamma distribution of shape a > 0 and scale 1. Relative error below 2e-14 for
 * shapes from 0.01 to 1e5, 2e-16 / a below 0.01. Wilson and Hilferty's cube of a normal variate (1931), or the first term of the
 * series far left, improved by Halley's method.
 */
export function gammaQuantile(a: number, p: number): number {
  if (!(p > 0)) return p === 0 ? 0 : NaN
  if (p >= 1) return p === 1 ? Infinity : NaN
  let x = guess(a, p)
  for (let i = 0; i < 20; i++) {
    if (x < 1e-300) return x
    const { lower, upper, term } = incompleteGamma(a, x)
    // From the smaller of the two tails, so that no digits cancel.
    const miss = p < 0.5 ? lower - p : 1 - p - upper
    const density = (term * a) / x
    const step = miss / density
    const bend = (a - 1) / x - 1
    const curved = step / (1 - 0.5 * Math.min(1, step * bend))
    const next = x - curved
    const before = x
    x = next > 0 ? next : x / 2
    // Halley's error is the cube of the step, on the scale on which the density changes: after this one it is nothing.
    const scale = Math.min(x, Math.sqrt(a), Math.abs(1 / bend))
    if (Math.abs(x - before) < 1e-5 * scale) return x
  }
  return x
}

function guess(a: number, p: number): number {
  const z = normalQuantile(p)
  const root = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a))
  if (a > 0.7 && root > 0.3) return a * root * root * root
  return exp((log(p) + lgamma(a + 1)) / a)
}
