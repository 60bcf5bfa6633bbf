import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { junit } from '#reports/junit.ts'
import { RunRecord } from '#reports/record.ts'
import { type Summary, sortedJson } from '#reports/summary.ts'
import { anyMissed, type ThresholdResult } from '#reports/thresholds.ts'
import { reportFiles, writeReports } from '#reports/write.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import type { RunOutcome } from '#sim/run/simulate.ts'
import { closingSummary } from '../closing.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { Interrupted, Replayable } from '../failure.ts'
import { InputFault } from '../input-fault.ts'
import { interruptible } from '../interrupts.ts'
import { progressView, shownRate, shownWait } from '../progress.ts'
import { claimRunFolder, defaultFolder, MANIFEST_FILE, type RunFolder } from '../run-folder.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { commandLine } from '../shell.ts'
import { colourful, painter, widthOf } from '../terminal.ts'

/** What `npm start` runs when it is told nothing. */
const FIRST_SCENARIO = 'quickstart'
const MOST_THREADS = 256

interface Request {
  readonly path: string
  readonly read: ReadScenario
  readonly seed: string
  readonly threads: number
  readonly sets: readonly string[]
  readonly target: string
  readonly force: boolean
  readonly quiet: boolean
  readonly repeat: string
}

/** The scenario to run: the one named, or the first one when nothing at all was said. Throws InputFault. */
async function chosenPath(arguments_: Arguments): Promise<string> {
  const word = arguments_.text('file') ?? (arguments_.unasked ? FIRST_SCENARIO : undefined)
  if (word !== undefined) return scenarioPath(word)
  throw new InputFault('run needs a scenario', 'write `npm start -- run FILE`; `npm start -- list` shows the library')
}

async function requestOf(arguments_: Arguments): Promise<Request> {
  const path = await chosenPath(arguments_)
  const sets = arguments_.texts('set')
  const wantedSeed = arguments_.filled('seed', 'write --seed 7, or any other text')
  const threads = arguments_.count('threads', 1, MOST_THREADS)
  const out = arguments_.filled('out', 'write --out and a folder')
  const read = await openScenario(path, sets)
  const seed = wantedSeed ?? read.scenario.seed
  const repeat = commandLine(['run', path, '--seed', seed, ...sets.flatMap((set) => ['--set', set])])
  return {
    path,
    read,
    seed,
    threads: threads ?? availableParallelism(),
    sets,
    target: out ?? defaultFolder(read.scenario.name, seed),
    // Whoever says nothing wants to see the first scenario run, the second time as well.
    force: arguments_.flag('force') || (arguments_.unasked && out === undefined),
    quiet: arguments_.flag('quiet'),
    repeat,
  }
}

async function simulated(request: Request, folder: RunFolder, signal: AbortSignal): Promise<RunOutcome> {
  // Loaded only now: --help and faults of the scenario need no simulation.
  const { simulate } = await import('#sim/run/simulate.ts')
  const { scenario, traces } = request.read
  const progress = progressView({
    stream: process.stderr,
    quiet: request.quiet,
    paint: painter(colourful(process.stderr)),
    clock: () => performance.now(),
    utcOffset: scenario.policies['time.utcOffset'],
  })
  try {
    return await simulate({
      scenario,
      traces: Object.fromEntries(traces),
      seed: request.seed,
      threads: request.threads,
      folder: folder.staging,
      onProgress: (state) => progress.show(state),
      signal,
    })
  } finally {
    progress.end()
  }
}

interface Made {
  readonly summary: Summary
  readonly outcome: RunOutcome
  readonly seconds: number
}

