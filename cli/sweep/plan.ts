/**
 * What a sweep is, apart from its runs: enough to find their results in a store and to write the result, on any machine and
 * without the scenario file.
 */
import { isPreciseMean, nextRuns } from '#engine/statistics/run-precision.ts'
import { sortedLine } from '#reports/sorted-json.ts'
import { isResampled, resampledEstimates } from '#reports/sweep/bootstrap.ts'
import { type Asked, decidingAt, estimatesOf } from '#reports/sweep/estimates.ts'
import { driftsOf } from '#reports/sweep/halves.ts'
import { nearestMeasured } from '#reports/sweep/measured.ts'
import { fanOf, firstMissedOf } from '#reports/sweep/over-time.ts'
import type { SweepPoint } from '#reports/sweep/points.ts'
import { demandOf } from '#reports/sweep/pool-demand.ts'
import type { SweepResult, SweepRun } from '#reports/sweep/result.ts'
import type { PoolWork } from '../pool/pool-work.ts'
import { figureText, type ProgramVersions, programVersions, type RunPremises, sha256 } from '../results/run-key.ts'
import { feeding } from '../scenario-file.ts'
import type { SelectionRequest } from '../select/request.ts'
import { commandLine } from '../shell.ts'
import { type OneRun, seedOf } from './one-run.ts'
import type { SweepRequest } from './request.ts'

export interface SweepPlan {
  /** The scenario file as the caller named it. */
  readonly path: string
  readonly sets: readonly string[]
  /** The command that makes the sweep again. */
  readonly repeat: string
  /** SHA-256 of the scenario at the first point, as manifests name it. */
  readonly scenario: string
  readonly name: string
  readonly question: string
  readonly utcOffset: number
  /** The places that vary. */
  readonly paths: readonly string[]
  /** `hash`: SHA-256 of the resolved scenario and its traces. */
  readonly points: readonly (SweepPoint & { readonly hash: string })[]
  readonly asked: readonly Asked[]
  /** What is measured, without bounds. */
  readonly figures: readonly string[]
  readonly seed: string
  readonly runs: number
  /** Relative error wanted of the first figure; null: as many runs as asked for. */
  readonly precision: number | null
  readonly mostRuns: number
  /** Whether runs replay a trace in blocks drawn by the seed: their spread is the interval, and not that of their mean. */
  readonly resampled: boolean
  readonly versions: ProgramVersions
}

const selectWords = (
  { largest, method, indifference, confidence, mostRuns }: SelectionRequest,
  [objective, ...bounds]: readonly Asked[],
): readonly string[] => [
  ...['--select', objective.text, ...(largest ? ['--largest'] : []), ...bounds.flatMap(({ text }) => ['--keep', text])],
  ...['--method', method, '--indifference', String(indifference)],
  ...['--confidence', `${Number((100 * confidence).toPrecision(12))}%`, '--most', String(mostRuns)],
]

/** Every option in force, whether it was written or not; threads and folders change nothing in the result. */
export const sweepWords = (
  { seed, varied, sets, asked, runs, precision, mostRuns, selection }: SweepRequest,
  path: string,
): readonly string[] => [
  ...['sweep', path, '--seed', seed],
  ...varied.flatMap((place) => ['--vary', `${place.path}=${place.values.join(',')}`]),
  ...sets.flatMap((set) => ['--set', set]),
  ...(selection === undefined ? asked.flatMap(({ text }) => ['--figure', text]) : selectWords(selection, asked)),
  ...['--runs', String(runs)],
  ...(precision === undefined ? [] : ['--precision', precision.text, '--most', String(mostRuns)]),
]

export function planOf(request: SweepRequest): SweepPlan {
  const { path, sets, reads, varied, points, asked, thresholds, seed, runs, precision, mostRuns } = request
  const { name, question, policies } = reads[0].scenario
  return {
    path,
    sets,
    repeat: commandLine(sweepWords(request, path)) + feeding(path, request.target),
    scenario: reads[0].hash,
    name,
    question,
    utcOffset: policies['time.utcOffset'],
    paths: varied.map((place) => place.path),
    points: points.map((point, index) => ({ ...point, hash: reads[index].hash })),
    asked,
    figures: thresholds.map(figureText),
    seed,
    runs,
    precision: precision?.relative ?? null,
    mostRuns,
    resampled: reads.some(({ scenario }) => isResampled(scenario)),
    versions: programVersions(),
  }
}

