import { lastNotAbove } from '../sorted.ts'
import { aboveZero, type Component, type Distribution, demand, survivalOf, upperQuantileOf } from '../variate.ts'
import { type Cut, momentsBetween } from './truncated-moments.ts'

/** Less than this share of a tail would be drawn from its last digits. */
const LEAST_SHARE = 1e-9
/** Tails below this are soon no normal numbers. */
const LEAST_TAIL = 1e-290
/** A draw that rounds to 1 would ask an unbounded distribution for Infinity. */
const BELOW_ONE = 1 - 2 ** -53

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/**
 * A distribution that is known to be from min to max, both included: by inversion, so one draw. Far out on the right
 * it is drawn from the upper tail, which has its own digits there: a normal beyond 30 standard deviations is right.
 * Mean and variance are found when first asked for, with a relative error below 1e-8 (1e-5 for more than 16,384 whole
 * numbers).
 * @throws ParameterError when next to nothing of the distribution is between the bounds
 */
export function truncated(inner: Distribution, { min = -Infinity, max = Infinity }: Bounds): Distribution {
  demand(min < max, 'truncated: min', min, `give a number below max (${max})`)
  const cut = cutOf(inner, min, max, true)
  const { below, above, share, upper } = cut
  const hint = `widen them: only ${share} of the distribution is between`
  demand(share >= LEAST_TAIL && share >= LEAST_SHARE * cut.tail, 'truncated: bounds', [min, max], hint)
  const { least, greatest } = cut
  // Rounding may step over a bound by its last digit.
  const within = (x: number) => (x < least ? least : x > greatest ? greatest : x)
  const fromBelow = (p: number, most: number) => within(inner.quantile(Math.min(below + p * share, most)))
  const fromAbove = (q: number) => within(upperQuantileOf(inner, above + q * share))
  const known = momentsBetween(
    inner,
    cut,
    (p, q) => (upper || (q < p && above + q * share < 0.25) ? fromAbove(q) : fromBelow(p, BELOW_ONE)),
    truncated,
  )
  return {
    get mean() {
      return known().mean
    },
    get variance() {
      return known().variance
    },
    sample: (stream) => {
      const p = aboveZero(stream.next())
      return upper ? fromAbove(1 - p) : fromBelow(p, BELOW_ONE)
    },
    quantile: (p) => (upper ? fromAbove(1 - p) : fromBelow(p, 1)),
    cdf: (x) => (x < min ? 0 : x >= max ? 1 : clamped(cutOf(inner, min, x).share / share)),
    survival: (x) => (x < min ? 1 : x >= max ? 0 : clamped((survivalOf(inner, x) - above) / share)),
    upperQuantile: (q) => (upper || above + q * share < 0.25 ? fromAbove(q) : fromBelow(1 - q, 1)),
    whole: inner.whole,
    atoms: inner.atoms?.filter((x) => x >= min && x <= max),
    kinks: cut.kinks,
    components: cut.components,
  }
}

const clamped = (p: number) => Math.min(1, Math.max(0, p))

/** What is between the bounds, from whichever tail still has its digits there. */
function cutOf(inner: Distribution, min: number, max: number, withParts = false): Cut {
  const start = justBelow(min)
  const below = min === -Infinity ? 0 : inner.cdf(start)
  const above = max === Infinity ? 0 : survivalOf(inner, max)
  const upper = below > 0.5
  const tail = upper ? survivalOf(inner, start) : max === Infinity ? 1 : inner.cdf(max)
  const share = upper ? tail - above : tail - below
  const { atoms, whole, kinks = [] } = inner
  const sorted = atoms && Float64Array.from(atoms)
  return {
    min,
    max,
    below,
    above,
    share,
    upper,
    tail,
    least: sorted ? firstFrom(sorted, min) : whole ? Math.ceil(min) : min,
    greatest: sorted ? sorted[lastNotAbove(sorted, max)] : whole ? Math.floor(max) : max,
    kinks: kinks.map((p) => (p - below) / share).filter((p) => p > 0 && p < 1),
    components: withParts ? inner.components && partsWithin(inner.components, min, max) : undefined,
  }
}

/** The parts of a mixture that reach into the bounds, each as heavy as what it has there. */
function partsWithin(components: readonly Component[], min: number, max: number): readonly Component[] {
  return components.flatMap(({ weight, of }) => {
    const { share, tail } = cutOf(of, min, max)
    return share > 0 && share >= LEAST_SHARE * tail ? [{ weight: weight * share, of: truncated(of, { min, max }) }] : []
  })
}

function firstFrom(sorted: Float64Array, min: number): number {
  const i = sorted[0] >= min ? 0 : lastNotAbove(sorted, justBelow(min)) + 1
  return sorted[Math.min(i, sorted.length - 1)]
}

/** P(X < min) is the cdf just below min, where a discrete distribution has not yet climbed. */
function justBelow(x: number): number {
  return x - Math.max(Math.abs(x) * 2 ** -52, Number.MIN_VALUE)
}
