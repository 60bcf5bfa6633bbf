/**
 * What independent runs say about the mean of a figure, honest where the figure is rare, skewed or bounded.
 *
 * A figure of run i is `top[i] / bottom[i]`, e.g. requests refused / requests; a plain value has bottom 1. The mean is
 * the ratio of the sums, with the variance of the ratio estimator between the runs (W. G. Cochran, "Sampling
 * Techniques", 3rd ed., section 6.3): requests of one run are not independent of one another, runs are.
 *
 * Evidence against a limit is a one-sided p-value, the larger of two:
 *
 * - on the logarithmic (shares: logit) scale, Student's t. Its degrees of freedom are those that the kurtosis of a gamma
 *   variable with the observed coefficient of variation leaves to a variance estimate. The plain t is far too narrow
 *   upwards for skewed figures.
 * - exact: Poisson, for shares Clopper-Pearson, with the effective number of events (E. L. Korn, B. I. Graubard,
 *   "Confidence intervals for proportions with small expected number of positive counts", Survey Methodology 24, 1998).
 *   Events come in clusters: their number is divided by `cluster` where they are too few for the runs to show it.
 *   This is what is left when no event was seen.
 *
 * Figures that were the same in every run: the chance that a run differs is at most 1 - alpha^(1/n), and such a run
 * differs by its own size at most, or by what is left of a share.
 */

import { incompleteBeta, shareOf } from '../mathematics/beta.ts'
import { exp } from '../mathematics/exponential.ts'
import { incompleteGamma } from '../mathematics/gamma.ts'
import { log, log1p } from '../mathematics/logarithm.ts'
import { normalCdf } from '../mathematics/normal.ts'
import { studentTTail } from './student-t.ts'

/**
 * `events`: a number of events, bottom 1. `event-share`: events of one kind / all events. `share`: a continuous share of
 * 0 to 1. `amount`: 0 or more. `signed`: any value. `exact`: not random; it is known from one run.
 */
export type FigureKind = 'events' | 'event-share' | 'share' | 'amount' | 'signed' | 'exact'

/** Sums over the runs that had something to measure. */
export interface RunMoments {
  readonly kind: FigureKind
  /** Runs. */
  readonly count: number
  readonly top: number
  readonly bottom: number
  /** Variance of one run's contribution to the mean, in the square of its unit; 0 below two runs. */
  readonly variance: number
  /** Events in a cluster, at least, where too few were seen to tell. */
  readonly cluster: number
}

/** Without better knowledge: events come about this many at a time. */
export const STANDARD_CLUSTER = 4
/** Other points say how large clusters are if they have at most this many times as many events. */
const NEAR_EVENTS = 30
/** From this many clusters on their size shows in the differences between runs. */
const TELLING_CLUSTERS = 10
/** Kurtosis of a gamma variable is 6 cv^2; 8 cv^2 also covers the low bias of the estimate (measured, docs/trust.md). */
const SKEW_WEIGHT = 8
/** Clusters may be 1 + UNSURE / (runs - 1) times as large as the few that were seen: twice with ten runs. */
const UNSURE = 9
/** A bound this many times the mean away says nothing. */
const FARTHEST = 1_000
/** Above this many effective events the exact tail is its normal approximation. */
const MANY_EVENTS = 1_000

/** Each run's contribution to the ratio of the sums: their mean is the ratio, their variance n times that of the ratio. */
export function contributions(tops: readonly number[], bottoms: readonly number[]): number[] {
  const ratio = sumOf(tops) / sumOf(bottoms)
  const meanBottom = sumOf(bottoms) / bottoms.length
  return tops.map((top, run) => ratio + (top - ratio * bottoms[run]) / meanBottom)
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0)

