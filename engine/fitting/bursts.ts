/**
 * Bursts and lulls in counts: a Poisson process whose rate a Markov chain of two phases switches (MMPP), by maximum likelihood of
 * counts of equal intervals. Phases may change within an interval: the likelihood of a count is that over the share of the interval
 * that each phase has had. (W. Fischer and K. Meier-Hellstern, Performance Evaluation 18, 1993.)
 */
import { exp } from '../mathematics/exponential.ts'
import { lgamma } from '../mathematics/gamma.ts'
import { log } from '../mathematics/logarithm.ts'
import { covarianceOf } from './curvature.ts'
import { nelderMead } from './nelder-mead.ts'

export interface Bursts {
  /** Events an interval in the phase of fewer and of more. */
  readonly rates: readonly [low: number, high: number]
  /** Mean length of each phase, intervals. */
  readonly stays: readonly [low: number, high: number]
  /** Standard errors of the logarithms of rates and stays, in this order; undefined where the likelihood does not bend down. */
  readonly errors: readonly (number | undefined)[]
  /** Of the counts, with their factorials. */
  readonly logLikelihood: number
  readonly aic: number
  /** Mean events an interval, in the long run, and its standard error. */
  readonly mean: number
  readonly meanError: number
}

/** Parts of an interval within which a phase does not change. */
const PARTS = 16
const PARAMETERS = 4
/** Phases that are shorter or longer than this, in intervals, cannot be distinguished from none. */
const SHORTEST = 0.25
/** A variance of a logarithm beyond which the counts say nothing of it. */
const UNKNOWN = 9

/** Probabilities of the phases at the ends of an interval and of the share of it in the second one, in halves of parts. */
function occupancy(leaves: readonly [number, number]): Float64Array[] {
  const both = leaves[0] + leaves[1]
  const moved = 1 - exp(-both / PARTS)
  const change = [(leaves[0] / both) * moved, (leaves[1] / both) * moved]
  // [from x 2 + to] -> halves of parts in the second phase.
  let now = [0, 1, 2, 3].map(() => new Float64Array(2 * PARTS + 1))
  now[0][0] = 1
  now[3][0] = 1
  for (let part = 0; part < PARTS; part++) {
    const next = [0, 1, 2, 3].map(() => new Float64Array(2 * PARTS + 1))
    for (const from of [0, 1])
      for (const at of [0, 1])
        for (let halves = 0; halves <= 2 * part; halves++) {
          const weight = now[from * 2 + at][halves]
          if (weight === 0) continue
          next[from * 2 + at][halves + 2 * at] += weight * (1 - change[at])
          next[from * 2 + 1 - at][halves + 1] += weight * change[at]
        }
    now = next
  }
  return now
}

function logLikelihoodOf(counts: Float64Array, distinct: readonly number[], at: readonly number[]): number {
  const rates = [exp(at[0]), exp(at[1])] as const
  const leaves = [exp(-at[2]), exp(-at[3])] as const
  const shares = occupancy(leaves)
  const chances = new Map<number, Float64Array>()
  for (const count of distinct) {
    const factorial = lgamma(count + 1)
    const found = new Float64Array(4)
    for (let halves = 0; halves <= 2 * PARTS; halves++) {
      const share = halves / (2 * PARTS)
      const mean = rates[0] * (1 - share) + rates[1] * share
      const chance = exp(count * log(mean) - mean - factorial)
      for (let ends = 0; ends < 4; ends++) found[ends] += shares[ends][halves] * chance
    }
    chances.set(count, found)
  }
  // Begins in the long run.
  let high = leaves[0] / (leaves[0] + leaves[1])
  let low = 1 - high
  let sum = 0
  for (const count of counts) {
    const chance = chances.get(count) as Float64Array
    const [one, two] = [low * chance[0] + high * chance[2], low * chance[1] + high * chance[3]]
    const total = one + two
    if (!(total > 0)) return Number.NEGATIVE_INFINITY
    sum += log(total)
    low = one / total
    high = two / total
  }
  return sum
}

/** Undefined where counts show no two phases. */
export function fitBursts(counts: Float64Array): Bursts | undefined {
  const size = counts.length
  const mean = counts.reduce((sum, count) => sum + count, 0) / size
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / size
  if (!(mean > 0 && variance > mean)) return undefined
  const distinct = [...new Set(counts)]
  const spread = Math.sqrt(variance - mean)
  const longest = log(size)
  const target = (at: readonly number[]): number =>
    at[2] < log(SHORTEST) || at[3] < log(SHORTEST) || at[2] > longest || at[3] > longest || at[1] < at[0]
      ? Number.POSITIVE_INFINITY
      : -logLikelihoodOf(counts, distinct, at)
  const starts = [
    [Math.max(mean * 0.1, mean - spread), mean + spread, 8, 8],
    [Math.max(mean * 0.1, mean - spread / 2), mean + 2 * spread, 16, 3],
  ]
  const [found] = starts
    .map((start) => nelderMead(target, start.map(log), { step: 0.5, tolerance: 1e-7, most: 400 }))
    .sort((a, b) => a.value - b.value)
  if (!Number.isFinite(found.value)) return undefined
  const { at } = found
  const [low, high, calm, burst] = at.map(exp)
  const steps = at.map(() => 0.02)
  const covariance = covarianceOf((moved) => logLikelihoodOf(counts, distinct, moved), at, steps)
  const share = burst / (calm + burst)
  const average = low * (1 - share) + high * share
  // The mean varies with how many phases were seen: twice the autocovariance of the rate, over all time.
  const settling = (calm * burst) / (calm + burst)
  const slow = 2 * (high - low) ** 2 * share * (1 - share) * settling
  return {
    rates: [low < 1e-6 ? 0 : low, high],
    stays: [calm, burst],
    errors: covariance.map((row, index) =>
      row[index] > 0 && row[index] < UNKNOWN ? Math.sqrt(row[index]) : undefined,
    ),
    logLikelihood: -found.value,
    aic: 2 * PARAMETERS + 2 * found.value,
    mean: average,
    meanError: Math.sqrt((average + slow) / size),
  }
}
