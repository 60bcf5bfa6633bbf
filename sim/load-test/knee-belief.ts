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
import { pointsOf, RateOdds } from './rate-odds.ts'

/** Rates of the grid differ by this factor, as its logarithm. */
const STEP = 0.01
const POINTS = pointsOf(STEP)

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

/** What is known of the knee after some trials. */
export interface Belief {
  /** The rates below which the knee is with the given probabilities, ascending, each from 0 to 1. */
  quantiles(probabilities: readonly number[]): number[]
}

export class KneeBelief implements Belief {
  readonly #hypotheses = slopes.flatMap((slope) =>
    lapses.map(([lapse, prior]) => hypothesis(slope, lapse, prior / slopes.length)),
  )
  readonly #odds = new RateOdds(STEP)

  /** Learns what became of a trial at a rate, operations a second. */
  add(rate: number, held: boolean): void {
    const point = this.#odds.pointOf(rate)
    const { first, last } = this.#odds
    let total = 0
    for (const { holds, odds } of this.#hypotheses)
      for (let knee = first; knee <= last; knee++) {
        const probability = holds[point - knee + POINTS]
        odds[knee] *= held ? probability : 1 - probability
        total += odds[knee]
      }
    this.#odds.update(
      this.#hypotheses.map(({ odds }) => odds),
      total,
    )
  }

  quantiles(probabilities: readonly number[]): number[] {
    return this.#odds.quantiles(probabilities)
  }
}
