import { aboveZero, type Distribution, demand } from '../variate.ts'

/** Less than this within the bounds would be drawn from the last digits of the cdf. */
const LEAST_SHARE = 1e-9
const POINTS = 1 << 14
/** A draw that rounds to 1 would ask an unbounded distribution for Infinity. */
const BELOW_ONE = 1 - 2 ** -53

/**
 * A distribution that is known to lie from min to max, both included: by inversion, so one draw. Mean and variance
 * are integrated over the quantiles when first asked for (relative error about 1e-4).
 */
export function truncated(inner: Distribution, { min = -Infinity, max = Infinity }: Bounds): Distribution {
  demand(min < max, 'truncated: min', min, `give a number below max (${max})`)
  const below = min === -Infinity ? 0 : inner.cdf(justBelow(min))
  const share = (max === Infinity ? 1 : inner.cdf(max)) - below
  const mend = `widen them: only ${share} of the distribution lies between`
  demand(share >= LEAST_SHARE, 'truncated: bounds', [min, max], mend)
  const upTo = (greatest: number, p: number) => {
    // Rounding may step over a bound by its last digit.
    const x = inner.quantile(Math.min(below + p * share, greatest))
    return x < min ? min : x > max ? max : x
  }
  const quantile = (p: number) => upTo(1, p)
  let moments: Moments | undefined
  const known = () => (moments ??= momentsOf(quantile))
  return {
    get mean() {
      return known().mean
    },
    get variance() {
      return known().variance
    },
    sample: (stream) => upTo(BELOW_ONE, aboveZero(stream.next())),
    quantile,
    cdf: (x) => (x < min ? 0 : x >= max ? 1 : Math.max(0, (inner.cdf(x) - below) / share)),
  }
}

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

interface Moments {
  readonly mean: number
  readonly variance: number
}

/** P(X < min) is the cdf just below min, where a discrete distribution has not yet climbed. */
function justBelow(x: number): number {
  return x - Math.max(Math.abs(x) * 2 ** -52, Number.MIN_VALUE)
}

/** The midpoint rule in t with p = t^2 (3 - 2t), whose points crowd at both ends, where quantiles run away. */
function momentsOf(quantile: (p: number) => number): Moments {
  let weight = 0
  let mean = 0
  let squares = 0
  for (let i = 0; i < POINTS; i++) {
    const t = (i + 0.5) / POINTS
    const x = quantile(t * t * (3 - 2 * t))
    // West (1979): no large squares to cancel.
    const w = t * (1 - t)
    weight += w
    const step = ((x - mean) * w) / weight
    squares += w * (x - mean) * (x - mean - step)
    mean += step
  }
  return { mean, variance: squares / weight }
}
