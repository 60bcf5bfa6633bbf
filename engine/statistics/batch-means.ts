/**
 * Batch means: one long run, cut into batches so long that their means are about independent and normal.
 *
 * Source: B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30 (1982), who
 * shows that more than 30 batches gain little and fewer than 10 lose much. Skewness is adjusted for where the run is long enough to
 * show it (`correlated-mean.ts`).
 */
import type { Interval } from './confidence.ts'
import { batchesOf, leastEffective, meanShape, skewedInterval, unseenFactor } from './correlated-mean.ts'
import { demandEffective } from './effective-size.ts'
import { Tally } from './tally.ts'

export interface BatchMeans extends Interval {
  /** Observations in each batch. */
  size: number
  /** Autocorrelation of neighbouring batch means; far from 0 the batches are too short and the interval too narrow. */
  correlation: number
  /** Independent observations that the run is worth. */
  effective: number
}

/**
 * What does not fill a batch is left out at the front, where warm-up is.
 * @param isChecked false: neither refuses what is too short nor widens for what was not seen
 * @throws RangeError with fewer observations than batches
 * @throws TooFewObservations when they are so correlated that the interval would be too narrow
 */
export function batchMeans(
  observations: ArrayLike<number>,
  batches = 20,
  confidence = 0.95,
  isChecked = true,
): BatchMeans {
  if (!Number.isInteger(batches) || batches < 2 || batches > observations.length) {
    throw new RangeError(`cannot cut ${observations.length} observations into ${batches} batches`)
  }
  const size = Math.floor(observations.length / batches)
  const least = isChecked ? leastEffective(1) : 0
  const effective = demandEffective([observations], 0, least, `batch means of ${batches} batches`)
  const means = batchesOf(observations, 0, batches)
  const tally = new Tally()
  for (const mean of means) tally.add(mean)
  const own = Math.sqrt(tally.variance / batches)
  const shape = meanShape([observations], 0, effective)
  // Twenty batches may happen to be alike: many short ones show it.
  const deviation = Math.max(own, shape?.deviation ?? 0) * (isChecked ? unseenFactor(effective, 1) : 1)
  const found = skewedInterval({ mean: tally.mean, deviation, skew: shape?.skew ?? 0, count: batches }, confidence)
  return { ...found, size, correlation: neighbourCorrelation(means, tally), effective }
}

/** Autocorrelation at lag 1; 0 when all means are the same. */
function neighbourCorrelation(means: Float64Array, tally: Tally): number {
  let products = 0
  for (let i = 1; i < means.length; i++) products += (means[i - 1] - tally.mean) * (means[i] - tally.mean)
  const squares = tally.variance * (tally.count - 1)
  return squares > 0 ? products / squares : 0
}
