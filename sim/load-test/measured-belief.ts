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
 *
 * A machine may become faster or slower while it is measured, as virtual ones do. So the knee may move from trial to trial
 * by a random walk, whose step is unknown as well: where trials agree, earlier ones count as much as later ones, and where the
 * machine drifts they count less. What is estimated is the knee after the last trial.
 */
import { exp } from '#engine/mathematics/exponential.ts'
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

/** Standard deviation of ln knee from one trial to the next, and how likely each is before any trial. */
const drifts = [
  [0, 0.9],
  [0.03, 0.1],
] as const

/** Weights of the steps of a walk by points of the grid, from 0 on; all of them, with both signs, sum to 1. */
function walkOf(deviation: number): Float64Array {
  if (deviation === 0) return Float64Array.of(1)
  const width = deviation / STEP
  const weights = Float64Array.from({ length: Math.ceil(3 * width) + 1 }, (_, step) => exp(-0.5 * (step / width) ** 2))
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -1)
  return weights.map((weight) => weight / total)
}

const walks = drifts.map(([deviation, prior]) => ({ walk: walkOf(deviation), prior }))
const FARTHEST = Math.max(...walks.map(({ walk }) => walk.length - 1))

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

/** What the excesses of trials look like, with the odds that the knee is at a point of the grid for each walk. */
interface Hypothesis {
  readonly mean: Float64Array
  readonly scale: number
  readonly odds: Float64Array[]
}

export class MeasuredBelief implements Belief {
  #hypotheses: Hypothesis[] = means.flatMap((mean) =>
    scales.map((scale) => ({ mean, scale, odds: walks.map(({ prior }) => new Float64Array(POINTS).fill(prior)) })),
  )
  readonly #odds = new RateOdds(STEP)
  /** How likely it is that the knee moves, 0 to 1. */
  drifting = 0

  /** Learns by how much a trial at a rate, operations a second, exceeded its bound: ln(measured / allowed). */
  add(rate: number, excess: number): void {
    const point = this.#odds.pointOf(rate)
    const before = { first: this.#odds.first, last: this.#odds.last }
    this.#odds.widen(FARTHEST)
    const { first, last } = this.#odds
    const likely = new Float64Array(POINTS)
    const sums = walks.map(() => 0)
    const shares = this.#hypotheses.map(({ mean, scale, odds }) => {
      for (let knee = first; knee <= last; knee++)
        likely[knee] = Math.max(LEAST_LIKELIHOOD, likelihood(excess, mean[point - knee + POINTS], scale))
      let share = 0
      odds.forEach((each, index) => {
        const moved = walked(each, walks[index].walk, before, this.#odds)
        let sum = 0
        for (let knee = first; knee <= last; knee++) {
          moved[knee] *= likely[knee]
          sum += moved[knee]
        }
        odds[index] = moved
        sums[index] += sum
        share += sum
      })
      return share
    })
    const total = shares.reduce((sum, share) => sum + share, 0)
    this.drifting = 1 - sums[0] / total
    this.#hypotheses = this.#hypotheses.filter((_, index) => shares[index] >= NEGLIGIBLE * total)
    this.#odds.update(
      this.#hypotheses.flatMap(({ odds }) => odds),
      total,
    )
  }

  quantiles(probabilities: readonly number[]): number[] {
    return this.#odds.quantiles(probabilities)
  }
}

type Range = Pick<RateOdds, 'first' | 'last'>

/** Odds of a knee that took one step, over a wider range; a walk ends at the range's ends. */
function walked(odds: Float64Array, walk: Float64Array, from: Range, to: Range): Float64Array {
  if (walk.length === 1) return odds.fill(0, to.first, from.first).fill(0, from.last + 1, to.last + 1)
  const moved = new Float64Array(odds.length)
  for (let point = from.first; point <= from.last; point++) {
    const share = odds[point]
    moved[point] += share * walk[0]
    for (let step = 1; step < walk.length; step++) {
      moved[Math.max(to.first, point - step)] += share * walk[step]
      moved[Math.min(to.last, point + step)] += share * walk[step]
    }
  }
  return moved
}
