/**
 * The interval of a share of events in a single run, such as the refusal rate of a pool, whose events come in clusters:
 * the interval of independent trials (Wilson) covers far less than it says.
 *
 * The variance is that of overlapping batch means of the residuals `top - share * bottom`; the interval is Student's t on the
 * logit with 1.5 (batches - 1) degrees of freedom. With fewer than three events no batch says how they cluster: then it is
 * exact, over the effective number of events (see run-mean.ts).
 *
 * A single run can say how far its own share is from the expected one only where it is long against its memory and no
 * half of it is another world: else there is no interval, and the reason.
 */

import { exp } from '../mathematics/exponential.ts'
import { gammaQuantile } from '../mathematics/gamma-quantile.ts'
import { log, log1p } from '../mathematics/logarithm.ts'
import { normalCritical } from './confidence.ts'
import {
  eighths,
  halvesDiffer,
  LEAST_BATCHES,
  LEAST_MEMORIES,
  overlappingFreedom,
  overlappingVariance,
  sumOf,
} from './overlapping-batches.ts'
import { studentTQuantile } from './student-t.ts'

/** A run in slots of equal time. */
export interface SlottedRun {
  /** Events of the kind that is asked for, and all events, by slot. */
  readonly tops: ArrayLike<number>
  readonly bottoms: ArrayLike<number>
  /** Slots in a batch; a batch is as long as the rhythm of the load, e.g. whole days, or an eighth of the run. */
  readonly batch: number
  /** Batches do not follow a rhythm: demand has to be even, or its ups and downs pass for chance. */
  readonly evenly: boolean
  /** Length of the run over its memory, e.g. over the mean life of a server. */
  readonly memories: number
  /** Events come so many at a time where too few were seen to tell. */
  readonly cluster: number
}

export type NoInterval = 'too-short' | 'uneven' | 'halves-differ'

export type SingleRunShare =
  | { readonly share: number; readonly low: number; readonly high: number; readonly method: 'batches' | 'exact' }
  | { readonly share: number; readonly method: NoInterval }

const FEW_EVENTS = 3
/** Chance that even demand is said to be uneven. */
const FALSE_ALARM = 0.001

/** null without any event at all. Coverage over thousands of runs: docs/trust.md. */
export function clusteredShare(run: SlottedRun, confidence = 0.95): SingleRunShare | null {
  const { tops, bottoms, batch } = run
  const [top, bottom] = [sumOf(tops), sumOf(bottoms)]
  if (bottom === 0) return null
  const share = top / bottom
  const batches = tops.length / batch
  // Rounding of slots must not cost a run its interval.
  if (!(run.memories >= LEAST_MEMORIES) || batches < LEAST_BATCHES - 0.01) return { share, method: 'too-short' }
  if (!run.evenly && isUneven(bottoms)) return { share, method: 'uneven' }
  const residuals = Float64Array.from({ length: tops.length }, (_, slot) => tops[slot] - share * bottoms[slot])
  if (halvesDiffer(residuals)) return { share, method: 'halves-differ' }
  const rare = Math.min(top, bottom - top)
  const variance = rare === 0 ? 0 : overlappingVariance(residuals, batch)
  const freedom = overlappingFreedom(batches)
  const critical = studentTQuantile((1 + confidence) / 2, freedom)
  if (rare >= FEW_EVENTS) {
    const size = Math.max(1, variance / (bottom * share * (1 - share)))
    const reach = critical * Math.sqrt(size / (bottom * share * (1 - share)))
    const centre = log(share) - log1p(-share)
    return { share, low: expit(centre - reach), high: expit(centre + reach), method: 'batches' }
  }
  const inflated = rare === 0 ? 0 : (variance / rare) * (critical / normalCritical(confidence)) ** 2
  const [few, many] = exactBounds(rare, bottom, Math.max(run.cluster, inflated), confidence)
  return top <= bottom - top
    ? { share, low: few, high: many, method: 'exact' }
    : { share, low: 1 - many, high: 1 - few, method: 'exact' }
}

const expit = (x: number): number => (x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)))

/** Poisson bounds of a rare share; without an event the upper one has the whole confidence. */
function exactBounds(rare: number, all: number, cluster: number, confidence: number): [number, number] {
  const tail = (1 - confidence) / (rare === 0 ? 1 : 2)
  const seen = rare / cluster
  const low = rare === 0 ? 0 : (cluster * gammaQuantile(seen, tail)) / all
  return [low, Math.min(1, (cluster * gammaQuantile(seen + 1, 1 - tail)) / all)]
}

/** Whether demand varies more than that of a Poisson process; chi-square with 7 degrees of freedom. */
function isUneven(bottoms: ArrayLike<number>): boolean {
  const sums = eighths(bottoms)
  const mean = sumOf(sums) / sums.length
  const statistic = sums.reduce((sum, each) => sum + (each - mean) ** 2 / mean, 0)
  return statistic > 2 * gammaQuantile((sums.length - 1) / 2, 1 - FALSE_ALARM)
}
