/** Odds over every rate that the knee may have, on a grid of equal factors. */
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'

/** Rates above this are beyond any machine, operations a second. */
const TOP = 10_000_000

/** What has odds below this part of all is given up: it keeps the sums short. */
export const NEGLIGIBLE = 1e-10

/** Points of a grid whose rates differ by a factor, given as its logarithm. */
export const pointsOf = (step: number): number => Math.floor(log(TOP) / step) + 1

export class RateOdds {
  readonly #step: number
  readonly #odds: Float64Array
  /** The first and last points that still count. */
  first = 0
  last: number

  constructor(step: number) {
    this.#step = step
    const points = pointsOf(step)
    this.#odds = new Float64Array(points).fill(1 / points)
    this.last = points - 1
  }

  pointOf(rate: number): number {
    return Math.max(0, Math.min(this.#odds.length - 1, Math.round(log(rate) / this.#step)))
  }

  /** Lets points on both sides of those that count, count again. */
  widen(points: number): void {
    this.first = Math.max(0, this.first - points)
    this.last = Math.min(this.#odds.length - 1, this.last + points)
  }

  /** Takes the odds of the points that count from parts, each of them divided by `total`, which is what they all sum to. */
  update(parts: readonly Float64Array[], total: number): void {
    this.#odds.fill(0)
    for (const part of parts)
      for (let point = this.first; point <= this.last; point++) {
        part[point] /= total
        this.#odds[point] += part[point]
      }
    while (this.#odds[this.first] < NEGLIGIBLE) this.first++
    while (this.#odds[this.last] < NEGLIGIBLE) this.last--
  }

  /** The rates below which the knee is with the given probabilities, ascending, each from 0 to 1. */
  quantiles(probabilities: readonly number[]): number[] {
    const found: number[] = []
    let sum = 0
    for (let point = this.first; point <= this.last; point++) {
      sum += this.#odds[point]
      while (found.length < probabilities.length && sum >= probabilities[found.length]) found.push(this.#rateAt(point))
    }
    while (found.length < probabilities.length) found.push(this.#rateAt(this.last))
    return found
  }

  /** Three significant digits say all that a search finds. */
  #rateAt(point: number): number {
    return Number(exp(point * this.#step).toPrecision(3))
  }
}
