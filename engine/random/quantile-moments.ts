import { exp } from '../mathematics/exponential.ts'
import { type Moments, moments } from './moments.ts'

/** Points of the double exponential rule on each side of the middle, and their distance. */
const POINTS = 192
const STEP = 1 / 32
/** Beyond so many kinks the quantile is a chain of straight lines (observed data), for which two points each are exact. */
const MANY = 64

/** The rule of H. Takahasi and M. Mori (1974) on [0, 1]: p, 1 - p to its own digits, and weight of each point. */
const rule = Array.from({ length: 2 * POINTS + 1 }, (_, i) => {
  const t = (i - POINTS) * STEP
  const e = exp(Math.abs(t))
  const small = exp(-(Math.PI / 2) * (e - 1 / e))
  const p = small / (1 + small)
  const q = 1 / (1 + small)
  return { p: t < 0 ? p : q, q: t < 0 ? q : p, weight: p * q * (e + 1 / e) }
})

/**
 * Mean and variance of a law from its quantile: `at(p, 1 - p)`, which is smooth but at the `kinks`. Each piece between
 * them by the double exponential rule, which does not mind that quantiles run away at 0 and 1. Not `settled` where what is
 * beyond the last point, at a probability of 1e-275, would still count: the tail is too heavy.
 */
export function quantileMoments(
  at: (p: number, q: number) => number,
  kinks: readonly number[],
): Moments & { settled: boolean } {
  const values: number[] = []
  const weights: number[] = []
  const add = (p: number, q: number, weight: number) => {
    const x = at(p, q)
    // So far out that its own probability is no float64.
    if (!Number.isFinite(x)) return
    values.push(x)
    weights.push(weight)
  }
  const ends = [0, ...kinks, 1]
  for (let i = 1; i < ends.length; i++) {
    const [from, to] = [ends[i - 1], ends[i]]
    const width = to - from
    if (width <= 0) continue
    if (kinks.length > MANY) {
      for (const x of [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)])
        add(from + x * width, 1 - from - x * width, width)
    } else {
      for (const { p, q, weight } of rule) add(from + p * width, 1 - to + q * width, weight * width)
    }
  }
  const found = moments(values, weights)
  const last = values.length - 1
  const off = (values[last] - found.mean) / Math.sqrt(found.variance)
  return { ...found, settled: found.variance === 0 || off * off * weights[last] <= 1e-13 }
}