/** Simulates into the staging folder, writes the reports and the manifest beside the record, and gives it its name. */
async function make(request: Request, folder: RunFolder, signal: AbortSignal): Promise<Made> {
  const startedAt = new Date()
  const began = performance.now()
  const outcome = await simulated(request, folder, signal)
  const seconds = (performance.now() - began) / 1000
  signal.throwIfAborted()
  const record = new RunRecord(folder.staging)
  const summary = await writeReports(record, folder.staging).finally(() => record.close())
  signal.throwIfAborted()
  const { writeManifest } = await import('../manifest.ts')
  await writeManifest(folder.staging, {
    scenario: request.read.scenario,
    file: request.path,
    sets: request.sets,
    hash: request.read.hash,
    seed: request.seed,
    threads: request.threads,
    outcome,
    repeat: request.repeat,
    seconds,
    startedAt,
  })
  signal.throwIfAborted()
  folder.commit()
  return { summary, outcome, seconds }
}

async function makeOrDiscard(request: Request): Promise<Made> {
  const folder = claimRunFolder(request.target, request.force)
  return interruptible(async (signal) => {
    try {
      return await make(request, folder, signal)
    } catch (error) {
      folder.discard()
      if (signal.aborted) throw new Interrupted('interrupted: nothing was written')
      throw new Replayable(error, request.repeat)
    }
  }, folder.discard)
}

function print(request: Request, { summary, outcome, seconds }: Made, json: boolean): void {
  if (json) {
    process.stdout.write(sortedJson(summary))
    return
  }
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  const threads = `${request.threads} thread${request.threads === 1 ? '' : 's'}`
  const rate = shownRate(outcome.events / Math.max(seconds, 0.001))
  const text = closingSummary(summary, {
    width: widthOf(process.stdout),
    paint: painter(colourful(process.stdout)),
    folder: request.target,
    files: [reportFiles.page, reportFiles.summary, reportFiles.reconciliation, 'run.sqlite', MANIFEST_FILE],
    pace: `${outcome.events.toLocaleString('en')} events in ${shownWait(seconds)} (${rate}), ${threads}, ${memory} MiB`,
  })
  process.stdout.write(`${text}\n`)
}

/** A difference outweighs a missed threshold. */
export function exitCodeOf(
  differences: number,
  thresholds: readonly Pick<ThresholdResult, 'passed' | 'severity'>[],
): ExitCode {
  if (differences > 0) return exitCodes.difference.code
  return anyMissed(thresholds) ? exitCodes.thresholdMissed.code : exitCodes.done.code
}

export const run: Command = {
  name: 'run',
  usage: 'run [file]',
  text: 'simulate a scenario, have it audited, and write its run folder',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of one of the library' } },
  options: {
    seed: { type: 'string', describe: "seed of all chance; without it the scenario's own" },
    threads: { type: 'string', describe: 'threads to use; the result is the same for any number' },
    out: { type: 'string', describe: 'the run folder; without it runs/NAME-SEED' },
    set: { type: 'string', array: true, describe: 'path=value: change one value of the scenario; may be repeated' },
    force: { type: 'boolean', describe: 'replace an earlier run in that folder' },
    quiet: { type: 'boolean', describe: 'show no progress' },
    json: { type: 'boolean', describe: 'print summary.json instead of the closing summary' },
    junit: { type: 'string', describe: 'write the thresholds as JUnit XML to this file' },
  },
  examples: [
    ['npm start', 'run the first scenario of the library'],
    ['npm start -- run FILE --seed 7 --threads 2', 'another seed, two threads'],
    ['npm start -- run quickstart --set policies.grace.days=3', 'one switch changed'],
  ],
  async execute(arguments_) {
    const junitFile = arguments_.filled('junit', 'write --junit and a file')
    const json = arguments_.flag('json')
    const request = await requestOf(arguments_)
    const made = await makeOrDiscard(request)
    if (junitFile !== undefined) writeOutside(junitFile, junit(made.summary))
    print(request, made, json)
    return exitCodeOf(made.outcome.differences, made.summary.thresholds)
  },
}

/** Writes a file the caller named; what the system refuses is his to mend. */
function writeOutside(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new InputFault(
      `cannot write the file (${code})`,
      'check its folder and rights; the run itself is complete',
      path,
    )
  }
}
