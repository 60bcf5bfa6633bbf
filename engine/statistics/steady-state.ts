/**
 * The mean of a system in its steady state, in one call: finds the warm-up, deletes it, checks that what is left is enough,
 * and gives the interval. One run by batch means, several by replication/deletion.
 */
import { batchMeans } from './batch-means.ts'
import type { Interval } from './confidence.ts'
import { TooFewObservations } from './effective-size.ts'
import { mser5 } from './mser5.ts'
import { averageRun, replicationDeletion } from './replication.ts'

export interface SteadyState extends Interval {
  /** Observations deleted from the front of each run. */
  discard: number
  /** Independent observations that what is left is worth, of all runs. */
  effective: number
}

/**
 * @param runs observations of one run, or of several, in order
 * @throws TooFewObservations when the end of the warm-up is not in sight, or what is left is too short
 */
export function steadyState(
  runs: ArrayLike<number> | readonly ArrayLike<number>[],
  { confidence = 0.95, batches = 20 }: { confidence?: number; batches?: number } = {},
): SteadyState {
  const all = (typeof runs[0] === 'number' ? [runs] : runs) as readonly ArrayLike<number>[]
  const { discard, settled } = mser5(averageRun(all))
  if (!settled) {
    throw new TooFewObservations(
      `steady state: after ${all[0].length} observations the warm-up is not over: make the run twice as long or longer`,
    )
  }
  if (all.length > 1) {
    const { effective, ...found } = replicationDeletion(all, confidence, discard)
    return { ...found, effective }
  }
  const rest = Float64Array.from({ length: all[0].length - discard }, (_, i) => all[0][discard + i])
  const { effective, mean, halfWidth, low, high, count } = batchMeans(rest, batches, confidence)
  return { mean, halfWidth, low, high, confidence, count, discard, effective }
}
