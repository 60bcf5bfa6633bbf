/** A whole run: simulate the cells, make the record of their facts, have it audited. */
import { rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { formatInstant } from '#base/civil-time.ts'
import { DamageError } from '#base/damage-error.ts'
import { extentOf, makeFolder, syncPath, syncTree } from '#base/files.ts'
import { type RunCellsOptions, runCells } from '#engine/cells/run-cells.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Trace } from '#scenarios/trace.ts'
import { COLUMNS } from '../record/column-files.ts'
import { cellLoads } from '../world/cell-loads.ts'
import { cellPlaces } from '../world/cells.ts'
import { type CellSpec, columnFolder, factFile } from './cell.ts'
import { saveCheckpoint, wholeCheckpoints } from './checkpoint.ts'
import type { CellResult } from './marketplace.ts'
import type { Extents, RunOutcome } from './outcome.ts'
import { type Proof, type ProvingPhase, prove, proveHere } from './proving.ts'
import { metaOf } from './record-meta.ts'
import { type Recovery, readProgress, writeProgress } from './resume.ts'

export interface RunRequest {
  readonly scenario: Scenario
  /** Trace data by buyer segment, as reading the scenario gives it. */
  readonly traces: Readonly<Record<string, Trace>>
  readonly seed: string
  readonly threads: number
  /** An existing folder to write into. */
  readonly folder: string
  /** Where to keep what continuing after a violent end takes; the run continues from where that folder says it was. */
  readonly recovery?: Recovery
  readonly onProgress?: (progress: RunProgress) => void
  readonly signal?: AbortSignal
  /**
   * Makes and audits the record in the calling thread, which does not answer meanwhile. It saves the start of a thread,
   * half a second of a processor: for callers that are in a thread of their own. A small record is always made so.
   */
  readonly inThisThread?: boolean
}

export interface RunProgress {
  readonly phase: 'simulating' | 'recording' | 'auditing'
  /** Virtual time, ms since the epoch. */
  readonly now: number
  readonly start: number
  readonly end: number
  readonly executed: number
  /** Of this phase, 0 to 1. */
  readonly fraction: number
  readonly threads: readonly { readonly state: string; readonly executed: number }[]
}

/** A run that was simulated: its facts are in one file a cell, in the order of cells. */
export interface Lived {
  readonly digest: string
  readonly events: number
  readonly factFiles: readonly string[]
  /** The files of the cells as they were written, by path within the folder of the run. */
  readonly files: Extents
  readonly spec: CellSpec
}

/** Facts that are recorded and audited sooner than a thread has started: about 20,000. */
const FEW_BYTES = 1 << 20

const specOf = ({ scenario, traces, folder }: RunRequest): CellSpec => ({
  scenario,
  traces,
  facts: join(folder, 'facts'),
  record: folder,
})

const filesOf = ({ scenario, facts }: CellSpec, file: typeof factFile): string[] =>
  cellPlaces(scenario).map((_, cell) => file(facts, cell))

/** The folders of the cells' column files, below that of the record. */
export const columnFolders = (scenario: Scenario): string[] => cellPlaces(scenario).map((_, cell) => columnFolder(cell))

/**
 * Simulates the cells, from the last checkpoint with whole facts if there is one, else from the beginning; their fact files
 * go below `folder`.
 */
export async function live(request: RunRequest): Promise<Lived> {
  const { recovery, scenario } = request
  for (const { at, blob } of recovery === undefined ? [] : wholeCheckpoints(recovery.folder))
    try {
      return await liveFrom(request, blob)
    } catch (error) {
      const damage = DamageError.in(error)
      if (damage === undefined) throw error
      recovery?.onDamage?.(
        `${damage.what}, so the checkpoint of ${formatInstant(at, scenario.policies['time.utcOffset'])} is not used`,
      )
    }
  return liveFrom(request)
}

/** Empty folders for what the cells write: what was there never happened. */
function beginAgain({ facts, record }: CellSpec): void {
  const columns = join(record, COLUMNS)
  for (const written of [facts, columns]) rmSync(written, { recursive: true, force: true })
  makeFolder(facts)
  // Made here, no cell waits until its name is on the disk: a run that can be resumed syncs the folder with all that is in it.
  makeFolder(columns)
}

function cellsOf(request: RunRequest, spec: CellSpec): RunCellsOptions {
  const { scenario, seed, threads, onProgress, signal } = request
  const { start, end } = scenario
  return {
    module: new URL('./cell.ts', import.meta.url),
    spec,
    cells: cellPlaces(scenario).length,
    loads: cellLoads(scenario, request.traces),
    lookahead: scenario.messageDelay,
    start,
    end,
    threads,
    seed,
    onProgress: ({ now, executed, perThread }) =>
      onProgress?.({
        phase: 'simulating',
        fraction: (now - start) / (end - start),
        now,
        start,
        end,
        executed,
        threads: perThread,
      }),
    ...(signal === undefined ? {} : { signal }),
  }
}

async function liveFrom(request: RunRequest, checkpoint?: Uint8Array): Promise<Lived> {
  const { recovery, folder } = request
  const spec = specOf(request)
  if (checkpoint === undefined) beginAgain(spec)
  else makeFolder(spec.facts)
  const run = await runCells({
    ...cellsOf(request, spec),
    ...(checkpoint === undefined ? {} : { resumeFrom: checkpoint }),
    ...(recovery?.checkpointEvery === undefined ? {} : { checkpointEvery: recovery.checkpointEvery }),
    ...(recovery === undefined ? {} : { onCheckpoint: (blob, at) => saveCheckpoint(recovery.folder, blob, at) }),
  })
  const written = (run.results as CellResult[]).flatMap(({ extents }) => [...extents])
  const files = Object.fromEntries(written.map(([path, extent]) => [relative(folder, path), extent]))
  return { digest: run.digest, events: run.executed, factFiles: filesOf(spec, factFile), files, spec }
}

/**
 * Simulates up to an instant, as a part of the run to the end of the scenario, and stops there: the recovery folder then has
 * the checkpoint of the last window that ends by then, and `folder` the facts up to it. `live` continues from it, also with a
 * scenario that differs from there on.
 * @returns the time of the checkpoint, virtual ms
 */
export async function liveUntil(request: RunRequest & { readonly recovery: Recovery }, until: number): Promise<number> {
  const spec = specOf(request)
  beginAgain(spec)
  const reached = new Error('the checkpoint is kept')
  let kept = request.scenario.start
  try {
    await runCells({
      ...cellsOf(request, spec),
      checkpointBy: until,
      onCheckpoint(blob, at) {
        saveCheckpoint(request.recovery.folder, blob, at)
        kept = at
        throw reached
      },
    })
  } catch (error) {
    if (error !== reached) throw error
  }
  return kept
}

/**
 * Runs a scenario into `folder/run.sqlite`. The outcome, the digest and the record depend on scenario and seed alone,
 * never on `threads`. Rejects with an AbortError when `signal` is aborted; what is in the folder then is worthless,
 * unless there is a `recovery` to continue from.
 */
export async function simulate(request: RunRequest): Promise<RunOutcome> {
  const { folder, recovery } = request
  const record = join(folder, 'run.sqlite')
  const progress = recovery === undefined ? { phase: 'simulating' as const } : readProgress(recovery, folder)
  if (progress.phase === 'reporting') {
    rmSync(specOf(request).facts, { recursive: true, force: true })
    return { ...progress.outcome, record }
  }
  const lived = progress.phase === 'simulating' ? await live(request) : livedThrough(request, progress)
  const { digest, events, spec } = lived
  // A record that was interrupted is made again of the facts, whatever is in it.
  for (const file of [record, `${record}-journal`]) rmSync(file, { force: true })
  const { hours, ...proof } = await proveLived(request, lived, record)
  // SQLite removes its journal, and says nothing if that fails.
  rmSync(`${record}-journal`, { force: true })
  const columns = Object.entries(lived.files).filter(([name]) => name.startsWith(COLUMNS))
  const outcome = { digest, events, marketEvents: events + hours, ...proof, files: Object.fromEntries(columns) }
  if (recovery !== undefined) {
    syncPath(record)
    syncPath(folder)
    outcome.files[relative(folder, record)] = extentOf(record)
    writeProgress(recovery, { phase: 'reporting', outcome })
  }
  rmSync(spec.facts, { recursive: true, force: true })
  return { ...outcome, record }
}

/** The history of a run that was interrupted after it: its facts are complete. */
function livedThrough(request: RunRequest, { digest, events, files }: Omit<Lived, 'factFiles' | 'spec'>): Lived {
  const spec = specOf(request)
  return { digest, events, factFiles: filesOf(spec, factFile), files, spec }
}

function proveLived(
  request: RunRequest,
  { digest, events, factFiles, files, spec }: Lived,
  record: string,
): Promise<Proof> {
  const { scenario, threads, recovery, signal, onProgress, inThisThread = false } = request
  const { start, end } = scenario
  const bytes = factFiles.reduce((sum, file) => sum + statSync(file).size, 0)
  if (recovery !== undefined) {
    syncTree(spec.facts)
    syncTree(join(spec.record, COLUMNS))
    syncPath(spec.record)
  }
  let known = ''
  const enter = (phase: ProvingPhase) => {
    if (recovery !== undefined && phase !== known) writeProgress(recovery, { phase, digest, events, files })
    known = phase
  }
  enter('recording')
  const meta = metaOf(scenario, request.seed, digest, events)
  const evidence = {
    record,
    spec,
    files: { facts: factFiles, columns: columnFolders(scenario) },
    bytes,
    meta,
    threads,
  }
  const noteProgress = (phase: ProvingPhase, fraction: number) => {
    enter(phase)
    onProgress?.({ phase, fraction, now: end, start, end, executed: events, threads: [] })
  }
  return inThisThread || bytes < FEW_BYTES ? proveHere(evidence, noteProgress) : prove(evidence, noteProgress, signal)
}