/** The moments of a figure over runs. Throws RangeError unless there are as many tops as bottoms. */
export function runMoments(
  kind: FigureKind,
  tops: readonly number[],
  bottoms: readonly number[],
  cluster = STANDARD_CLUSTER,
): RunMoments {
  if (tops.length !== bottoms.length) throw new RangeError(`${tops.length} tops and ${bottoms.length} bottoms`)
  const count = tops.length
  const [top, bottom] = [sumOf(tops), sumOf(bottoms)]
  // Equal values are equal exactly: a sum of rounded differences must not pass for chance.
  const same = tops.every((each, run) => each * bottoms[0] === tops[0] * bottoms[run])
  const squares = same ? 0 : sumOf(contributions(tops, bottoms).map((each) => (each - top / bottom) ** 2))
  return { kind, count, top, bottom, variance: count < 2 ? 0 : squares / (count - 1), cluster }
}

export const meanOf = ({ top, bottom }: RunMoments): number => top / bottom

/** Variance between runs over that of independent events: the size of clusters, weighted by size. 0 without events. */
export function dispersion(moments: RunMoments): number {
  const { count, top, bottom, variance } = moments
  if (top === 0) return 0
  const rest = moments.kind === 'event-share' ? 1 - top / bottom : 1
  return rest <= 0 ? 0 : (variance * (bottom / count) ** 2) / ((top / count) * rest)
}

/**
 * The size of clusters that other points of a sweep suggest for a point: their dispersion, weighted by events, where they
 * saw enough to tell and are not of another order. At least that of the moments themselves.
 */
export function clusterFrom(others: readonly RunMoments[], moments: RunMoments): number {
  const enough = 10
  const near = others.filter(({ top }) => top >= enough && top <= NEAR_EVENTS * Math.max(enough, moments.top))
  const events = sumOf(near.map(({ top }) => top))
  if (events === 0) return moments.cluster
  const size = sumOf(near.map((other) => dispersion(other) * other.top)) / events
  return Math.max(moments.cluster, size)
}

const isShare = ({ kind }: RunMoments): boolean => kind === 'share' || kind === 'event-share'

/** The same figure counted from the other end: what was admitted instead of what was refused. */
const mirrored = (moments: RunMoments): RunMoments => ({ ...moments, top: moments.bottom - moments.top })

/** p-value of the claim that the mean is below `limit`: small where the runs prove it. 1 where they do not lean that way. */
export function evidenceBelow(moments: RunMoments, limit: number): number {
  const { kind, count, top, variance } = moments
  const mean = meanOf(moments)
  if (count < 2 || !(mean < limit)) return 1
  if (kind === 'exact') return variance === 0 ? 0 : evidenceBelow({ ...moments, kind: 'signed' }, limit)
  if (isShare(moments)) {
    if (limit >= 1) return 0
    return mean > 0.5 ? lowerTail(mirrored(moments), 1 - limit) : upperTail(moments, limit)
  }
  if (kind === 'signed') return variance === 0 ? unchanging(moments, limit) : plainT(moments, limit)
  return top === 0 && kind === 'amount' ? 1 : upperTail(moments, limit)
}

/** p-value of the claim that the mean is above `limit`. */
export function evidenceAbove(moments: RunMoments, limit: number): number {
  const { kind, count, variance } = moments
  const mean = meanOf(moments)
  if (count < 2 || !(mean > limit)) return 1
  if (kind === 'exact') return variance === 0 ? 0 : evidenceAbove({ ...moments, kind: 'signed' }, limit)
  if (kind === 'signed') return variance === 0 ? unchanging(moments, limit) : plainT(moments, limit)
  if (limit <= 0) return 0
  return isShare(moments) && mean > 0.5 ? upperTail(mirrored(moments), 1 - limit) : lowerTail(moments, limit)
}

/** That a figure of 0 or more, seen from its rare end, has a mean of `limit` or more; `limit` is above the mean. */
function upperTail(moments: RunMoments, limit: number): number {
  const { kind, count, top, bottom, variance } = moments
  const mean = top / bottom
  const events = kind === 'events' || kind === 'event-share'
  if (!events && variance === 0) return unchanging(moments, limit)
  const known = events ? exactUpper(moments, limit) : 0
  // Few clusters of the usual size: the exact bound is enough. Larger ones are worse known than it says.
  if (variance === 0 || (events && areFew(moments) && dispersion(moments) <= moments.cluster)) return known
  const scaled = isShare(moments) ? (logit(limit) - logit(mean)) * mean * (1 - mean) : (log(limit) - log(mean)) * mean
  return Math.max(known, studentTTail(scaled / Math.sqrt(variance / count), freedomOf(moments)))
}

