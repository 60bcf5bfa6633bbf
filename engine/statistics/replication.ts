/**
 * Replication/deletion: independent runs of one model, the warm-up deleted from each, one mean a run.
 *
 * Source: A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 9.5.2. The warm-up is found on the average of
 * all runs, observation by observation (Welch 1983), by MSER-5 in place of the eye. The skewness of the runs' means follows from
 * batches within them (`correlated-mean.ts`).
 */
import { type Interval, meanInterval } from './confidence.ts'
import { leastEffective, meanShape, skewedInterval, unseenFactor } from './correlated-mean.ts'
import { demandEffective } from './effective-size.ts'
import { mser5 } from './mser5.ts'
import { Tally } from './tally.ts'

export interface ReplicationResult extends Interval {
  /** Observations deleted from the front of each run. */
  discard: number
  /** False when MSER-5 found no end of the warm-up in the first half of the runs: make them longer. */
  settled: boolean
  /** Independent observations that all runs are worth after their warm-up. */
  effective: number
}

/**
 * Runs may differ in length.
 * @param discard how many observations to delete; left out, MSER-5 decides
 * @param isChecked false: neither refuses what is too short nor widens for what was not seen
 * @throws TooFewObservations when the runs are so short for their correlation that the interval would miss the truth
 */
export function replicationDeletion(
  runs: readonly ArrayLike<number>[],
  confidence = 0.95,
  discard?: number,
  isChecked = true,
): ReplicationResult {
  if (runs.length === 0) throw new RangeError('replication/deletion needs at least one run')
  const warmUp = discard === undefined ? mser5(averageRun(runs)) : { discard, settled: true }
  const means = new Tally()
  for (const run of runs) means.add(meanFrom(run, warmUp.discard))
  const least = isChecked ? leastEffective(runs.length) / runs.length : 0
  const effective = demandEffective(runs, warmUp.discard, least, 'replication/deletion')
  const shape = runs.length < 2 ? null : meanShape(runs, warmUp.discard, effective)
  const { count, mean } = means
  const factor = isChecked ? unseenFactor(effective, runs.length) : 1
  const found =
    shape === null
      ? meanInterval(means, confidence)
      : skewedInterval(
          { mean, deviation: factor * Math.sqrt(means.variance / count), skew: shape.skew, count },
          confidence,
        )
  return { ...found, discard: warmUp.discard, settled: warmUp.settled, effective }
}

/** The i-th observation averaged over all runs, as long as the shortest. */
export function averageRun(runs: readonly ArrayLike<number>[]): Float64Array {
  const average = new Float64Array(Math.min(...runs.map((run) => run.length)))
  for (const run of runs) {
    for (let i = 0; i < average.length; i++) average[i] += run[i] / runs.length
  }
  return average
}

function meanFrom(run: ArrayLike<number>, from: number): number {
  if (!(from >= 0 && from < run.length)) {
    throw new RangeError(`cannot delete ${from} observations from a run of ${run.length}`)
  }
  let sum = 0
  for (let i = from; i < run.length; i++) sum += run[i]
  return sum / (run.length - from)
}
