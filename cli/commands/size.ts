import { mkdirSync, rmSync } from 'node:fs'
import { type FileExtent, putFile } from '#base/files.ts'
import type { Crew } from '#engine/runs/crew.ts'
import { openCrew } from '#engine/runs/run-many.ts'
import { MANIFEST_FILE } from '#reports/manifest-files.ts'
import { endOf, type SizeResult } from '#reports/size/result.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { sizeJunit } from '#reports/sweep/junit.ts'
import { withoutFans } from '#reports/sweep/result.ts'
import { type Command, scenarioFile } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { expectWritable, STDOUT, writeJunit } from '../junit-file.ts'
import { addressOf, withoutPassword } from '../pool/pool-request.ts'
import { writeResultManifest } from '../result-manifest.ts'
import { claimRunFolder, type RunFolder } from '../run-folder.ts'
import { feeding, keepScenario } from '../scenario-file.ts'
import { commandLine } from '../shell.ts'
import { percentText, sizeAnswer } from '../size/answer.ts'
import { sizeClosing } from '../size/closing.ts'
import { type SizeRequest, sizeOptions, sizeRequest } from '../size/request.ts'
import { oneRunModule, searchSize } from '../size/search.ts'
import { VisitedPoints } from '../size/visited-points.ts'
import { endWith } from '../streams.ts'
import { driftLines } from '../sweep/answer.ts'
import { lineProgress } from '../sweep/progress.ts'
import { makeResumable, type Resumable } from '../sweep/resumable.ts'
import { colourful, painter, widthOf } from '../terminal.ts'
import { writeRequest } from '../unfinished.ts'
import { printWarnings } from '../warnings.ts'

const files = {
  page: 'size.html',
  result: 'size.json',
  estimates: 'estimates.csv',
  runs: 'runs.csv',
  use: 'use.csv',
} as const

/** Every option in force but the time, which says only when to stop. */
const repeatOf = (request: SizeRequest): string =>
  commandLine([
    ...['size', request.path, '--seed', request.seed],
    ...request.ranges.flatMap((range) => ['--vary', range]),
    ...request.sets.flatMap((set) => ['--set', set]),
    ...request.asked.flatMap(({ text }) => ['--keep', text]),
    ...['--confidence', percentText(request.confidence).replace(' ', ''), '--most', String(request.mostRuns)],
    ...['--within', String(request.within)],
    ...(request.largest ? ['--largest'] : []),
  ]) + feeding(request.path, request.target)

async function withThreads<R>(threads: number, work: (crew: Crew) => Promise<R>): Promise<R> {
  const crew = openCrew({ module: oneRunModule, threads })
  try {
    return await work(crew)
  } finally {
    await crew.close()
  }
}

