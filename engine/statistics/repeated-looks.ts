/**
 * The level of each of several looks at a growing number of runs, such that all of them together are wrong with a given
 * probability: looks at the same runs agree more often than not, so the levels may add up to more than that.
 *
 * Source: S. J. Pocock, "Group sequential methods in the design and analysis of clinical trials", Biometrika 64 (1977): the same
 * level at every look; its joint distribution by recursive integration (P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated
 * significance tests on accumulating data", J. R. Statist. Soc. A 132, 1969). Exact for sums of independent normal runs; the
 * correlations of looks, which are what it saves by, are those of any independent runs.
 */
import { exp } from '../mathematics/exponential.ts'
import { log } from '../mathematics/logarithm.ts'
import { normalCdf, normalQuantile } from '../mathematics/normal.ts'

/** Points of the integral between -FARTHEST and the bound; even. */
const POINTS = 64
/** Standard deviations below which a sum is not followed any more: it adds less than 1e-11. */
const FARTHEST = -7
/** Looks closer than this are taken to be so far apart, which makes them agree less: the level comes out lower. */
const CLOSEST = 1.15
/** Of the probability, relative. */
const PRECISE = 1e-6
const MOST_STEPS = 12

const INVERSE_ROOT = 1 / Math.sqrt(2 * Math.PI)
const density = (z: number): number => INVERSE_ROOT * exp(-0.5 * z * z)

/**
 * @param runs at each look, rising
 * @param alpha probability that any look is wrong, one-sided, in (0, 0.5)
 * @returns one-sided level of each look: alpha / looks to alpha
 */
export function levelOfLooks(runs: readonly number[], alpha: number): number {
  if (runs.length === 0 || !(alpha > 0 && alpha < 0.5)) throw new RangeError(`${runs.length} looks at level ${alpha}`)
  const key = `${runs.join()} ${alpha}`
  const known = found.get(key)
  if (known !== undefined) return known
  const level = runs.length === 1 ? alpha : commonLevel(runs, alpha)
  found.set(key, level)
  return level
}

/** Levels that were found before: a search asks for few, and each takes some 50 ms. */
const found = new Map<string, number>()

function commonLevel(runs: readonly number[], alpha: number): number {
  // Between the bound of one look and that of looks that do not depend on one another: by the secant of the logarithm.
  let [bound, tried] = [-normalQuantile(alpha), -normalQuantile(alpha / runs.length)]
  let [excess, last] = [log(anyAbove(runs, bound) / alpha), log(anyAbove(runs, tried) / alpha)]
  for (let step = 0; step < MOST_STEPS && Math.abs(last) > PRECISE; step++) {
    const next = tried - (last * (tried - bound)) / (last - excess)
    ;[bound, excess] = [tried, last]
    ;[tried, last] = [next, log(anyAbove(runs, next) / alpha)]
  }
  return Math.min(alpha, Math.max(alpha / runs.length, normalCdf(-tried)))
}

/** Probability that a sum of standard normal runs is more than `bound` of its standard deviations above 0 at any look. */
function anyAbove(runs: readonly number[], bound: number): number {
  const step = (bound - FARTHEST) / POINTS
  const at = Float64Array.from({ length: POINTS + 1 }, (_, point) => FARTHEST + point * step)
  const weights = at.map((_, point) => ((point === 0 || point === POINTS ? 1 : point % 2 === 1 ? 4 : 2) * step) / 3)
  let below = at.map(density)
  let crossed = normalCdf(-bound)
  for (let look = 1; look < runs.length; look++) {
    const ratio = Math.max(CLOSEST, runs[look] / runs[look - 1])
    // What a sum of this look is, in standard deviations, given that of the look before.
    const [kept, spread] = [Math.sqrt(1 / ratio), Math.sqrt(1 - 1 / ratio)]
    const mass = below.map((each, point) => each * weights[point])
    crossed += at.reduce((sum, x, point) => sum + mass[point] * normalCdf((kept * x - bound) / spread), 0)
    if (look < runs.length - 1)
      below = at.map(
        (y) => at.reduce((sum, x, point) => sum + mass[point] * density((y - kept * x) / spread), 0) / spread,
      )
  }
  return crossed
}
