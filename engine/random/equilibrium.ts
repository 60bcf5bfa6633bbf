/**
 * Lives that are under way at a random instant. A long life is met more often than a short one: the life met is drawn
 * in proportion to its length, and the instant lies anywhere in it alike, so that its age and what is left of it follow the
 * equilibrium law 1 - F(x) over the mean (D. R. Cox, "Renewal Theory", 1962, section 5.3).
 */
import type { Stream } from './streams.ts'
import type { Distribution } from './variate.ts'

/** Points of the quantiles over which a law is integrated: crowded at both ends, where quantiles run away. */
const POINTS = 1 << 13

/** Slices of a life in which a rate that changes is asked for. */
const SLICES = 64

export interface Underway {
  readonly age: number
  readonly left: number
}

export class Equilibrium {
  /** Mean of the law, values below 0 counting as 0. */
  readonly mean: number
  readonly #quantile: (p: number) => number
  /** Sums of the lengths of lives up to each point. */
  readonly #sums = new Float64Array(POINTS)

  constructor({ quantile }: Distribution) {
    this.#quantile = (p) => Math.max(0, quantile(p))
    let sum = 0
    let weights = 0
    for (let point = 0; point < POINTS; point++) {
      const t = (point + 0.5) / POINTS
      const weight = 6 * t * (1 - t)
      weights += weight
      sum += weight * this.#quantile(probability(t))
      this.#sums[point] = sum
    }
    this.mean = sum / weights
  }

  /** Mean of the part of a life that lies in its first `time`: what is there after `time` of arrivals at rate 1. */
  meanUpTo(time: number): number {
    return this.#meanOf((life) => Math.min(time, life), POINTS)
  }

  /**
   * How many lives are under way on average where `rate` was the rate of arrivals so long ago, and nothing came earlier
   * than `time` ago: S. G. Eick, W. A. Massey and W. Whitt, "The physics of the M(t)/G/infinity queue" (1993).
   */
  present(rate: (ago: number) => number, time: number): number {
    return this.#meanOf((life) => {
      const span = Math.min(time, life)
      let sum = 0
      for (let slice = 0; slice < SLICES; slice++) sum += rate((span * (slice + 0.5)) / SLICES)
      return (span * sum) / SLICES
    }, POINTS / 16)
  }

  #meanOf(value: (life: number) => number, points: number): number {
    let [sum, weights] = [0, 0]
    for (let point = 0; point < points; point++) {
      const t = (point + 0.5) / points
      const weight = 6 * t * (1 - t)
      weights += weight
      sum += weight * value(this.#quantile(probability(t)))
    }
    return sum / weights
  }

  /** A life under way: three draws. The mean must be above 0. */
  draw(stream: Stream): Underway {
    const wanted = stream.next() * this.#sums[POINTS - 1]
    let [low, high] = [0, POINTS - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sums[middle] > wanted) high = middle
      else low = middle + 1
    }
    const life = this.#quantile(probability((low + stream.next()) / POINTS))
    const left = stream.next() * life
    return { age: life - left, left }
  }
}

/** p = t^2 (3 - 2t) for t in (0, 1); never 0 or 1. */
const probability = (t: number): number => Math.min(1 - 2 ** -53, Math.max(2 ** -60, t * t * (3 - 2 * t)))
