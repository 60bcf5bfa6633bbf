/**
 * MSER-5: how many of the first observations to discard so that the mean of the rest is estimated best. The
 * observations are averaged in fives; of the averages z, the truncation d minimises the marginal standard error
 * `sum of (z[j] - mean)^2, j >= d, / (k - d)^2`.
 *
 * Source: K. P. White, M. J. Cobb, S. C. Spratt, "A comparison of five steady-state truncation heuristics for
 * simulation", Winter Simulation Conference 2000; the last five averages are never candidates, as in K. Hoad,
 * S. Robinson, R. Davies, "Automating warm-up length estimation", Journal of the OR Society 61 (2010).
 */
import { Tally } from './tally.ts'

const BATCH = 5
const LEAST_LEFT = 5

export interface Truncation {
  /** Observations to discard, a multiple of 5. */
  discard: number
  /** Mean of the averages of five that remain. */
  mean: number
  /** False when the minimum is in the second half: the run is too short to tell, and should be made longer. */
  settled: boolean
}

/** Throws when there are fewer than 50 observations, of which nothing could be said. */
export function mser5(observations: ArrayLike<number>): Truncation {
  const batches = Math.floor(observations.length / BATCH)
  if (batches < 2 * LEAST_LEFT) {
    throw new RangeError(`MSER-5 needs at least 50 observations, not ${observations.length}`)
  }
  const rest = new Tally()
  let best = { discard: 0, mean: Number.NaN, settled: false }
  let least = Infinity
  for (let d = batches - 1; d >= 0; d--) {
    rest.add(batchMean(observations, d))
    const left = batches - d
    if (left <= LEAST_LEFT) continue
    const marginal = (rest.variance * (left - 1)) / (left * left)
    // On a tie the longer rest is kept.
    if (marginal <= least) {
      least = marginal
      best = { discard: d * BATCH, mean: rest.mean, settled: 2 * d <= batches }
    }
  }
  return best
}

function batchMean(observations: ArrayLike<number>, batch: number): number {
  let sum = 0
  for (let i = 0; i < BATCH; i++) sum += observations[batch * BATCH + i]
  return sum / BATCH
}