/** Identifies a sweep, wherever its scenario file is: the first 16 hex digits of the SHA-256 of everything else. */
export const sweepId = ({ path: _, repeat: __, ...plan }: SweepPlan): string => sha256(sortedLine(plan)).slice(0, 16)

/** What the run of a point and replication follows from. */
export const premisesOf = (
  { points, seed, figures, versions }: SweepPlan,
  point: number,
  replication: number,
): RunPremises => ({ scenario: points[point].hash, seed: seedOf(seed, replication), figures, versions })

/** The same as a pool is asked for it. */
export const poolWorkOf = (plan: SweepPlan): PoolWork => ({
  id: sweepId(plan),
  name: plan.name,
  versions: plan.versions,
  runs: plan.points.length * plan.runs,
  premisesOf: (point, replication) => premisesOf(plan, point, replication),
})

/** Whether the runs of a point know the first figure as well as was asked for. */
const isPrecise = ({ precision, asked }: SweepPlan, made: readonly OneRun[]): boolean =>
  precision !== null &&
  isPreciseMean(
    decidingAt(
      asked[0],
      made.map(({ values: [first] }) => (first === null ? null : nearestMeasured(asked[0], first))),
      made.map(({ demand }) => demand),
    ),
    precision,
  )

/** How many more runs a point needs. Follows from the plan and the runs alone, never from the number of threads. */
export const moreRuns = (plan: SweepPlan, made: readonly OneRun[]): number =>
  plan.precision === null || isPrecise(plan, made) ? 0 : nextRuns(made.length, plan.mostRuns)

/** A run as results list it, with the floats nearest to its figures. */
export const shownRun = (
  { seed, digest, amounts, differences, values }: OneRun,
  asked: readonly Asked[],
): SweepRun => ({
  ...{ seed, digest, amounts, differences },
  values: values.map((value, figure) => (value === null ? null : nearestMeasured(asked[figure], value))),
  exact: values.map((value) => value?.exact ?? null),
})

/** What runs by point and replication say over time. */
export const overTime = (asked: readonly Asked[], made: readonly (readonly OneRun[])[]) => ({
  firsts: asked.map((each, figure) =>
    made.map((runs) =>
      firstMissedOf(
        each,
        runs.map(({ months }) => months[figure]),
      ),
    ),
  ),
  firstDays: asked.map((each, figure) =>
    made.map((runs) =>
      firstMissedOf(
        each,
        runs.map(({ days }) => days[figure]),
      ),
    ),
  ),
  fans: made.flatMap((runs, point) =>
    fanOf(
      point,
      runs.map(({ use }) => use),
    ),
  ),
})

/** The result of a sweep, from its runs by point and replication. */
export function resultOf(plan: SweepPlan, made: readonly (readonly OneRun[])[]): SweepResult {
  const { name, question, utcOffset, paths, points, asked, precision, resampled } = plan
  const runs = made.map((ofPoint) => ofPoint.map((run) => shownRun(run, asked)))
  const measured = asked.map((_, figure) => runs.map((ofPoint) => ofPoint.map(({ values }) => values[figure])))
  const demand = made.map((ofPoint) => ofPoint.map((run) => run.demand))
  return {
    name,
    question,
    utcOffset,
    paths,
    points: points.map(({ hash: _, ...point }) => point),
    asked,
    runs,
    ...overTime(asked, made),
    drifts: driftsOf(made.map((ofPoint) => ofPoint.map(({ halves }) => halves))),
    precision:
      precision === null ? null : { relative: precision, reached: made.map((ofPoint) => isPrecise(plan, ofPoint)) },
    estimates: resampled ? resampledEstimates(asked, measured) : estimatesOf(asked, measured, demand),
    demand: demandOf(demand),
    resampled,
  }
}
