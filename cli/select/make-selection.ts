/** Makes the runs that a selection asks for, until it knows the answer, and writes its result into a folder. */
import { mkdirSync, rmSync } from 'node:fs'
import { type FileExtent, putFile } from '#base/files.ts'
import { InputError } from '#base/input-error.ts'
import type { Crew } from '#engine/runs/crew.ts'
import { openCrew, runMany } from '#engine/runs/run-many.ts'
import type { WantedDesignRuns } from '#engine/statistics/selection.ts'
import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { type BoundEvidence, nextStep, type SelectionStep } from '#reports/select/procedure.ts'
import type { SelectResult } from '#reports/select/result.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { type Bound, evidenceOf, momentsOf } from '#reports/sweep/estimates.ts'
import { type Measured, nearestMeasured } from '#reports/sweep/measured.ts'
import { withoutFans } from '#reports/sweep/result.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { writeResultManifest } from '../result-manifest.ts'
import type { RunFolder } from '../run-folder.ts'
import { percentText } from '../size/answer.ts'
import { endWith } from '../streams.ts'
import { driftLines } from '../sweep/answer.ts'
import { figureLines, labelled, reconciliationLine, writtenLines } from '../sweep/closing.ts'
import type { OneRun, OneRunTask } from '../sweep/one-run.ts'
import { placedCrew } from '../sweep/placed-crew.ts'
import { planOf, poolWorkOf, premisesOf, resultOf, type SweepPlan } from '../sweep/plan.ts'
import { lineProgress } from '../sweep/progress.ts'
import type { SweepRequest } from '../sweep/request.ts'
import { makeResumable, type Resumable } from '../sweep/resumable.ts'
import { colourful, cut, painter, printable, widthOf, wrapped } from '../terminal.ts'
import { selectAnswer } from './answer.ts'
import type { SelectionRequest } from './request.ts'

const files = {
  page: 'select.html',
  result: 'select.json',
  estimates: 'estimates.csv',
  runs: 'runs.csv',
  use: 'use.csv',
} as const

type Selecting = SweepRequest & { readonly selection: SelectionRequest }
type Ended = Extract<SelectionStep, { readonly end: unknown }>

const module = new URL('../sweep/one-run.ts', import.meta.url)

/** Runs by point, grown as they are asked for. */
async function makeWanted(
  { seed, threads }: Selecting,
  { kept, signal, onKept }: Resumable,
  { crew, tasks }: { readonly crew: Crew; readonly tasks: readonly OneRunTask[] },
  wanted: readonly WantedDesignRuns[],
  made: readonly OneRun[][],
): Promise<void> {
  const results = await runMany<OneRun>({
    module,
    crew: placedCrew(crew, (index) => wanted[index].design),
    points: wanted.map(({ design }) => tasks[design]),
    replications: 1,
    more: (runs, index) => Math.max(0, wanted[index].runs - runs.length),
    seed,
    threads,
    known: (index, replication) =>
      made[wanted[index].design][replication] ?? kept.find(wanted[index].design, replication),
    onRun({ pointIndex, replication, result, isKnown }) {
      if (isKnown) return
      kept.add(wanted[pointIndex].design, replication, result)
      onKept()
    },
    signal,
  })
  for (const [index, { design }] of wanted.entries())
    made[design].splice(0, Number.POSITIVE_INFINITY, ...results[index])
}

/** Threads of this process, or the workers of a pool if one was asked for. */
async function withCrew<R>(
  { pool, threads, quiet }: Selecting,
  plan: SweepPlan,
  { kept, signal }: Resumable,
  work: (crew: Crew) => Promise<R>,
): Promise<R> {
  if (pool !== undefined) {
    const { withPoolCrew } = await import('../pool/with-pool-crew.ts')
    const say = (text: string) => {
      if (!quiet) process.stderr.write(`${text}\n`)
    }
    const progress = { say, note: () => {} }
    return withPoolCrew({ request: pool, asked: poolWorkOf(plan), folder: kept.folder, signal, progress }, work)
  }
  const crew = openCrew({ module, threads })
  try {
    return await work(crew)
  } finally {
    await crew.close()
  }
}

/** The value of a figure in each run; null where there was nothing to measure. */
const valuesOf = ({ asked }: Selecting, runs: readonly OneRun[], figure: number): (Measured | null)[] =>
  runs.map(({ values }) => {
    const value = values[figure]
    return value === null ? null : nearestMeasured(asked[figure], value)
  })

/** Evidence of all bounds together: "kept" of each, "missed" of any. */
function evidenceAt(request: Selecting, runs: readonly OneRun[]): BoundEvidence {
  const bounds = request.asked.flatMap(({ kind, bound }, figure) => {
    if (figure === 0) return []
    return [evidenceOf(momentsOf(kind, valuesOf(request, runs, figure)), bound as Bound)]
  })
  return {
    kept: Math.max(...bounds.map(({ kept }) => kept)),
    missed: Math.min(1, bounds.length * Math.min(...bounds.map(({ missed }) => missed))),
  }
}

/** The objective in each run, larger is better. Throws InputError where a run has nothing to measure. */
function objectiveOf(request: Selecting, runs: readonly OneRun[]): number[] {
  const sign = request.selection.largest ? 1 : -1
  return valuesOf(request, runs, 0).map((value, run) => {
    if (value !== null) return (sign * value.top) / value.bottom
    throw new InputError(
      `${request.asked[0].text} has nothing to measure in the run with seed ${runs[run].seed}`,
      'select by another figure, or make the runs longer',
    )
  })
}

