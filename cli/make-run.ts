/** Making a run: simulated into its staging folder, reported, described by its manifest, and given its name. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { syncTree } from '#base/files.ts'
import { comparedFolder, comparedNames } from '#reports/compared-runs.ts'
import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { shownRate } from '#reports/rates.ts'
import { RunRecord } from '#reports/record.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Summary } from '#reports/summary.ts'
import { reportFiles, writeReports } from '#reports/write.ts'
import { COLUMNS } from '#sim/record/column-files.ts'
import type { RunOutcome } from '#sim/run/outcome.ts'
import { hasProgress, type Recovery } from '#sim/run/resume.ts'
import type { RunRequest as Simulation } from '#sim/run/simulate.ts'
import { closingSummary } from './closing.ts'
import { Replayable } from './failure.ts'
import { interruptible, interruption } from './interrupts.ts'
import { PhaseClock, type PhaseSeconds, paceOf } from './phase-clock.ts'
import { progressView, shownWait } from './progress.ts'
import type { RunFolder } from './run-folder.ts'
import { feeding } from './scenario-file.ts'
import { commandLine } from './shell.ts'
import { sayIfStopped } from './supervision.ts'
import { colourful, heightOf, painter, widthOf } from './terminal.ts'
import { type RunRequest, removeUnfinished, unfinishedFolder } from './unfinished.ts'

export interface Made {
  readonly summary: Summary
  readonly outcome: Pick<RunOutcome, 'digest' | 'events' | 'marketEvents' | 'amounts' | 'differences'>
  /** Of the wall clock; of its last part, where it was interrupted. */
  readonly seconds: PhaseSeconds
  readonly recordMiB: number
  /** The runs that it is compared with. */
  readonly comparisons: readonly ComparisonOutcome[]
}

interface ComparisonOutcome {
  readonly name: string
  readonly amounts: number
  readonly differences: number
}

/** Amounts that differ from the auditor's, of a run and of those that it is compared with. */
export const differencesOf = ({ outcome, comparisons }: Pick<Made, 'outcome' | 'comparisons'>): number =>
  outcome.differences + comparisons.reduce((sum, { differences }) => sum + differences, 0)

/** Calls `work` with the run as the simulation takes it, its progress shown. */
async function withProgress<T>(
  request: RunRequest,
  folder: string,
  { phases, signal }: { readonly phases: PhaseClock; readonly signal: AbortSignal },
  work: (run: Simulation & { readonly recovery: Recovery }) => Promise<T>,
): Promise<T> {
  const { scenario, traces } = request.read
  const { checkpointEvery } = request
  const progress = progressView({
    stream: process.stderr,
    quiet: request.quiet,
    paint: painter(colourful(process.stderr)),
    clock: () => performance.now(),
    utcOffset: scenario.policies['time.utcOffset'],
    ...(request.comparison === undefined ? {} : { about: request.comparison }),
  })
  try {
    return await work({
      scenario,
      traces: Object.fromEntries(traces),
      seed: request.seed,
      threads: request.threads,
      folder,
      recovery: {
        folder: unfinishedFolder(folder),
        ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
        onDamage(what) {
          progress.end()
          process.stderr.write(`warning: ${what}; that part of the run is made again\n`)
        },
      },
      onProgress(state) {
        phases.enter(state.phase)
        progress.show(state)
      },
      signal,
    })
  } finally {
    progress.end()
  }
}

/** The run that ends where `until` says: what forks need is kept in its staging folder. */
async function untilThen(request: RunRequest, staging: string, signal: AbortSignal): Promise<RunRequest> {
  const { until, read } = request
  if (until === undefined) return request
  const { hasHistory, keepHistory } = await import('./fork/kept-history.ts')
  if (!hasHistory(staging)) {
    const phases = new PhaseClock(() => performance.now())
    const { liveUntil } = await import('#sim/run/simulate.ts')
    const at = await withProgress(request, staging, { phases, signal }, (run) => liveUntil(run, until))
    keepHistory(staging, request, at, until)
  }
  const { scenarioHash } = await import('#scenarios/reader.ts')
  const scenario = { ...read.scenario, end: until }
  return { ...request, read: { ...read, scenario, hash: scenarioHash(scenario, read.traces) } }
}

