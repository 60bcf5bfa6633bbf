/** The lifetimes of uses: for each kind of server where it has enough, else of all together. */
import { DAY } from '#base/time.ts'
import { type Fit, fitLifetimes } from '#engine/fitting/families.ts'
import { kaplanMeier, largestDistance, quantilesOf, type SurvivalStep } from '#engine/fitting/kaplan-meier.ts'
import { type Lifetime, lifetimesOf } from '#engine/fitting/sample.ts'
import { type DistributionSpec, distribution } from '#engine/random/distribution.ts'
import { type Distribution, survivalOf, upperQuantileOf } from '#engine/random/variate.ts'
import type { ServedLifetime } from './observed.ts'

export interface LifetimeFit {
  /** What is written into the scenario. */
  readonly spec: DistributionSpec
  readonly isEmpirical: boolean
  /** Families that a scenario can have, the best first. */
  readonly fits: readonly Fit[]
  /** The largest distance of the best family from what was seen (Kolmogorov and Smirnov). */
  readonly distance: number
  readonly lives: number
  /** Those that had not ended when the fitted part did. */
  readonly cutOff: number
  readonly steps: readonly SurvivalStep[]
}

/** Fewer lifetimes that ended than this are too few for a kind of its own. */
const FEW = 40
/** A family that is further away than this is not used, where enough lifetimes show it. */
const FAR = 0.05
const ENOUGH = 200
/** Values of an empirical distribution. */
const VALUES = 200
/** No lifetime beyond what was seen is taken to be longer than this. */
const LONGEST = 10 * 366 * DAY

/** What the scenario format takes of the families. */
function isWritable(spec: DistributionSpec): boolean {
  if ('pareto' in spec) return spec.pareto.shape >= 1.01
  if ('gamma' in spec) return spec.gamma.shape >= 0.001
  return true
}

/** Undefined where too few ended. */
export function fitLives(lives: readonly Lifetime[], least = FEW): LifetimeFit | undefined {
  const sample = lifetimesOf(lives)
  if (sample.deaths < least) return undefined
  const steps = kaplanMeier(sample)
  const fits = fitLifetimes(sample).filter(({ spec }) => isWritable(spec))
  if (fits.length === 0) return undefined
  const fitted = distribution(fits[0].spec)
  const distance = 'constant' in fits[0].spec ? 0 : largestDistance(steps, (time) => survivalOf(fitted, time))
  const isEmpirical = distance > FAR && sample.deaths >= ENOUGH
  const longest = sample.times[sample.times.length - 1]
  const values = quantilesOf(steps, longest, VALUES, (share) => beyond(fitted, longest, share))
  return {
    spec: isEmpirical ? { empirical: { values } } : fits[0].spec,
    isEmpirical,
    fits,
    distance,
    lives: lives.length,
    cutOff: lives.length - sample.deaths,
    steps,
  }
}

/** The time that a share of what is longer than a time survives, by a family: what no lifetime of the log shows. */
function beyond(fitted: Distribution, longest: number, share: number): number {
  const target = survivalOf(fitted, longest) * share
  return target > 0 ? Math.min(Math.max(longest, LONGEST), upperQuantileOf(fitted, target)) : longest
}

/** A smaller correlation counts as none. */
const CLEAR = 0.05

/**
 * The rank correlation of quantities and lifetimes that ended (C. Spearman 1904, ties by their mean rank), as `correlation` of a
 * scenario has it; 0 where it is small, or too few ended.
 */
export function rankCorrelation(lives: readonly ServedLifetime[]): number {
  const ended = lives.filter((life) => life.ended)
  if (ended.length < FEW) return 0
  const [a, b] = [ranksOf(ended.map(({ quantity }) => quantity)), ranksOf(ended.map(({ time }) => time))]
  const mean = (ended.length + 1) / 2
  let [cross, first, second] = [0, 0, 0]
  for (const [index, rank] of a.entries()) {
    cross += (rank - mean) * (b[index] - mean)
    first += (rank - mean) ** 2
    second += (b[index] - mean) ** 2
  }
  const correlation = first > 0 && second > 0 ? cross / Math.sqrt(first * second) : 0
  return Math.abs(correlation) < Math.max(CLEAR, 3 / Math.sqrt(ended.length)) ? 0 : correlation
}

function ranksOf(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b])
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let until = from
    while (until < order.length && values[order[until]] === values[order[from]]) until++
    for (let each = from; each < until; each++) ranks[order[each]] = (from + until + 1) / 2
    from = until
  }
  return ranks
}
