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

/** Ages at which `presentAbout` asks for a rate. */
const AGES = 128

/** Lives at the points of the integral, ascending, with the sums of weights and of weighted lengths up to each point. */
interface Table {
  readonly lives: Float64Array
  readonly weights: Float64Array
  readonly sums: Float64Array
}

export interface Underway {
  readonly age: number
  readonly left: number
}

export class Equilibrium {
  readonly #quantile: (p: number) => number
  /** A quantile is dear, and many integrals are asked for: kept from the first one on. */
  #known: Table | undefined
  #fewLives: Float64Array | undefined
  #ages: { readonly table: Table; readonly ages: Float64Array } | undefined

  constructor({ quantile }: Distribution) {
    this.#quantile = (p) => Math.max(0, quantile(p))
  }

  get #table(): Table {
    this.#known ??= this.#integrated(POINTS)
    return this.#known
  }

  #integrated(points: number): Table {
    const table = { lives: this.#livesAt(points), weights: new Float64Array(points), sums: new Float64Array(points) }
    let sum = 0
    let weights = 0
    for (let point = 0; point < points; point++) {
      const weight = weightOf((point + 0.5) / points)
      weights += weight
      sum += weight * table.lives[point]
      table.weights[point] = weights
      table.sums[point] = sum
    }
    return table
  }

  #livesAt(points: number): Float64Array {
    const lives = new Float64Array(points)
    for (let point = 0; point < points; point++) lives[point] = this.#quantile(probability((point + 0.5) / points))
    return lives
  }

  /** Mean of the law, values below 0 counting as 0. */
  get mean(): number {
    return meanOf(this.#table)
  }

  /** Mean of the part of a life that is in its first `time`: what is there after `time` of arrivals at rate 1. */
  meanUpTo(time: number): number {
    return meanUpTo(this.#table, time)
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

  /**
   * The same from 128 values of the rate instead of 32,768, for estimates that are shown: the mean of the rate over the
   * equilibrium law of ages. Histories depend on each bit of `present`, so that one stays as it is.
   */
  presentAbout(rate: (ago: number) => number, time: number): number {
    this.#ages ??= withAges(this.#integrated(POINTS / 16))
    const { table, ages } = this.#ages
    const mean = meanOf(table)
    if (mean === 0) return 0
    // Ages below `time`: whole strata, and a part of one.
    const strata = Math.min(1, meanUpTo(table, time) / mean) * AGES
    const whole = Math.floor(strata)
    let sum = 0
    for (let stratum = 0; stratum < whole; stratum++) sum += rate(ages[stratum])
    if (strata > whole) sum += (strata - whole) * rate(Math.min(ages[whole], time))
    return (mean * sum) / AGES
  }

  /** A life under way: three draws. The mean must be above 0. */
  draw(stream: Stream): Underway {
    const { sums } = this.#table
    const wanted = stream.next() * sums[POINTS - 1]
    const point = Math.min(POINTS - 1, firstAbove(sums, wanted))
    const life = this.#quantile(probability((point + stream.next()) / POINTS))
    const left = stream.next() * life
    return { age: life - left, left }
  }
}

const meanOf = ({ sums, weights }: Table): number => sums[sums.length - 1] / weights[weights.length - 1]

function meanUpTo({ lives, weights, sums }: Table, time: number): number {
  const shorter = firstAbove(lives, time)
  const whole = weights[weights.length - 1]
  if (shorter === 0) return time
  if (shorter === lives.length) return sums[shorter - 1] / whole
  return (sums[shorter - 1] + time * (whole - weights[shorter - 1])) / whole
}

/** Ages in the middle of strata of equal probability. */
function withAges(table: Table) {
  const { lives, weights, sums } = table
  const points = lives.length
  const whole = weights[points - 1]
  const ages = new Float64Array(AGES)
  let [point, begin, mass, longer] = [0, 0, 0, whole]
  for (let stratum = 0; stratum < AGES; stratum++) {
    const wanted = ((stratum + 0.5) / AGES) * sums[points - 1]
    while (point < points - 1 && mass + (lives[point] - begin) * longer < wanted) {
      mass += (lives[point] - begin) * longer
      begin = lives[point]
      longer = whole - weights[point]
      point++
    }
    ages[stratum] = begin + (wanted - mass) / longer
  }
  return { table, ages }
}

/** The first of ascending values above a bound, by bisection; their number where none is. */
function firstAbove(values: Float64Array, bound: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] > bound) high = middle
    else low = middle + 1
  }
  return low
}

/** p = t^2 (3 - 2t) for t in (0, 1); never 0 or 1. */
const probability = (t: number): number => Math.min(1 - 2 ** -53, Math.max(2 ** -60, t * t * (3 - 2 * t)))

const weightOf = (t: number): number => 6 * t * (1 - t)
