/**
 * Lives that are under way at a random instant. A long life is met more often than a short one: the life met is drawn
 * in proportion to its length, and the instant is anywhere in it alike, so that its age and what is left of it follow the
 * equilibrium law 1 - F(x) over the mean (D. R. Cox, "Renewal Theory", 1962, section 5.3).
 */
import type { Stream } from './streams.ts'
import type { Distribution } from './variate.ts'

/** Points of the quantiles over which a law is integrated: crowded at both ends, where quantiles run away. */
const POINTS = 1 << 13
/** Points where a rate is asked for in many slices at each. */
const FEW_POINTS = POINTS / 16

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
  /** Lives at the points of the integral, ascending: a quantile is dear, and many integrals are asked for. */
  readonly #lives: Float64Array
  #fewLives: Float64Array | undefined
  /** Sums of the weights, and of the weighted lengths of lives, up to each point. */
  readonly #weights = new Float64Array(POINTS)
  readonly #sums = new Float64Array(POINTS)

  constructor({ quantile }: Distribution) {
    this.#quantile = (p) => Math.max(0, quantile(p))
    this.#lives = this.#livesAt(POINTS)
    let sum = 0
    let weights = 0
    for (let point = 0; point < POINTS; point++) {
      const weight = weightOf((point + 0.5) / POINTS)
      weights += weight
      sum += weight * this.#lives[point]
      this.#weights[point] = weights
      this.#sums[point] = sum
    }
    this.mean = sum / weights
  }

  #livesAt(points: number): Float64Array {
    const lives = new Float64Array(points)
    for (let point = 0; point < points; point++) lives[point] = this.#quantile(probability((point + 0.5) / points))
    return lives
  }

  /** Mean of the part of a life that is in its first `time`: what is there after `time` of arrivals at rate 1. */
  meanUpTo(time: number): number {
    const shorter = this.#firstPoint((point) => this.#lives[point] > time)
    const weights = this.#weights[POINTS - 1]
    if (shorter === 0) return time
    return (this.#sums[shorter - 1] + time * (weights - this.#weights[shorter - 1])) / weights
  }

  /**
   * How many lives are under way on average where `rate` was the rate of arrivals so long ago, and nothing came earlier
   * than `time` ago: S. G. Eick, W. A. Massey and W. Whitt, "The physics of the M(t)/G/infinity queue" (1993).
   */
  present(rate: (ago: number) => number, time: number): number {
    this.#fewLives ??= this.#livesAt(FEW_POINTS)
    let [mean, weights] = [0, 0]
    for (let point = 0; point < FEW_POINTS; point++) {
      const weight = weightOf((point + 0.5) / FEW_POINTS)
      const span = Math.min(time, this.#fewLives[point])
      let sum = 0
      for (let slice = 0; slice < SLICES; slice++) sum += rate((span * (slice + 0.5)) / SLICES)
      weights += weight
      mean += weight * ((span * sum) / SLICES)
    }
    return mean / weights
  }

  /** A life under way: three draws. The mean must be above 0. */
  draw(stream: Stream): Underway {
    const wanted = stream.next() * this.#sums[POINTS - 1]
    const point = Math.min(
      POINTS - 1,
      this.#firstPoint((each) => this.#sums[each] > wanted),
    )
    const life = this.#quantile(probability((point + stream.next()) / POINTS))
    const left = stream.next() * life
    return { age: life - left, left }
  }

  /** The first point that `isReached`, by bisection; POINTS where none is. */
  #firstPoint(isReached: (point: number) => boolean): number {
    let [low, high] = [0, POINTS]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isReached(middle)) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** p = t^2 (3 - 2t) for t in (0, 1); never 0 or 1. */
const probability = (t: number): number => Math.min(1 - 2 ** -53, Math.max(2 ** -60, t * t * (3 - 2 * t)))

const weightOf = (t: number): number => 6 * t * (1 - t)
