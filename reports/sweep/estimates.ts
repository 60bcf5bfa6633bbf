/**
 * What a sweep says of its figures: the mean of each at each point with a 95 % interval, whether a bound is kept, and
 * what changed from the first point, seed by seed (common random numbers).
 *
 * Verdicts hold for all points and figures together: the chance that any "kept" or any "missed" is wrong is at most 5 %,
 * however many there are (Holm). So do the marks of changes beyond chance.
 */
import { holmAdjusted } from '#engine/statistics/holm.ts'
import { type PairedDifference, pairedDifference } from '#engine/statistics/paired.ts'
import { pairedPValue } from '#engine/statistics/paired-test.ts'
import {
  clusterFrom,
  contributions,
  evidenceAbove,
  evidenceBelow,
  type FigureKind,
  type RunInterval,
  type RunMoments,
  runInterval,
  runMoments,
  runsNeeded,
  STANDARD_CLUSTER,
} from '#engine/statistics/run-mean.ts'
import type { Comparison } from '#scenarios/sections/thresholds.ts'
import type { FigureUnit } from '../figures/figure.ts'
import {
  type ControlledEstimate,
  type Controls,
  controlledEstimate,
  controlledPair,
  controlsOf,
  decidingMoments,
} from './controlled.ts'
import type { DemandControls } from './demand-controls.ts'
import type { Measured } from './measured.ts'

/** A figure that is asked for; its values are in its own unit, money in whole currency. */
export interface Asked {
  /** As it was written: `ecs.refusalRate{pool=ap-1a} < 1%`. */
  readonly text: string
  readonly unit: FigureUnit
  readonly kind: FigureKind
  /** null where only the figure is asked for. */
  readonly bound: Bound | null
}

export interface Bound {
  readonly op: Comparison
  readonly value: number
}

export type Verdict = 'kept' | 'missed' | 'undecided'

export interface Estimate {
  /** Of the mean over the runs that had something to measure; a share is the ratio of the sums. */
  readonly interval: RunInterval
  /** The same corrected by what is known of the demand; null where nothing is, or the runs are too few. */
  readonly controlled: ControlledEstimate | null
  readonly least: number
  readonly most: number
  /** Against the first point; null at the first, and where a run of either had nothing to measure. */
  readonly difference: PairedDifference | null
  /** null without a bound. */
  readonly verdict: Verdict | null
  /** About how many runs in all would decide; null unless undecided, Infinity where it is unknown. */
  readonly needed: number | null
}

/** Probability that any verdict of a sweep is wrong, half for "kept" and half for "missed". */
const ANY_WRONG = 0.05
const ONE_SIDE = ANY_WRONG / 2

/** Of one figure at one point, by run; null where there was nothing to measure. */
export type Values = readonly (Measured | null)[]

/** Runs that had something to measure. A denominator of 0 never gets here: such a figure is null. */
const measuredOnly = (values: Values): readonly Measured[] => values.filter((value) => value !== null)

/** Sums over the runs that had something to measure. Signed figures that were never below 0 are judged as amounts. */
export function momentsOf(kind: FigureKind, values: Values): RunMoments {
  const measured = measuredOnly(values)
  // What comes together comes in one run: of a run that saw one month, months come one at a time.
  const most = kind === 'event-share' ? Math.max(1, ...measured.map(({ bottom }) => bottom)) : Number.POSITIVE_INFINITY
  const cluster = Math.min(most, Math.max(STANDARD_CLUSTER, ...measured.map((each) => each.cluster ?? 0)))
  const positive = measured.every(({ top }) => top >= 0)
  return runMoments(
    kind === 'signed' && positive ? 'amount' : kind,
    measured.map(({ top }) => top),
    measured.map(({ bottom }) => bottom),
    cluster,
  )
}

/** The moments of a figure at every point; where few events were seen, other points say how they cluster. */
export function momentsByPoint({ kind }: Pick<Asked, 'kind'>, points: readonly Values[]): RunMoments[] {
  const own = points.map((values) => momentsOf(kind, values))
  if (!isCounted({ kind })) return own
  return own.map((moments) => ({
    ...moments,
    cluster: clusterFrom(
      own.filter((other) => other !== moments),
      moments,
    ),
  }))
}

