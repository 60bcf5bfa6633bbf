import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runMany } from '#engine/runs/run-many.ts'
import { isPreciseMean, nextRuns } from '#engine/statistics/run-precision.ts'
import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { estimatesOf, momentsOf } from '#reports/sweep/estimates.ts'
import { driftsOf } from '#reports/sweep/halves.ts'
import type { SweepResult } from '#reports/sweep/result.ts'
import type { Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { Replayable } from '../failure.ts'
import { interruptible, interruption } from '../interrupts.ts'
import { shownWait } from '../progress.ts'
import { writeResultManifest } from '../result-manifest.ts'
import { claimRunFolder, type RunFolder } from '../run-folder.ts'
import { commandLine } from '../shell.ts'
import { endWith } from '../streams.ts'
import { removeIfEnded, sayIfStopped } from '../supervision.ts'
import { answerOf, driftLines } from '../sweep/answer.ts'
import { sweepClosing } from '../sweep/closing.ts'
import { FinishedRuns } from '../sweep/finished-runs.ts'
import type { OneRun, OneRunTask } from '../sweep/one-run.ts'
import { sweepProgress } from '../sweep/progress.ts'
import { type SweepRequest, sweepOptions, sweepRequest } from '../sweep/request.ts'
import { colourful, painter, widthOf } from '../terminal.ts'
import { unfinishedFolder, writeRequest } from '../unfinished.ts'
import { printWarnings } from '../warnings.ts'

const files = { page: 'sweep.html', result: 'sweep.json', estimates: 'estimates.csv', runs: 'runs.csv' } as const

/** Every option in force, whether it was written or not; threads and folders change nothing in the result. */
const repeatOf = ({ path, seed, varied, sets, asked, runs, precision, mostRuns }: SweepRequest): string =>
  commandLine([
    ...['sweep', path, '--seed', seed],
    ...varied.flatMap((place) => ['--vary', `${place.path}=${place.values.join(',')}`]),
    ...sets.flatMap((set) => ['--set', set]),
    ...asked.flatMap(({ text }) => ['--figure', text]),
    ...['--runs', String(runs)],
    ...(precision === undefined ? [] : ['--precision', precision.text, '--most', String(mostRuns)]),
  ])

/** Whether the runs of a point know the first figure as well as was asked for. */
const isPrecise = ({ precision, asked }: SweepRequest, made: readonly OneRun[]): boolean =>
  precision !== undefined &&
  isPreciseMean(
    momentsOf(
      asked[0].kind,
      made.map(({ values }) => values[0]),
    ),
    precision.relative,
  )

/** How many more runs a point needs. Follows from the request and the runs alone, never from the number of threads. */
const moreRuns =
  (request: SweepRequest) =>
  (made: readonly OneRun[]): number =>
    isPrecise(request, made) ? 0 : nextRuns(made.length, request.mostRuns)

/** Makes every run and gathers what was measured. */
async function sweep(
  request: SweepRequest,
  scratch: string,
  finished: FinishedRuns,
  signal: AbortSignal,
  onFinished: () => void,
): Promise<SweepResult> {
  const { points, reads, thresholds, asked, varied, seed, runs, threads, precision, quiet } = request
  const progress = sweepProgress({ stream: process.stderr, quiet, clock: () => performance.now(), shownWait })
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch)
  try {
    const made = await runMany<OneRun>({
      module: new URL('../sweep/one-run.ts', import.meta.url),
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
      ...(precision === undefined ? {} : { more: moreRuns(request) }),
      known: (pointIndex, replication) => finished.find(pointIndex, replication),
      onRun({ pointIndex, replication, result, isKnown, finished: done, planned }) {
        if (!isKnown) {
          finished.add(pointIndex, replication, result)
          onFinished()
        }
        progress.show(done, planned)
      },
      signal,
    })
    const { name, question, policies } = reads[0].scenario
    return {
      name,
      question,
      utcOffset: policies['time.utcOffset'],
      paths: varied.map(({ path }) => path),
      points,
      asked,
      runs: made.map((ofPoint) => ofPoint.map(({ halves: _, ...run }) => run)),
      drifts: driftsOf(made.map((ofPoint) => ofPoint.map(({ halves }) => halves))),
      precision:
        precision === undefined
          ? null
          : { relative: precision.relative, reached: made.map((ofPoint) => isPrecise(request, ofPoint)) },
      estimates: estimatesOf(
        asked,
        asked.map((_, figure) => made.map((ofPoint) => ofPoint.map(({ values }) => values[figure]))),
      ),
    }
  } finally {
    progress.end()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function write(folder: RunFolder, request: SweepRequest, result: SweepResult, repeat: string): Promise<void> {
  const { sweepPage } = await import('#reports/sweep/page.ts')
  const { estimateTable, runTable } = await import('#reports/sweep/tables.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const put = (file: string, text: string) => writeFileSync(join(folder.staging, file), text)
  put(files.result, sortedJson(result))
  put(files.estimates, tableCsv(estimateTable(result), result.utcOffset))
  put(files.runs, tableCsv(runTable(result), result.utcOffset))
  put(files.page, await sweepPage(result, answerOf(result), driftLines(result)))
  const { path, sets, seed, reads } = request
  await writeResultManifest(folder.staging, { kind: 'sweep', path, read: reads[0], sets, seed, repeat })
  folder.commit()
}

/** Makes a sweep in a folder that it claims when it begins. Its finished runs are kept for `resume` when it stops early. */
function make(request: SweepRequest, repeat: string, claim: () => RunFolder): Promise<SweepResult> {
  // A signal between the claim and the first run must find a listener.
  let drop = () => {}
  return interruptible(
    async (signal) => {
      const folder = claim()
      const resume = commandLine(['resume', folder.target])
      const scratch = join(folder.staging, 'scratch')
      const finished = new FinishedRuns(unfinishedFolder(folder.staging))
      drop = () => (finished.count > 0 ? folder.leave() : folder.discard())
      const kept = () =>
        finished.count === 0
          ? 'nothing was written'
          : `${finished.count} finished runs are kept; resume with \`${resume}\``
      // Of a sweep without a finished run nothing stays; of any other its records of runs under way go.
      const releaseScratch = removeIfEnded(scratch)
      let release = () => {}
      const hold = () => {
        release()
        if (finished.count === 0) return
        folder.keep()
        release = sayIfStopped(`interrupted: ${kept()}`)
      }
      hold()
      try {
        const result = await sweep(request, scratch, finished, signal, hold)
        release()
        await write(folder, request, result, repeat)
        return result
      } catch (error) {
        drop()
        release()
        if (signal.aborted) throw interruption(signal, kept())
        throw new Replayable(error, repeat, finished.count > 0 ? resume : undefined)
      } finally {
        releaseScratch()
      }
    },
    () => drop(),
  )
}

/** A difference outweighs bounds that no point keeps. */
function exitCodeOf({ runs, asked, points, estimates }: SweepResult): ExitCode {
  if (runs.flat().some(({ differences }) => differences > 0)) return exitCodes.difference.code
  const bounded = asked.flatMap(({ bound }, figure) => (bound === null ? [] : [figure]))
  const kept = points.some((_, point) => bounded.every((figure) => estimates[figure][point].verdict === 'kept'))
  return kept || bounded.length === 0 ? exitCodes.done.code : exitCodes.thresholdMissed.code
}

export const sweepCommand: Command = {
  name: 'sweep',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of a bundled scenario' } },
  options: sweepOptions,
  examples: [
    ['npm start -- sweep quickstart --runs 20', 'the figures of one scenario with their confidence intervals'],
    [
      'npm start -- sweep quickstart --vary regions.ap-1.zones.ap-1a.pools.c6.large.capacity=80..120/8 --figure "ecs.refusalRate{pool=ap-1a} < 1%"',
      'how many servers are needed',
    ],
  ],
  async execute(arguments_) {
    const request = await sweepRequest(arguments_)
    printWarnings(request.reads.flatMap(({ warnings }) => warnings))
    const claim = () => {
      const folder = claimRunFolder(request.target, request.force)
      writeRequest(folder.staging, request, 'sweep')
      return folder
    }
    return print(request, await make(request, repeatOf(request), claim))
  },
}

/** Continues with a sweep that was stopped, in the folder it had; its finished runs are not made again. */
export async function resumeSweep(request: SweepRequest, folder: RunFolder): Promise<ExitCode> {
  return print(request, await make(request, repeatOf(request), () => folder))
}

function print(request: SweepRequest, result: SweepResult): ExitCode {
  const code = exitCodeOf(result)
  endWith(code)
  if (request.json) {
    process.stdout.write(sortedJson(result))
    return code
  }
  const text = sweepClosing(result, {
    width: widthOf(process.stdout),
    paint: painter(colourful(process.stdout)),
    folder: request.target,
    files: [...Object.values(files), MANIFEST_FILE],
    seed: request.seed,
  })
  process.stdout.write(`${text}\n`)
  return code
}
