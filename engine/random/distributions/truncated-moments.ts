import { type Moments, mixtureMoments, moments } from '../moments.ts'
import { quantileMoments } from '../quantile-moments.ts'
import { type Component, type Distribution, survivalOf } from '../variate.ts'

/** So many whole numbers are added up one by one; what is beyond is integrated. */
const MOST_ATOMS = 1 << 14

/** A distribution cut off at two bounds. */
export interface Cut {
  readonly min: number
  readonly max: number
  /** P(X < min), P(X > max), and what is between. */
  readonly below: number
  readonly above: number
  readonly share: number
  /** Whether the upper tail is what is known well. */
  readonly upper: boolean
  /** The tail that the share is a part of. */
  readonly tail: number
  /** Least and largest value within. */
  readonly least: number
  readonly greatest: number
  readonly kinks: readonly number[]
  /** A mixture's parts, each cut at the same bounds. */
  readonly components: readonly Component[] | undefined
}

type Truncate = (distribution: Distribution, bounds: { min?: number; max?: number }) => Distribution
type At = (p: number, q: number) => number

/** Mean and variance of the part of a law within the bounds, computed when first asked for. */
export function momentsBetween(inner: Distribution, cut: Cut, at: At, truncate: Truncate): () => Moments {
  let found: Moments | undefined
  return () => (found ??= work(inner, cut, at, truncate))
}

function work(inner: Distribution, cut: Cut, at: At, truncate: Truncate): Moments {
  const { max, kinks } = cut
  if (max === Infinity && inner.mean === Infinity) return { mean: Infinity, variance: Infinity }
  if (cut.components) return mixtureMoments(cut.components)
  if (cut.below === 0 && cut.above === 0) return { mean: inner.mean, variance: inner.variance }
  if (inner.atoms || inner.whole) return ofAtoms(inner, cut, at)
  const { mean, variance, settled } = quantileMoments(at, kinks)
  if (settled || max < Infinity) return { mean, variance }
  return withoutLower(inner, cut, truncate)
}

/** Of a heavy tail: what the whole law has, less what is below the bound. */
function withoutLower(inner: Distribution, { min, below, share }: Cut, truncate: Truncate): Moments {
  const lower = truncate(inner, { max: min })
  const mean = (inner.mean - below * lower.mean) / share
  if (inner.variance === Infinity) return { mean, variance: Infinity }
  const ofLower = below * (lower.variance + (lower.mean - inner.mean) ** 2)
  return { mean, variance: (inner.variance - ofLower) / share - (mean - inner.mean) ** 2 }
}

function ofAtoms(inner: Distribution, cut: Cut, at: At): Moments {
  const atoms = inner.atoms?.filter((x) => x >= cut.min && x <= cut.max) ?? []
  if (atoms.length > 0)
    return moments(
      atoms,
      atoms.map((x) => jump(inner, x)),
    )
  const first = Math.max(cut.least, at(2 ** -60, 1))
  const last = Math.min(cut.greatest, at(1, 2 ** -60))
  const count = Math.min(last - first + 1, MOST_ATOMS)
  const numbers = Array.from({ length: count }, (_, i) => first + i)
  const weights = numbers.map((k) => jump(inner, k))
  const whole = moments(numbers, weights)
  if (first + count > last) return whole
  const listed = weights.reduce((sum, weight) => sum + weight, 0)
  const rest = survivalOf(inner, first + count - 1) - cut.above
  if (rest <= 1e-12 * listed) return whole
  const share = rest / (rest + listed)
  const beyond = quantileMoments((p, q) => at(1 - share + p * share, q * share), [])
  return mixtureMoments([
    { weight: 1 - share, of: whole },
    { weight: share, of: beyond },
  ])
}

/** P(X = x), from the smaller tail. */
function jump(distribution: Distribution, x: number): number {
  const before = x - Math.max(Math.abs(x) * 2 ** -52, Number.MIN_VALUE)
  const p = distribution.cdf(x)
  return p < 0.5 ? p - distribution.cdf(before) : survivalOf(distribution, before) - survivalOf(distribution, x)
}