/** p-values of the two things that can be said of a bound. */
interface Evidence {
  readonly kept: number
  readonly missed: number
}

/** Fewer runs do not prove that events are rare: how many come together has not been seen (docs/trust.md). */
const LEAST_RUNS_OF_EVENTS = 10
const isCounted = ({ kind }: Pick<RunMoments, 'kind'>): boolean => kind === 'events' || kind === 'event-share'

/** 0 and 1 are certain. */
export function evidenceOf(moments: RunMoments, { op, value }: Bound): Evidence {
  if (moments.count === 0) return { kept: 1, missed: 1 }
  const areFew = isCounted(moments) && moments.count < LEAST_RUNS_OF_EVENTS
  const [below, above] = [areFew ? 1 : evidenceBelow(moments, value), evidenceAbove(moments, value)]
  const constant = moments.kind === 'exact' && moments.variance === 0 && moments.count > 1
  const equal = constant && moments.top / moments.bottom === value ? 0 : 1
  const apart = Math.min(1, 2 * Math.min(below, above))
  const [least, greatest] = rangeOf(moments)
  const certain = (holds: boolean) => (holds ? 0 : 1)
  switch (op) {
    case '<':
      return { kept: below, missed: Math.min(above, equal, certain(value <= least)) }
    case '<=':
      return { kept: Math.min(below, equal, certain(value >= greatest)), missed: above }
    case '>':
      return { kept: above, missed: Math.min(below, equal, certain(value >= greatest)) }
    case '>=':
      return { kept: Math.min(above, equal, certain(value <= least)), missed: below }
    case '==':
      return { kept: equal, missed: apart }
    case '!=':
      return { kept: apart, missed: equal }
  }
}

function rangeOf({ kind }: RunMoments): readonly [number, number] {
  if (kind === 'share' || kind === 'event-share') return [0, 1]
  return [kind === 'events' || kind === 'amount' ? 0 : -Infinity, Infinity]
}

/** Verdicts of every figure with a bound at every point, by figure and point; null without a bound. */
function verdictsOf(asked: readonly Asked[], moments: readonly (readonly RunMoments[])[]): (Verdict | null)[][] {
  const cells = asked.flatMap(({ bound }, figure) =>
    bound === null ? [] : moments[figure].map((each, point) => ({ figure, point, ...evidenceOf(each, bound) })),
  )
  const kept = holmAdjusted(cells.map((cell) => cell.kept))
  const missed = holmAdjusted(cells.map((cell) => cell.missed))
  const verdicts: (Verdict | null)[][] = moments.map((ofFigure) => ofFigure.map(() => null))
  for (const [index, { figure, point }] of cells.entries())
    verdicts[figure][point] = kept[index] <= ONE_SIDE ? 'kept' : missed[index] <= ONE_SIDE ? 'missed' : 'undecided'
  return verdicts
}

/** The verdicts alone, by figure and point, from what was measured by figure, point and run. */
export const sweepVerdicts = (
  asked: readonly Asked[],
  measured: readonly (readonly Values[])[],
): (Verdict | null)[][] =>
  verdictsOf(
    asked,
    asked.map((figure, index) => momentsByPoint(figure, measured[index])),
  )

/** What the runs of each point drew of demand, by point, run and pool. */
export type Demand = readonly (readonly (readonly DemandControls[])[])[]

/** The pool that a figure is asked of: `{pool=ap-1a}`; undefined for all. */
const poolOf = ({ text }: Pick<Asked, 'text'>): string | undefined => /[{,]\s*pool=([^,}]+)/.exec(text)?.[1].trim()

/** The controls of a figure at a point with so many runs; none where the demand of a run is not known. */
const controlsAt = (asked: Pick<Asked, 'text'>, { length }: Values, demand: Demand[number]) =>
  controlsOf(demand.length < length ? [] : demand.slice(0, length), poolOf(asked))

/** The plain interval of a figure at a point corrected by what its runs drew of demand. */
export const controlledAt = (
  asked: Asked,
  values: Values,
  demand: Demand[number],
  plain: { readonly moments: RunMoments; readonly interval: RunInterval },
): ControlledEstimate | null =>
  controlledEstimate(
    plain.moments,
    values,
    controlsAt(asked, values, demand),
    plain.interval,
    plain.interval.confidence,
  )