async function search(
  request: SizeRequest,
  visited: VisitedPoints,
  { scratch, kept, signal, onKept }: Resumable,
): Promise<SizeResult> {
  const { threads, spendMs, quiet, pool } = request
  const progress = lineProgress({ stream: process.stderr, quiet, clock: () => performance.now() })
  const time = new AbortController()
  const timer = spendMs === undefined ? undefined : setTimeout(() => time.abort(), spendMs)
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch)
  const searchBy = (crew: Crew) =>
    searchSize(request, {
      ...{ visited, scratch, kept, crew, signal, onKept },
      spent: time.signal,
      onProgress: (runs, where) => progress.show(() => `${runs} runs · ${where}`),
    })
  try {
    if (pool === undefined) return await withThreads(threads, searchBy)
    const { withPoolCrew } = await import('../pool/with-pool-crew.ts')
    const say = (text: string) => {
      if (!quiet) process.stderr.write(`${text}\n`)
    }
    const asked = visited.asPoolWork()
    return await withPoolCrew(
      { request: pool, asked, folder: kept.folder, signal, progress: { say, note: () => {} } },
      searchBy,
    )
  } finally {
    clearTimeout(timer)
    progress.end()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function write(folder: RunFolder, request: SizeRequest, result: SizeResult, repeat: string): Promise<void> {
  const { sweepPage } = await import('#reports/sweep/page.ts')
  const { estimateTable, runTable, useTable } = await import('#reports/sweep/tables.ts')
  const { tableCsv } = await import('#reports/report-table.ts')
  const written = new Map<string, FileExtent>()
  const put = (file: string, text: string) => putFile(folder.staging, file, text, written)
  const sure = percentText(result.confidence)
  const reading = `Each interval covers the mean with ${sure} confidence at every look at its value together; an empty end is open. The answer is right with ${sure} confidence, however often the runs were looked at. Values without a verdict were only estimated, to find the answer. “Runs needed”: the approximate number of runs at the value that would decide.`
  put(files.result, sortedJson(withoutFans(result)))
  put(files.estimates, tableCsv(estimateTable(result), result.utcOffset))
  put(files.runs, tableCsv(runTable(result), result.utcOffset))
  put(files.use, tableCsv(useTable(result), result.utcOffset))
  put(
    files.page,
    await sweepPage(result, {
      kind: 'sized',
      answer: sizeAnswer(result),
      warnings: driftLines(result),
      reading,
      intervals: `interval that is valid at every look (${sure})`,
    }),
  )
  const { path, sets, seed, read } = request
  const { scenario, hash } = read
  await writeResultManifest(folder.staging, {
    kind: 'size',
    path,
    name: scenario.name,
    hash,
    sets,
    seed,
    repeat,
    written,
  })
  folder.commit()
}

function make(request: SizeRequest, claim: () => RunFolder): Promise<SizeResult> {
  const repeat = repeatOf(request)
  const visited = new VisitedPoints(request)
  return makeResumable({
    claim,
    repeat,
    results: request.results,
    premisesOf: (point, replication) => visited.premisesOf(point, replication),
    work: (resumable) => search(request, visited, resumable),
    write: (folder, result) => write(folder, request, result, repeat),
  })
}

/** A difference outweighs everything; no value that keeps the bounds is a missed threshold. */
function exitCodeOf(result: SizeResult): ExitCode {
  if (result.runs.flat().some(({ differences }) => differences > 0)) return exitCodes.difference.code
  const end = endOf(result)
  if (end === 'found') return exitCodes.done.code
  return end === 'none' ? exitCodes.thresholdMissed.code : exitCodes.incomplete.code
}

export const sizeCommand: Command = {
  name: 'size',
  positionals: { file: scenarioFile },
  options: sizeOptions,
  examples: [
    [
      'npm start -- size quickstart --vary regions.ap-1.zones.ap-1a.pools.c6.large.capacity=80..140 --keep "ecs.refusalRate{pool=ap-1a} < 1%"',
      'the least number of servers that keeps refusals below 1 %',
    ],
    [
      'npm start -- size quickstart --largest --vary buyers.start-ups.count=500..5000/100 --keep "ecs.refusalRate{pool=ap-1a} < 5%" --spend 40min',
      'how many buyers the servers can serve, as well as 40 minutes can tell',
    ],
  ],
  async execute(arguments_) {
    const request = await sizeRequest(arguments_)
    // A wrong address, or a file that cannot be written, is found before anything is made.
    if (request.pool !== undefined) addressOf(request.pool)
    if (request.junit !== undefined) expectWritable(request.junit)
    printWarnings(request.read.warnings)
    const claim = () => {
      const folder = claimRunFolder(request.target, request.force)
      keepScenario(folder.staging, request.path, request.read.source)
      // No password is written to the disk; `resume` reads it where this call did, or from the environment.
      const pool = request.pool === undefined ? undefined : withoutPassword(request.pool)
      writeRequest(folder.staging, { ...request, pool } satisfies SizeRequest, 'size')
      return folder
    }
    return print(request, await make(request, claim))
  },
}

/** Continues with a search that was stopped, in the folder it had; its finished runs are not made again. */
export async function resumeSize(request: SizeRequest, folder: RunFolder): Promise<ExitCode> {
  return print(request, await make(request, () => folder))
}

function print(request: SizeRequest, result: SizeResult): ExitCode {
  const code = exitCodeOf(result)
  endWith(code)
  if (request.junit !== undefined) writeJunit(request.junit, sizeJunit(result))
  if (request.junit === STDOUT) return code
  if (request.json) {
    process.stdout.write(sortedJson(withoutFans(result)))
    return code
  }
  const text = sizeClosing(result, {
    width: widthOf(process.stdout),
    paint: painter(colourful(process.stdout)),
    folder: request.target,
    files: [...Object.values(files), MANIFEST_FILE],
  })
  process.stdout.write(`${text}\n`)
  return code
}
