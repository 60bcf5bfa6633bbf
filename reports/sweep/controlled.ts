/**
 * Estimates with control variates: requests and lives that were drawn, less what the scenario expects of them. What a run had
 * more of them by chance, its figures had too; the regression over the runs of a point takes that off.
 */
import { regressedMean } from '#engine/statistics/control-variates.ts'
import { contributions, type RunInterval, type RunMoments, runInterval } from '#engine/statistics/run-mean.ts'
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

/** Runs below which the regression says too little of itself. */
const LEAST_RUNS = 10

/**
 * The controls of a figure by run, each less its expectation: of the pools that it names, or of all whose requests are known.
 * @param pool as the figure's filter has it: zone/flavour, or a zone; undefined for all pools
 */
export function controlsOf(
  runs: readonly (readonly DemandControls[])[],
  pool: string | undefined,
): { readonly names: readonly ControlName[]; readonly values: readonly (readonly number[])[] } {
  const own = runs.map((pools) =>
    pools.filter((each) => pool === undefined || each.pool === pool || each.pool.startsWith(`${pool}/`)),
  )
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
 * Null where they leave the figure outside of what it can be.
 */
function controlledMoments(
  moments: RunMoments,
  values: readonly { readonly top: number; readonly bottom: number }[],
  controls: readonly (readonly number[])[],
): RunMoments | null {
  const tops = values.map(({ top }) => top)
  const bottoms = values.map(({ bottom }) => bottom)
  const { mean, variance, freedom } = regressedMean(contributions(tops, bottoms), controls)
  const count = freedom + 1
  const bottom = (moments.bottom * count) / moments.count
  const isShare = moments.kind === 'share' || moments.kind === 'event-share'
  if (moments.kind !== 'signed' && !(mean > 0 && (!isShare || mean < 1))) return null
  return { ...moments, count, bottom, top: mean * bottom, variance: variance * count }
}

/** Null where nothing is known, runs are too few or differ in what they measured, or the figure did not vary. */
export function controlledEstimate(
  moments: RunMoments,
  values: readonly (Measured | null)[],
  controls: ReturnType<typeof controlsOf>,
  plain: RunInterval,
  confidence = 0.95,
): ControlledEstimate | null {
  const measured = values.filter((value) => value !== null)
  const isOpen = measured.length < values.length || values.length < LEAST_RUNS || controls.names.length === 0
  if (isOpen || moments.variance === 0 || moments.kind === 'exact') return null
  const corrected = controlledMoments(moments, measured, controls.values)
  if (corrected === null) return null
  const found = runInterval(corrected, confidence)
  const width = (found.high - found.low) / (plain.high - plain.low)
  const interval = { ...found, count: values.length }
  return { interval, controls: controls.names, width: Number.isFinite(width) ? width : null }
}