/** That it has a mean of `limit` or less. Skewness upwards makes the plain t safe here. */
function lowerTail(moments: RunMoments, limit: number): number {
  const { kind, variance } = moments
  const events = kind === 'events' || kind === 'event-share'
  if (!events && variance === 0) return unchanging(moments, limit)
  return Math.max(events ? exactLower(moments, limit) : 0, variance === 0 ? 0 : plainT(moments, limit))
}

function plainT(moments: RunMoments, limit: number): number {
  const { count, variance } = moments
  if (count < 2) return 1
  return studentTTail(Math.abs(meanOf(moments) - limit) / Math.sqrt(variance / count), count - 1)
}

/**
 * Degrees of freedom of the variance. Clustering up to the size that is taken for granted anyhow makes no variance
 * estimate worse that matters, because the exact bound holds then.
 */
function freedomOf(moments: RunMoments): number {
  const { kind, count, top, bottom, variance, cluster } = moments
  const mean = top / bottom
  if (kind === 'events' || kind === 'event-share') {
    const excess = Math.max(0, dispersion(moments) - cluster) / (top / count)
    return Math.max(1, (count - 1) / (1 + SKEW_WEIGHT * excess))
  }
  return Math.max(1, (count - 1) / (1 + (SKEW_WEIGHT * variance) / (mean * mean)))
}

/** Events in so few clusters that the runs cannot show how their number varies. */
export const areFew = (moments: RunMoments): boolean =>
  moments.top < TELLING_CLUSTERS * Math.max(moments.cluster, dispersion(moments))

/**
 * Events that count as one. While there are few, those of a cluster: as large as is taken for granted, or larger
 * than what was seen, because that comes out low more often than not. Fades away as the runs come to show it.
 */
function clusterOf(moments: RunMoments): number {
  const { top, cluster } = moments
  if (areFew(moments)) return Math.max(cluster, (1 + UNSURE / (moments.count - 1)) * dispersion(moments))
  return (TELLING_CLUSTERS * cluster * cluster) / top
}

/** Poisson or binomial chance of so few events if their mean were `limit`. */
function exactUpper(moments: RunMoments, limit: number): number {
  const { kind, top, bottom } = moments
  const size = clusterOf(moments)
  const seen = top / size
  if (seen > MANY_EVENTS) return normalTail(moments, limit, size)
  if (kind === 'events') return incompleteGamma(seen + 1, (bottom * limit) / size).upper
  const other = (bottom - top) / size
  return incompleteBeta(seen + 1, Math.max(other, 1e-9), shareOf(limit)).upper
}

/** Chance of so many. */
function exactLower(moments: RunMoments, limit: number): number {
  const { kind, top, bottom } = moments
  if (top === 0) return 1
  const size = clusterOf(moments)
  const seen = top / size
  if (seen > MANY_EVENTS) return normalTail(moments, limit, size)
  if (kind === 'events') return incompleteGamma(seen, (bottom * limit) / size).lower
  return incompleteBeta(seen, (bottom - top) / size + 1, shareOf(limit)).lower
}

function normalTail({ kind, top, bottom }: RunMoments, limit: number, size: number): number {
  const mean = top / bottom
  const rest = kind === 'event-share' ? 1 - mean : 1
  return normalCdf(-Math.abs(limit - mean) / Math.sqrt((mean * rest * size) / bottom))
}

