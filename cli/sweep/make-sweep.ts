/** Makes the runs of a sweep, whose finished ones are kept, and writes its result into a folder. */
import { rmSync } from 'node:fs'
import { type FileExtent, makeFolder, putFile } from '#base/files.ts'
import type { Crew } from '#engine/runs/crew.ts'
import { runMany } from '#engine/runs/run-many.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { type SweepResult, withoutFans } from '#reports/sweep/result.ts'
import { writeResultManifest } from '../result-manifest.ts'
import type { RunFolder } from '../run-folder.ts'
import { colourful, painter } from '../terminal.ts'
import { answerOf, driftLines } from './answer.ts'
import type { KeptRuns } from './kept-runs.ts'
import type { OneRun, OneRunTask } from './one-run.ts'
import { moreRuns, planOf, poolWorkOf, premisesOf, resultOf, type SweepPlan } from './plan.ts'
import { writePlan } from './plan-file.ts'
import { type SweepProgress, sweepProgress } from './progress.ts'
import type { Shard, SweepRequest } from './request.ts'
import { makeResumable } from './resumable.ts'

const resampledReading =
  'Each run is a resample of the trace: its blocks, drawn with replacement. The interval is what 95 % of the resamples are within; a bound is kept or missed if it is so at both ends.'

export const sweepFiles = {
  page: 'sweep.html',
  result: 'sweep.json',
  estimates: 'estimates.csv',
  runs: 'runs.csv',
  use: 'use.csv',
} as const

/** Runs of a sweep in canonical order: by point, then by replication. */
export const isOfShard = (
  { index, count }: Shard,
  { runs }: Pick<SweepPlan, 'runs'>,
  point: number,
  replication: number,
) => (point * runs + replication) % count === index - 1

export interface RunsToMake {
  readonly request: SweepRequest
  readonly plan: SweepPlan
  readonly kept: KeptRuns
  /** Where the runs are made; undefined: in threads of this process. */
  readonly crew?: Crew | undefined
  readonly progress: SweepProgress
  /** A folder for the records of runs under way; it is made, and removed. */
  readonly scratch: string
  readonly signal: AbortSignal
  /** Called after each run that was made and kept. */
  readonly onKept: () => void
}

/** Makes the runs, all or those of a shard, and returns them by point and replication. */
export async function makeRuns(work: RunsToMake): Promise<OneRun[][]> {
  const { request, plan, kept, crew, progress, scratch, signal, onKept } = work
  const { reads, thresholds, seed, runs, threads, shard, precision } = request
  rmSync(scratch, { recursive: true, force: true })
  makeFolder(scratch)
  try {
    return await runMany<OneRun>({
      module: new URL('./one-run.ts', import.meta.url),
      points: reads.map(
        ({ scenario, traces }): OneRunTask => ({
          scenario,
          traces: Object.fromEntries(traces),
          asked: thresholds,
          scratch,
        }),
      ),
      replications: runs,
      seed,
      threads,
      ...(crew === undefined ? {} : { crew }),
      ...(precision === undefined ? {} : { more: (made: readonly OneRun[]) => moreRuns(plan, made) }),
      ...(shard === undefined
        ? {}
        : { only: (point: number, replication: number) => isOfShard(shard, plan, point, replication) }),
      known: (point, replication) => kept.find(point, replication),
      onRun({ pointIndex, replication, result, isKnown, finished, planned }) {
        if (!isKnown) {
          kept.add(pointIndex, replication, result)
          onKept()
        }
        progress.show(finished, planned)
      },
      signal,
    })
  } finally {
    progress.end()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

export const progressOf = ({ quiet }: SweepRequest): SweepProgress =>
  sweepProgress({
    stream: process.stderr,
    quiet,
    paint: painter(colourful(process.stderr)),
    clock: () => performance.now(),
  })

/** Makes the runs by the workers of a pool, if one was asked for, else in this process. */
async function makeAnywhere(work: Omit<RunsToMake, 'crew' | 'progress'>): Promise<OneRun[][]> {
  const { request, plan, kept, signal } = work
  const progress = progressOf(request)
  if (request.pool === undefined) return makeRuns({ ...work, progress })
  const { withPoolCrew } = await import('../pool/with-pool-crew.ts')
  return withPoolCrew(
    { request: request.pool, asked: poolWorkOf(plan), folder: kept.folder, signal, progress },
    (crew) => makeRuns({ ...work, crew, progress }),
  )
}

/** Writes the folder of a sweep and gives it its name. */
export async function writeSweep(folder: RunFolder, plan: SweepPlan, result: SweepResult): Promise<void> {
  const { sweepPage } = await import('#reports/sweep/page.ts')
  const { estimateTable, runTable, useTable } = await import('#reports/sweep/tables.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const written = new Map<string, FileExtent>()
  const put = (file: string, text: string) => putFile(folder.staging, file, text, written)
  put(sweepFiles.result, sortedJson(withoutFans(result)))
  put(sweepFiles.estimates, tableCsv(estimateTable(result), result.utcOffset))
  put(sweepFiles.runs, tableCsv(runTable(result), result.utcOffset))
  put(sweepFiles.use, tableCsv(useTable(result), result.utcOffset))
  put(
    sweepFiles.page,
    await sweepPage(result, {
      ...{ kind: 'a sweep', answer: answerOf(result), warnings: driftLines(result) },
      ...(plan.resampled ? { reading: resampledReading, intervals: 'what 95 % of the resamples are within' } : {}),
    }),
  )
  const { path, sets, seed, name, scenario, repeat } = plan
  await writeResultManifest(folder.staging, { kind: 'sweep', path, name, hash: scenario, sets, seed, repeat, written })
  folder.commit()
}

/** Makes a sweep in a folder that it claims when it begins. Its finished runs are kept for `resume` when it stops early. */
export function makeSweep(request: SweepRequest, claim: () => RunFolder): Promise<SweepResult> {
  const plan = planOf(request)
  return makeResumable({
    claim,
    repeat: plan.repeat,
    results: request.results,
    premisesOf: (point, replication) => premisesOf(plan, point, replication),
    async work(resumable) {
      if (request.results !== undefined) writePlan(request.results, plan)
      return resultOf(plan, await makeAnywhere({ request, plan, ...resumable }))
    },
    write: (folder, result) => writeSweep(folder, plan, result),
  })
}
