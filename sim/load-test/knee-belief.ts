/**
 * What trials say of the knee, as odds over every rate it may have (Bayesian adaptive estimation of a threshold: A. B.
 * Watson, "QUEST+", Journal of Vision 17(3), 2017). A trial at rate r holds with probability
 *
 *   luck + (1 - lapse - luck) / (1 + exp((ln r - ln knee) / slope))
 *
 * `lapse` is how often a trial far below the knee breaks all the same, since something stalled; `luck` how often one
 * far above it holds; `slope` how much the knee itself moves from trial to trial. They are unknown, so they are
 * estimated too: one break says little where breaks are common, and much where there were none.
 */
import { exp } from '#engine/mathematics/exponential.ts'
import { log } from '#engine/mathematics/logarithm.ts'

/** Rates of the grid differ by this factor, as its logarithm. */
const STEP = 0.01
/** Rates above this are beyond any machine, operations a second. */
const TOP = 10_000_000
const POINTS = Math.floor(log(TOP) / STEP) + 1

const LUCK = 0.02
const slopes = [0.01, 0.02, 0.04, 0.08, 0.25] as const
/** Shares of trials, and how likely each is before any was made: most machines are quiet. */
const lapses = [
  [0.01, 5],
  [0.05, 4],
  [0.1, 3],
  [0.2, 2],
  [0.4, 1],
] as const

interface Hypothesis {
  /** Probability that a trial holds, by grid steps from the knee up to it, from -POINTS to POINTS. */
  readonly holds: Float64Array
  /** Odds that the knee is at a point of the grid. */
  readonly odds: Float64Array
}

function hypothesis(slope: number, lapse: number, prior: number): Hypothesis {
  const holds = Float64Array.from({ length: 2 * POINTS + 1 }, (_, index) => {
    const distance = ((index - POINTS) * STEP) / slope
    const below = distance > 700 ? 0 : 1 / (1 + exp(distance))
    return LUCK + (1 - lapse - LUCK) * below
  })
  return { holds, odds: new Float64Array(POINTS).fill(prior) }
}

const pointOf = (rate: number): number => Math.max(0, Math.min(POINTS - 1, Math.round(log(rate) / STEP)))
/** Three significant digits say all that a search finds. */
const rateAt = (point: number): number => Number(exp(point * STEP).toPrecision(3))

/** Points whose odds are below this part of all are given up: it keeps the sums short. */
const NEGLIGIBLE = 1e-10

/** What is known of the knee after some trials. */
export interface Belief {
  /** The rates below which the knee is with the given probabilities, ascending, each from 0 to 1. */
  quantiles(probabilities: readonly number[]): number[]
}

export class KneeBelief implements Belief {
  readonly #hypotheses = slopes.flatMap((slope) =>
    lapses.map(([lapse, prior]) => hypothesis(slope, lapse, prior / slopes.length)),
  )
  /** Odds of each point over all hypotheses, and the first and last points that still count. */
  readonly #odds = new Float64Array(POINTS).fill(1 / POINTS)
  #first = 0
  #last = POINTS - 1

  /** Learns what became of a trial at a rate, operations a second. */
  add(rate: number, held: boolean): void {
    const point = pointOf(rate)
    const [first, last, sums] = [this.#first, this.#last, this.#odds]
    sums.fill(0)
    let total = 0
    for (const { holds, odds } of this.#hypotheses)
      for (let knee = first; knee <= last; knee++) {
        const probability = holds[point - knee + POINTS]
        odds[knee] *= held ? probability : 1 - probability
        sums[knee] += odds[knee]
        total += odds[knee]
      }
    for (const { odds } of this.#hypotheses) for (let knee = first; knee <= last; knee++) odds[knee] /= total
    for (let knee = first; knee <= last; knee++) sums[knee] /= total
    while (sums[this.#first] < NEGLIGIBLE) this.#first++
    while (sums[this.#last] < NEGLIGIBLE) this.#last--
  }

  /** The rates below which the knee is with the given probabilities, ascending, each from 0 to 1. */
  quantiles(probabilities: readonly number[]): number[] {
    const found: number[] = []
    let sum = 0
    for (let knee = this.#first; knee <= this.#last; knee++) {
      sum += this.#odds[knee]
      while (found.length < probabilities.length && sum >= probabilities[found.length]) found.push(rateAt(knee))
    }
    while (found.length < probabilities.length) found.push(rateAt(this.#last))
    return found
  }
}