/**
 * Makes the runs that a run is compared with, each a whole run in a folder of its own in the staging folder. One that is
 * complete is used as it is, and one that was interrupted continues: they come before the run itself, whose answer needs
 * them.
 */
async function makeComparisons(
  request: RunRequest,
  staging: string,
  signal: AbortSignal,
): Promise<ComparisonOutcome[]> {
  const found: ComparisonOutcome[] = []
  for (const { name, sets, ...read } of request.read.comparisons) {
    const folder = comparedFolder(staging, name)
    if (!existsSync(join(folder, MANIFEST_FILE))) {
      mkdirSync(unfinishedFolder(folder), { recursive: true })
      const all = [...request.sets, ...sets]
      const again = commandLine(['run', request.path, '--seed', request.seed, ...all.flatMap((set) => ['--set', set])])
      await makeWhole(
        {
          ...request,
          read: { ...request.read, ...read, comparisons: [] },
          sets: all,
          repeat: `${again} --no-compare${feeding(request.path, request.target)}`,
          comparison: name,
        },
        folder,
        hasProgress(unfinishedFolder(folder)),
        signal,
      )
      removeUnfinished(folder)
    }
    const { reconciliation } = undamagedJson<Manifest>(join(folder, MANIFEST_FILE))
    found.push({ name, ...reconciliation })
  }
  return found
}

/** Simulates into a folder, and writes the reports and the manifest next to the record. */
async function makeWhole(
  request: RunRequest,
  folder: string,
  resumed: boolean,
  signal: AbortSignal,
): Promise<Omit<Made, 'comparisons'>> {
  const phases = new PhaseClock(() => performance.now())
  phases.enter('simulating')
  // Loaded only now: --help and errors of the scenario need no simulation.
  const { simulate } = await import('#sim/run/simulate.ts')
  const outcome = await withProgress(request, folder, { phases, signal }, simulate)
  phases.enter('reporting')
  signal.throwIfAborted()
  const record = new RunRecord(folder)
  const written = new Map(Object.entries(outcome.files))
  const { threads } = request
  const summary = await writeReports(record, folder, { written, threads }).finally(() => record.close())
  // E-12: costs are in no record, so that reports are what the auditor's are compared with.
  const found = (figure: string): number => Number(summary.figures[figure].value)
  const judged = {
    ...outcome,
    amounts: found('reconciliation.amounts'),
    differences: found('reconciliation.differences'),
  }
  phases.end()
  signal.throwIfAborted()
  const { seconds } = phases
  const recordMiB = mebibytesOf([outcome.record, ...columnFilesIn(folder)])
  syncTree(folder)
  const { writeManifest } = await import('./manifest.ts')
  await writeManifest(folder, {
    scenario: request.read.scenario,
    file: request.path,
    sets: request.sets,
    hash: request.read.hash,
    seed: request.seed,
    threads,
    outcome: judged,
    written,
    repeat: request.repeat,
    seconds,
    recordMiB,
    startedAt: new Date(request.startedAt),
    resumed: resumed || request.isFork === true,
  })
  signal.throwIfAborted()
  return { summary, outcome: judged, seconds, recordMiB }
}

/** Makes a run with those that it is compared with, and gives it its name. */
async function make(request: RunRequest, folder: RunFolder, resumed: boolean, signal: AbortSignal): Promise<Made> {
  const comparisons = await makeComparisons(request, folder.staging, signal)
  const made = await makeWhole(
    await untilThen(request, folder.staging, signal),
    folder.staging,
    resumed || request.until !== undefined,
    signal,
  )
  folder.commit()
  return { ...made, comparisons }
}

/** What is known of the comparisons of a complete run. */
const comparisonsIn = (folder: string): ComparisonOutcome[] =>
  comparedNames(folder).map((name) => ({
    name,
    ...undamagedJson<Manifest>(join(comparedFolder(folder, name), MANIFEST_FILE)).reconciliation,
  }))

/** Whether there is anything to continue from, of the run or of one that it is compared with. */
const hasMade = (staging: string): boolean =>
  hasProgress(unfinishedFolder(staging)) || comparedNames(staging).length > 0