/** All runs gave one value: chance that none of them differed, if runs that do moved the mean as far as the limit. */
function unchanging(moments: RunMoments, limit: number): number {
  const mean = meanOf(moments)
  if (isShare(moments)) {
    const room = limit > mean ? 1 - mean : mean
    return powerOf(1 - Math.abs(limit - mean) / room, moments.count)
  }
  if (mean === 0) return 1
  return powerOf(Math.max(0, 1 - Math.abs(limit - mean) / Math.abs(mean)), moments.count)
}

const powerOf = (share: number, count: number): number => (share <= 0 ? 0 : exp(count * log(share)))
const logit = (share: number): number => (share >= 1 ? Infinity : log(share) - log1p(-share))

/** Bounds of the mean. At an end (no event, all events) one bound is that end and the other holds on its own. */
export interface RunInterval {
  readonly mean: number
  readonly low: number
  /** Infinity where the runs give no upper bound. */
  readonly high: number
  readonly confidence: number
  /** Runs. */
  readonly count: number
}

/** The values that the runs do not contradict. Without runs the mean is NaN and the bounds are those of the kind. */
export function runInterval(moments: RunMoments, confidence = 0.95): RunInterval {
  const { kind, count, bottom, variance } = moments
  if (count === 0 || bottom === 0) return { mean: NaN, ...limitsOf(moments), confidence, count: 0 }
  const mean = meanOf(moments)
  if (kind === 'exact' && variance === 0) return { mean, low: mean, high: mean, confidence, count }
  const ends = limitsOf(moments)
  const atEnd = mean === ends.low || mean === ends.high
  const alpha = (1 - confidence) / (atEnd ? 1 : 2)
  const low = mean === ends.low ? mean : boundOf((limit) => evidenceAbove(moments, limit), mean, ends.low, alpha)
  const high = mean === ends.high ? mean : boundOf((limit) => evidenceBelow(moments, limit), mean, ends.high, alpha)
  return { mean, low, high, confidence, count }
}

/** What the mean of a figure can be at all. */
function limitsOf(moments: RunMoments): { low: number; high: number } {
  if (isShare(moments)) return { low: 0, high: 1 }
  return { low: moments.kind === 'signed' || moments.kind === 'exact' ? -Infinity : 0, high: Infinity }
}

/** Where the evidence falls to alpha, from the mean towards an end; the end where it never does. */
function boundOf(evidence: (limit: number) => number, mean: number, end: number, alpha: number): number {
  const sign = end > mean ? 1 : -1
  let inside = mean
  let outside = end
  if (!Number.isFinite(end)) {
    const scale = mean === 0 ? 1 : Math.abs(mean)
    let step = scale / 64
    outside = mean + sign * step
    while (evidence(outside) > alpha) {
      if (step > FARTHEST * scale) return end
      inside = outside
      step *= 2
      outside = mean + sign * step
    }
  } else if (evidence(end) > alpha) return end
  for (let halving = 0; halving < 60 && inside !== outside; halving++) {
    const middle = inside + (outside - inside) / 2
    if (evidence(middle) > alpha) inside = middle
    else outside = middle
  }
  // The last value that is contradicted, so that rounding never makes a bound too tight.
  return outside
}

/**
 * About how many runs in all would settle on which side of `limit` the mean is, at the level alpha, if they continue as
 * they began. Infinity where the mean is at the limit, or runs do not help.
 */
export function runsNeeded(moments: RunMoments, limit: number, alpha: number): number {
  const mean = meanOf(moments)
  if (moments.count === 0 || mean === limit) return Infinity
  const evidence = mean < limit ? evidenceBelow : evidenceAbove
  const settled = (factor: number) =>
    evidence(
      {
        ...moments,
        count: moments.count * factor,
        top: moments.top * factor,
        bottom: moments.bottom * factor,
      },
      limit,
    ) <= alpha
  let high = 1
  while (!settled(high)) if ((high *= 2) > 1e6) return Infinity
  let low = high / 2
  for (let halving = 0; halving < 20; halving++) {
    const middle = (low + high) / 2
    if (settled(middle)) high = middle
    else low = middle
  }
  return Math.max(moments.count + 1, Math.ceil(moments.count * high))
}
