import { exp } from './exponential.ts'
import { incompleteGamma, lgamma } from './gamma.ts'
import { log } from './logarithm.ts'
import { normalQuantile } from './normal.ts'

/**
 * The x with P(a, x) = p: quantile of the gamma distribution of shape a > 0 and scale 1. Relative error below 2e-14 for
 * shapes from 0.01 to 1e5, 2e-16 / a below 0.01. Wilson and Hilferty's cube of a normal variate (1931), or the first term
 * of the series far left, improved by Halley's method.
 */
export function gammaQuantile(a: number, p: number): number {
  if (!(p > 0)) return p === 0 ? 0 : NaN
  if (p >= 1) return p === 1 ? Infinity : NaN
  return solve(a, p, 1 - p, guess(a, p, normalQuantile(p)))
}

/** The x with Q(a, x) = q: `gammaQuantile(a, 1 - q)` that keeps the digits of a small q. */
export function gammaUpperQuantile(a: number, q: number): number {
  if (!(q > 0)) return q === 0 ? Infinity : NaN
  if (q >= 1) return q === 1 ? 0 : NaN
  return solve(a, 1 - q, q, guess(a, 1 - q, -normalQuantile(q)))
}

/** From the smaller of the two tails p and q, so that no digits cancel. */
function solve(a: number, p: number, q: number, start: number): number {
  let x = start
  for (let i = 0; i < 40; i++) {
    if (x < 1e-300) return x
    const { lower, upper, term } = incompleteGamma(a, x)
    const miss = p < 0.5 ? lower - p : q - upper
    const density = (term * a) / x
    const step = miss / density
    const bend = (a - 1) / x - 1
    const curved = step / (1 - 0.5 * Math.min(1, step * bend))
    const next = x - curved
    const before = x
    x = next > 0 ? Math.min(next, 2 * x + 2) : x / 2
    // Halley's error is the cube of the step, on the scale on which the density changes: after this one it is nothing.
    const scale = Math.min(x, Math.sqrt(a), Math.abs(1 / bend))
    if (Math.abs(x - before) < 1e-5 * scale) return x
  }
  return x
}

function guess(a: number, p: number, z: number): number {
  const root = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a))
  if (root > 0.3 && (a > 0.7 || z > 3)) return a * root * root * root
  return exp((log(p) + lgamma(a + 1)) / a)
}