/** To a tenth. */
const mebibytesOf = (paths: readonly string[]): number =>
  Math.round((paths.reduce((sum, path) => sum + statSync(path).size, 0) / (1 << 20)) * 10) / 10

const columnFilesIn = (folder: string): string[] =>
  readdirSync(join(folder, COLUMNS), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => join(folder, COLUMNS, name))

/** What the manifest of a run says of its outcome. */
type Manifest = Pick<RunOutcome, 'digest' | 'events' | 'marketEvents'> & {
  readonly reconciliation: Pick<RunOutcome, 'amounts' | 'differences'>
  readonly machine: { readonly seconds: PhaseSeconds; readonly recordMiB: number; readonly threads: number }
}

/** Renames a run that was interrupted when only its name was missing. */
export function nameRun(folder: RunFolder): { made: Made; threads: number } {
  const { digest, events, marketEvents, reconciliation, machine } = undamagedJson<Manifest>(
    join(folder.staging, MANIFEST_FILE),
  )
  const summary = undamagedJson<Summary>(join(folder.staging, reportFiles.summary))
  const comparisons = comparisonsIn(folder.staging)
  folder.commit()
  return {
    made: {
      summary,
      outcome: { digest, events, marketEvents, ...reconciliation },
      seconds: machine.seconds,
      recordMiB: machine.recordMiB,
      comparisons,
    },
    threads: machine.threads,
  }
}

/**
 * Makes a run in the folder it claimed. A run that keeps checkpoints is left for `resume` when it is interrupted; of any
 * other nothing stays. A run that fails is left when there is a checkpoint or a whole history to continue from.
 */
export function makeOrDiscard(request: RunRequest, folder: RunFolder, resumed = false): Promise<Made> {
  const isKept = resumed || request.checkpointEvery !== undefined
  const drop = isKept ? folder.leave : folder.discard
  const resume = commandLine(['resume', folder.target])
  const unfinished = isKept ? `resume with \`${resume}\`` : 'nothing was written'
  if (isKept) folder.keep()
  const isOver = isKept ? sayIfStopped(`interrupted: ${unfinished}`) : () => {}
  return interruptible(async (signal) => {
    try {
      return await make(request, folder, resumed, signal)
    } catch (error) {
      if (signal.aborted) {
        drop()
        throw interruption(signal, unfinished)
      }
      // Whatever made it fail: what `resume` can continue from took its time to make.
      const isResumable = resumed || hasMade(folder.staging)
      if (isResumable) folder.leave()
      else folder.discard()
      throw new Replayable(error, resumed ? resume : request.repeat, isResumable ? resume : undefined)
    }
  }, drop).finally(isOver)
}

export interface Shown {
  readonly target: string
  readonly threads: number
  /** The scenario as the user wrote it, where it is a file or a bundled name. */
  readonly scenario?: string
}

export function print(
  request: Shown,
  { summary, outcome, seconds, recordMiB, comparisons }: Made,
  json: boolean,
  resumed = false,
): void {
  if (json) {
    process.stdout.write(sortedJson(summary))
    return
  }
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  const threads = `${request.threads} thread${request.threads === 1 ? '' : 's'}`
  const whole = shownWait(Object.values(seconds).reduce((sum, phase) => sum + phase, 0))
  const rate = resumed ? '' : `, ${shownRate(paceOf(outcome.marketEvents, seconds))} including the record`
  const text = closingSummary(summary, {
    width: widthOf(process.stdout),
    height: heightOf(process.stdout),
    paint: painter(colourful(process.stdout)),
    folder: request.target,
    scenario: request.scenario,
    files: [
      reportFiles.page,
      reportFiles.summary,
      reportFiles.reconciliation,
      'run.sqlite',
      `${COLUMNS}/`,
      MANIFEST_FILE,
    ],
    pace: [
      `${outcome.marketEvents.toLocaleString('en')} market events${rate}, on ${threads}`,
      `${resumed ? 'the last in ' : ''}${whole}, ${memory} MiB of memory, a record of ${recordMiB} MiB`,
    ],
    comparisons,
  })
  process.stdout.write(`${text}\n`)
}
