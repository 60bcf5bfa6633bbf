/**
 * What trials say of the knee where the target bounds a figure that was measured: odds over every rate the knee may have.
 * A trial says by how much it missed or kept the bound, which is far more than whether: a percentile may rise by a half
 * only while the rate doubles, with as much noise from trial to trial, and then most trials near the knee hold or break by
 * chance. The excess y = ln(measured / allowed) of a trial at rate r is taken as
 *
 *   y = m(ln r - ln knee) + scale * noise,   m(d) = max(-floor, before * d) for d < 0, after * d for d >= 0
 *
 * with noise of Student's t distribution of 4 degrees of freedom, so that a stall moves the knee little. All four
 * parameters are unknown, so they are estimated too. Excesses beyond what is of interest are censored there: one of 8 times
 * the bound says no more than one of 4 times.
 */
import type { Belief } from './knee-belief.ts'
import { NEGLIGIBLE, pointsOf, RateOdds } from './rate-odds.ts'

/** Rates of the grid differ by this factor, as its logarithm. */
const STEP = 0.02
const POINTS = pointsOf(STEP)

/** Excesses are censored below and above these. */
const LEAST = -1
const MOST = 1.4

const floors = [0.3, 0.5, 0.8, 2] as const
const before = [0.7, 1.2, 2, 4, 8] as const
const after = [1, 2, 4, 12] as const
const scales = [0.03, 0.07, 0.12, 0.2, 0.3, 0.45] as const

/** The shape of the mean: its value by steps from the knee to the rate of a trial, from -POINTS to POINTS. */
const means = floors.flatMap((floor) =>
  before.flatMap((slow) =>
    after.map((fast) =>
      Float64Array.from({ length: 2 * POINTS + 1 }, (_, index) => {
        const distance = (index - POINTS) * STEP
        return distance < 0 ? Math.max(-floor, slow * distance) : fast * distance
      }),
    ),
  ),
)

/** Density of Student's t with 4 degrees of freedom, without its constant. */
function density(t: number): number {
  const u = 1 + (t * t) / 4
  return 1 / (u * u * Math.sqrt(u))
}

/** Its distribution function. */
function distribution(t: number): number {
  const u = 1 + (t * t) / 4
  return 0.5 + ((3 / 8) * t * (1 - (t * t) / (12 * u))) / Math.sqrt(u)
}

/** How likely an excess is where its mean and scale are known. */
function likelihood(excess: number, mean: number, scale: number): number {
  if (excess >= MOST) return 1 - distribution((MOST - mean) / scale)
  if (excess <= LEAST) return distribution((LEAST - mean) / scale)
  return density((excess - mean) / scale) / scale
}

/** No likelihood is below this, so that no single trial excludes a rate. */
const LEAST_LIKELIHOOD = 1e-6

export class MeasuredBelief implements Belief {
  #hypotheses = means.flatMap((mean) =>
    scales.map((scale) => ({ mean, scale, odds: new Float64Array(POINTS).fill(1) })),
  )
  readonly #odds = new RateOdds(STEP)

  /** Learns by how much a trial at a rate, operations a second, exceeded its bound: ln(measured / allowed). */
  add(rate: number, excess: number): void {
    const point = this.#odds.pointOf(rate)
    const { first, last } = this.#odds
    const shares = this.#hypotheses.map(({ mean, scale, odds }) => {
      let share = 0
      for (let knee = first; knee <= last; knee++) {
        odds[knee] *= Math.max(LEAST_LIKELIHOOD, likelihood(excess, mean[point - knee + POINTS], scale))
        share += odds[knee]
      }
      return share
    })
    const total = shares.reduce((sum, share) => sum + share, 0)
    this.#hypotheses = this.#hypotheses.filter((_, index) => shares[index] >= NEGLIGIBLE * total)
    this.#odds.update(
      this.#hypotheses.map(({ odds }) => odds),
      total,
    )
  }

  quantiles(probabilities: readonly number[]): number[] {
    return this.#odds.quantiles(probabilities)
  }
}