async function select(request: Selecting, plan: SweepPlan, resumable: Resumable): Promise<SelectResult> {
  const { selection, asked, points, reads, thresholds, runs: firstRuns, quiet } = request
  const { scratch } = resumable
  const progress = lineProgress({ stream: process.stderr, quiet, clock: () => performance.now() })
  const made: OneRun[][] = points.map(() => [])
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch)
  const tasks = reads.map(
    ({ scenario, traces }): OneRunTask => ({
      ...{ scenario, traces: Object.fromEntries(traces), asked: thresholds, scratch },
    }),
  )
  try {
    const options = { ...selection, designs: points.length, firstRuns, bounded: asked.length > 1 }
    const step = await withCrew(request, plan, resumable, async (crew) => {
      let step = nextStep(options, asRuns(request, made))
      while ('wanted' in step) {
        const { wanted } = step
        const count = made.flat().length
        progress.show(() => `${count} runs · ${wanted.length} of ${points.length} points`)
        await makeWanted(request, resumable, { crew, tasks }, wanted, made)
        step = nextStep(options, asRuns(request, made))
      }
      return step
    })
    return selectResult(request, plan, made, step)
  } finally {
    progress.end()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

function asRuns(request: Selecting, made: readonly OneRun[][]) {
  const values = made.map((runs) => objectiveOf(request, runs))
  return {
    values: (design: number) => values[design],
    evidence: (design: number, runs: number) => evidenceAt(request, made[design].slice(0, runs)),
  }
}

function selectResult(request: Selecting, plan: SweepPlan, made: readonly OneRun[][], step: Ended): SelectResult {
  const { asked, selection } = request
  const result = resultOf(plan, made)
  const { end, best, remaining, probability, claims } = step
  const { largest, method, indifference, confidence, mostRuns } = selection
  return {
    ...result,
    // Verdicts are those of the selection, which has looked often.
    estimates: result.estimates.map((ofFigure, figure) =>
      ofFigure.map((estimate, point) => ({ ...estimate, verdict: figure === 0 ? null : claims[point], needed: null })),
    ),
    selection: {
      ...{ objective: asked[0].text, largest, method, indifference, confidence, mostRuns },
      ...{ end, best, remaining, probability, claims },
    },
  }
}

async function write(folder: RunFolder, plan: SweepPlan, result: SelectResult): Promise<void> {
  const { sweepPage } = await import('#reports/sweep/page.ts')
  const { estimateTable, runTable, useTable } = await import('#reports/sweep/tables.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const written = new Map<string, FileExtent>()
  const put = (file: string, text: string) => putFile(folder.staging, file, text, written)
  const reading = `Each interval covers the mean of its runs with 95 % confidence if their number had been fixed; points that fell behind have few. The answer is right with ${percentText(result.selection.confidence)} confidence, however often the runs were looked at.`
  put(files.result, sortedJson(withoutFans(result)))
  put(files.estimates, tableCsv(estimateTable(result, reading), result.utcOffset))
  put(files.runs, tableCsv(runTable(result), result.utcOffset))
  put(files.use, tableCsv(useTable(result), result.utcOffset))
  const words = { kind: 'a selection', answer: selectAnswer(result), warnings: driftLines(result), reading }
  put(files.page, await sweepPage(result, words))
  const { path, sets, seed, name, scenario, repeat } = plan
  await writeResultManifest(folder.staging, { kind: 'sweep', path, name, hash: scenario, sets, seed, repeat, written })
  folder.commit()
}

function exitCodeOf({ runs, selection: { end } }: SelectResult): ExitCode {
  if (runs.flat().some(({ differences }) => differences > 0)) return exitCodes.difference.code
  if (end === 'selected') return exitCodes.done.code
  return end === 'none' ? exitCodes.thresholdMissed.code : exitCodes.incomplete.code
}

function screen(result: SelectResult, folder: string): string {
  const [width, paint] = [widthOf(process.stdout), painter(colourful(process.stdout))]
  const [answer, ...more] = selectAnswer(result)
  const lines = [
    ...wrapped(printable(answer), width).map((line) => paint('bold', line)),
    ...more.flatMap((line) => wrapped(printable(line), width)),
    ...result.asked.flatMap((_, figure) => figureLines(result, figure, paint)),
    '',
    paint('dim', 'mean, 95 % interval of its runs, change from the first point (* beyond chance)'),
    ...labelled('Warning', driftLines(result), width),
    reconciliationLine(result.runs.flat(), paint),
  ]
  const all = { width, paint, folder, files: [...Object.values(files), MANIFEST_FILE] }
  return [...lines.map((line) => cut(line, width)), ...writtenLines(all)].join('\n')
}

/** Makes a selection in a folder that it claims when it begins, and prints its result. */
export async function makeSelection(request: Selecting, claim: () => RunFolder): Promise<ExitCode> {
  const plan = planOf(request)
  const result = await makeResumable<SelectResult>({
    claim,
    repeat: plan.repeat,
    results: request.results,
    premisesOf: (point, replication) => premisesOf(plan, point, replication),
    work: (resumable) => select(request, plan, resumable),
    write: (folder, made) => write(folder, plan, made),
  })
  const code = exitCodeOf(result)
  endWith(code)
  process.stdout.write(request.json ? sortedJson(withoutFans(result)) : `${screen(result, request.target)}\n`)
  return code
}
