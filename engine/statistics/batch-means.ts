/**
 * Batch means: one long run, cut into batches so long that their means are about independent and normal.
 *
 * Source: B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30 (1982), who
 * shows that more than 30 batches gain little and fewer than 10 lose much.
 */
import { type Interval, meanInterval } from './confidence.ts'
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

/** Independent observations in a batch from which on the means of batches are about independent and normal. */
const LEAST_EACH = 5

/**
 * What does not fill a batch is left out at the front, where warm-up is.
 * @param leastEffective independent observations that the run must be worth; 0 for no check
 * @throws RangeError with fewer observations than batches
 * @throws TooFewObservations when they are so correlated that the interval would be too narrow
 */
export function batchMeans(
  observations: ArrayLike<number>,
  batches = 20,
  confidence = 0.95,
  leastEffective = LEAST_EACH * batches,
): BatchMeans {
  if (!Number.isInteger(batches) || batches < 2 || batches > observations.length) {
    throw new RangeError(`cannot cut ${observations.length} observations into ${batches} batches`)
  }
  const size = Math.floor(observations.length / batches)
  const effective = demandEffective([observations], 0, leastEffective, `batch means of ${batches} batches`)
  const means = new Float64Array(batches)
  const tally = new Tally()
  let next = observations.length - batches * size
  for (let batch = 0; batch < batches; batch++) {
    let sum = 0
    for (let i = 0; i < size; i++) sum += observations[next++]
    means[batch] = sum / size
    tally.add(means[batch])
  }
  return { ...meanInterval(tally, confidence), size, correlation: neighbourCorrelation(means, tally), effective }
}

/** Autocorrelation at lag 1; 0 when all means are the same. */
function neighbourCorrelation(means: Float64Array, tally: Tally): number {
  let products = 0
  for (let i = 1; i < means.length; i++) products += (means[i - 1] - tally.mean) * (means[i] - tally.mean)
  const squares = tally.variance * (tally.count - 1)
  return squares > 0 ? products / squares : 0
}