/** The moments that decide of a figure at a point: corrected by what its runs drew of demand where that is known. */
export const decidingAt = (
  asked: Asked,
  values: Values,
  demand: Demand[number],
  moments: RunMoments = momentsOf(asked.kind, values),
): RunMoments => decidingMoments(moments, values, controlsAt(asked, values, demand))

/**
 * The estimates of all figures, by figure and point, from what was measured by figure, point and run.
 * @param demand without it nothing is corrected
 */
export function estimatesOf(
  asked: readonly Asked[],
  measured: readonly (readonly Values[])[],
  demand: Demand = [],
): Estimate[][] {
  const moments = asked.map((figure, index) => momentsByPoint(figure, measured[index]))
  const deciding = asked.map((figure, index) =>
    measured[index].map((values, point) => decidingAt(figure, values, demand[point] ?? [], moments[index][point])),
  )
  const verdicts = verdictsOf(asked, deciding)
  const undecided = verdicts.flat().filter((verdict) => verdict === 'undecided').length
  const differences = differencesOf(asked, measured, demand)
  return asked.map((each_, figure) =>
    measured[figure].map((values, point) => {
      const { bound } = each_
      const each = measuredOnly(values).map(({ top, bottom }) => top / bottom)
      const verdict = verdicts[figure][point]
      const interval = runInterval(moments[figure][point])
      return {
        interval,
        controlled: controlledAt(each_, values, demand[point] ?? [], { moments: moments[figure][point], interval }),
        least: Math.min(...each),
        most: Math.max(...each),
        difference: differences[figure][point],
        verdict,
        needed:
          verdict !== 'undecided' || bound === null
            ? null
            : Math.max(
                isCounted(moments[figure][point]) ? LEAST_RUNS_OF_EVENTS : 0,
                runsNeeded(deciding[figure][point], bound.value, ONE_SIDE / undecided),
              ),
      }
    }),
  )
}

/**
 * Changes from the first point, corrected by what the runs of the point drew of demand where that is known. `significant` holds for all
 * figures and points together.
 */
export function differencesOf(
  asked: readonly Pick<Asked, 'kind' | 'text'>[],
  measured: readonly (readonly Values[])[],
  demand: Demand = [],
): (PairedDifference | null)[][] {
  const pairs = measured.map((points, figure) =>
    points.map((values, point) =>
      point === 0
        ? null
        : paired(asked[figure], values, points[0], controlsAt(asked[figure], values, demand[point] ?? [])),
    ),
  )
  const adjusted = holmAdjusted(pairs.flat().flatMap((pair) => (pair === null ? [] : [pair.pValue])))
  let next = 0
  return pairs.map((ofFigure) =>
    ofFigure.map((pair) => (pair === null ? null : { ...pair.difference, significant: adjusted[next++] <= ANY_WRONG })),
  )
}

interface Pair {
  readonly difference: PairedDifference
  readonly pValue: number
}

/** Over the seeds that both have run. */
function paired({ kind }: Pick<Asked, 'kind'>, values: Values, first: Values, controls: Controls): Pair | null {
  const runs = Math.min(values.length, first.length)
  const [here, there] = [values, first].map((each) => measuredOnly(each.slice(0, runs)))
  if (runs < 2 || here.length < runs || there.length < runs) return null
  const [a, b] = [here, there].map((each) =>
    contributions(
      each.map(({ top }) => top),
      each.map(({ bottom }) => bottom),
    ),
  )
  const difference = pairedDifference(a, b)
  // Where both sides are known from one run, any change is real.
  const certain = kind === 'exact' && difference.mean !== 0 && difference.halfWidth === 0
  const changes = a.map((value, run) => value - b[run])
  if (certain) return { difference, pValue: 0 }
  const drawn = controls.values.map((control) => control.slice(0, runs))
  return (
    controlledPair(difference, changes, drawn) ?? { difference, pValue: pairedPValue(changes, isCounted({ kind })) }
  )
}
