/**
 * How many independent observations a correlated sequence is worth: its length over its integrated autocorrelation time.
 *
 * Source: C. J. Geyer, "Practical Markov chain Monte Carlo", Statistical Science 7 (1992): autocovariances are added in pairs
 * as long as the pairs are positive. Several runs are pooled around their common mean, which shows correlation that is longer
 * than a run. Long runs are first averaged to 2,000 points each, so that the work is that of one pass.
 */
const MOST_POINTS = 2000

export interface EffectiveSize {
  /** Observations in all runs. */
  count: number
  /** What they are worth, at most `count`. */
  effective: number
}

/** An estimate that its observations do not carry: what is lacking, and how much longer the runs must be. */
export class TooFewObservations extends RangeError {
  override readonly name = 'TooFewObservations'
}

/** Of runs of about the same length, each from observation `from` on. */
export function effectiveSize(runs: readonly ArrayLike<number>[], from = 0): EffectiveSize {
  const length = Math.min(...runs.map((run) => run.length)) - from
  const size = Math.max(1, Math.floor(length / MOST_POINTS))
  const points = Math.floor(length / size)
  const count = points * size * runs.length
  const averages = runs.map((run) => averagesOf(run, run.length - points * size, size, points))
  const mean = averages.flatMap((run) => [...run]).reduce((sum, x) => sum + x, 0) / (points * runs.length)
  let squares = 0
  for (const run of runs) {
    for (let i = run.length - points * size; i < run.length; i++) squares += (run[i] - mean) * (run[i] - mean)
  }
  const longRun = longRunVariance(averages, mean) * size
  return { count, effective: longRun > 0 ? Math.min(count, squares / longRun) : count }
}

/**
 * Throws TooFewObservations unless each run is worth `least` independent observations.
 * @param what the estimate, for the message
 */
export function demandEffective(runs: readonly ArrayLike<number>[], from: number, least: number, what: string): number {
  const { count, effective } = effectiveSize(runs, from)
  const each = effective / runs.length
  if (each >= least) return effective
  const length = Math.round(count / runs.length)
  throw new TooFewObservations(
    `${what}: ${length} correlated observations are equivalent to only ${Math.max(1, Math.floor(each))} independent ones, and ` +
      `at least ${Math.ceil(least)} are needed for an interval with its nominal confidence: make the run ${Math.ceil(least / each)} times ` +
      'as long or longer',
  )
}

function averagesOf(run: ArrayLike<number>, from: number, size: number, points: number): Float64Array {
  const averages = new Float64Array(points)
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < size; j++) averages[i] += run[from + i * size + j] / size
  }
  return averages
}

/** Sum of all autocovariances, those of both signs of the lag. */
function longRunVariance(runs: readonly Float64Array[], mean: number): number {
  const points = runs[0].length
  const covariance = (lag: number) => {
    let sum = 0
    for (const run of runs) for (let i = lag; i < points; i++) sum += (run[i] - mean) * (run[i - lag] - mean)
    return sum / (points * runs.length)
  }
  let sum = -covariance(0)
  let least = Infinity
  for (let lag = 0; lag + 1 < points; lag += 2) {
    const pair = covariance(lag) + covariance(lag + 1)
    if (!(pair > 0)) break
    // Monotone: noise far out must not add up.
    least = Math.min(least, pair)
    sum += 2 * least
  }
  return sum
}
