/**
 * Estimates with control variates: requests and lives that were drawn, less what the scenario expects of them. What a run had
 * more of them by chance, its figures had too; the regression over the runs of a point takes that off.
 */
import { interval } from '#engine/statistics/confidence.ts'
import { regressedMean } from '#engine/statistics/control-variates.ts'
import type { PairedDifference } from '#engine/statistics/paired.ts'
import { areFew, contributions, type RunInterval, type RunMoments, runInterval } from '#engine/statistics/run-mean.ts'
import { studentTQuantile, studentTTail } from '#engine/statistics/student-t.ts'
import type { DemandControls } from './demand-controls.ts'
import type { Measured } from './measured.ts'

export type ControlName = 'requests' | 'lives'

/** Next to the plain interval of a figure at a point. */
export interface ControlledEstimate {
  readonly interval: RunInterval
  /** What was known: requests, lives, or both. */
  readonly controls: readonly ControlName[]
  /** Width of this interval over that of the plain one; null where one of them is open. */
  readonly width: number | null
}

/** What is known of the demand of the runs of a point. */
export interface Controls {
  readonly names: readonly ControlName[]
  /** Each control by run, less its expectation. */
  readonly values: readonly (readonly number[])[]
}

/** Runs below which the regression says too little of itself. */
const LEAST_RUNS = 10

/**
 * The controls of a figure by run, each less its expectation: of the pools that it names, or of all whose requests are known. None
 * where no requests are: of a varying number of them the lives say so little that the degree of freedom costs more.
 * @param pool as the figure's filter has it: zone/flavour, or a zone; undefined for all pools
 */
export function controlsOf(runs: readonly (readonly DemandControls[])[], pool: string | undefined): Controls {
  const own = runs.map((pools) =>
    pools.filter((each) => pool === undefined || each.pool === pool || each.pool.startsWith(`${pool}/`)),
  )
  if (!own.some((pools) => pools.some(({ expected }) => expected !== null))) return { names: [], values: [] }
  const requests = own.map((pools) =>
    pools.reduce((sum, each) => sum + (each.expected === null ? 0 : each.requests - each.expected), 0),
  )
  const lives = own.map((pools) => pools.reduce((sum, each) => sum + each.lives - each.expectedLives, 0))
  const known = [
    { name: 'requests' as const, values: requests },
    { name: 'lives' as const, values: lives },
  ].filter(({ values }) => values.some((each) => each !== values[0]))
  return { names: known.map(({ name }) => name), values: known.map(({ values }) => values) }
}

/**
 * The moments of a figure corrected by its controls, with one degree of freedom less for each, as if there had been so many fewer runs.
 * Null where nothing is known, runs are too few or differ in what they measured, the figure did not vary, or the correction leaves it
 * outside of what it can be.
 */
export function controlledMoments(
  moments: RunMoments,
  values: readonly (Measured | null)[],
  { values: controls }: Controls,
): RunMoments | null {
  const measured = values.filter((value) => value !== null)
  const isOpen = measured.length < values.length || values.length < LEAST_RUNS || controls.length === 0
  if (isOpen || moments.variance === 0 || moments.kind === 'exact') return null
  const tops = measured.map(({ top }) => top)
  const bottoms = measured.map(({ bottom }) => bottom)
  const { mean, variance, freedom } = regressedMean(contributions(tops, bottoms), controls)
  const count = freedom + 1
  const bottom = (moments.bottom * count) / moments.count
  const isShare = moments.kind === 'share' || moments.kind === 'event-share'
  if (moments.kind !== 'signed' && !(mean > 0 && (!isShare || mean < 1))) return null
  return { ...moments, count, bottom, top: mean * bottom, variance: variance * count }
}

/**
 * The moments by which a bound is judged: corrected where that is possible, whatever they say of the bound. Events so few that they are
 * counted stay as they are: the number of them is all that is known, and the correction would take some away.
 */
export function decidingMoments(
  moments: RunMoments,
  values: readonly (Measured | null)[],
  controls: Controls,
): RunMoments {
  const isCounted = moments.kind === 'events' || moments.kind === 'event-share'
  if (isCounted && areFew(moments)) return moments
  return controlledMoments(moments, values, controls) ?? moments
}

/** The corrected interval next to the plain one; null where nothing is corrected. */
export function controlledEstimate(
  moments: RunMoments,
  values: readonly (Measured | null)[],
  controls: Controls,
  plain: RunInterval,
  confidence = 0.95,
): ControlledEstimate | null {
  const corrected = controlledMoments(moments, values, controls)
  if (corrected === null) return null
  const found = runInterval(corrected, confidence)
  const width = (found.high - found.low) / (plain.high - plain.low)
  const interval = { ...found, count: values.length }
  return { interval, controls: controls.names, width: Number.isFinite(width) ? width : null }
}

/** With fewer pairs that differ the signs decide (`paired-test.ts`), which no regression corrects. */
const LEAST_MOVED = 10

/** The mean of paired changes corrected by controls; null where nothing is known, or too few pairs differ. */
export function controlledPair(
  plain: PairedDifference,
  changes: readonly number[],
  controls: readonly (readonly number[])[],
): { readonly difference: PairedDifference; readonly pValue: number } | null {
  if (controls.length === 0 || changes.filter((change) => change !== 0).length < LEAST_MOVED) return null
  const { mean, variance, freedom } = regressedMean(changes, controls)
  const error = Math.sqrt(variance)
  const found = interval(
    mean,
    studentTQuantile((1 + plain.confidence) / 2, freedom) * error,
    plain.confidence,
    plain.count,
  )
  const pValue = error === 0 ? 0 : Math.min(1, 2 * studentTTail(Math.abs(mean) / error, freedom))
  return { difference: { ...plain, ...found }, pValue }
}
