/**
 * What a sweep tells of a figure at each point: its mean over the runs with a 95 % interval (Student's t), how far it
 * is from the first point, pair by pair of the same seed (common random numbers), and whether a bound on it is kept.
 */
import { type Interval, meanInterval } from '#engine/statistics/confidence.ts'
import { type PairedDifference, pairedDifference } from '#engine/statistics/paired.ts'
import { Tally } from '#engine/statistics/tally.ts'
import type { Comparison } from '#scenarios/sections/thresholds.ts'
import type { FigureUnit } from '../figures/figure.ts'
import { holds } from '../thresholds.ts'

/** A figure that is asked for; its values are in its own unit, money in whole currency. */
export interface Asked {
  /** As it was written: `ecs.refusalRate{pool=ap-1a} < 1%`. */
  readonly text: string
  readonly unit: FigureUnit
  /** null where only the figure is asked for. */
  readonly bound: { readonly op: Comparison; readonly value: number } | null
}

/** `open`: the interval holds the bound, so that more runs are needed to tell. */
export type Verdict = 'kept' | 'missed' | 'open'

export interface Estimate {
  /** Of the runs that had something to measure; its width is infinite below two. */
  readonly interval: Interval
  readonly least: number
  readonly most: number
  /** Against the first point; null at the first, and where a run of either had nothing to measure. */
  readonly difference: PairedDifference | null
  /** null without a bound. */
  readonly verdict: Verdict | null
}

const orderOf = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

/** Whether every value of the interval keeps the bound, none does, or some do. */
export function verdictOf(interval: Interval, { op, value }: NonNullable<Asked['bound']>): Verdict {
  const { low, high, count } = interval
  if (count < 2) return 'open'
  const ends = [holds[op](orderOf(low, value)), holds[op](orderOf(high, value))]
  const inside = low < value && value < high
  // Between its ends an interval meets the bound itself, which alone keeps `==`, and alone misses `!=`.
  if (op === '==' || op === '!=') return inside || ends[0] !== ends[1] ? 'open' : ends[0] ? 'kept' : 'missed'
  return ends[0] === ends[1] ? (ends[0] ? 'kept' : 'missed') : 'open'
}

type Values = readonly (number | null)[]

const isMeasured = (value: number | null): value is number => value !== null

/** The estimates of a figure by point, from its values by point and run. */
export function estimatesOf(asked: Asked, points: readonly Values[]): Estimate[] {
  return points.map((values, index) => {
    const measured = values.filter(isMeasured)
    const tally = new Tally()
    for (const value of measured) tally.add(value)
    const interval = meanInterval(tally)
    return {
      interval,
      least: Math.min(...measured),
      most: Math.max(...measured),
      difference: index === 0 ? null : paired(values, points[0]),
      verdict: asked.bound === null ? null : measured.length === 0 ? 'open' : verdictOf(interval, asked.bound),
    }
  })
}

/** Over the seeds that both have run. */
function paired(values: Values, first: Values): PairedDifference | null {
  const runs = Math.min(values.length, first.length)
  const [here, there] = [values.slice(0, runs), first.slice(0, runs)]
  if (runs < 2 || !here.every(isMeasured) || !there.every(isMeasured)) return null
  return pairedDifference(here, there)
}
