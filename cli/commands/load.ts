import { loadJunit } from '#reports/load-test/junit.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes, interruptedCode } from '../exit-codes.ts'
import { Replayable } from '../failure.ts'
import { interruptible, interruption, stopSignalOf } from '../interrupts.ts'
import { expectWritable, STDOUT, writeJunit } from '../junit-file.ts'
import { loadClosing } from '../load-closing.ts'
import { claimLoadFolder, LEDGERS, type LoadFolder, loadFiles } from '../load-folder.ts'
import { loadProgressView } from '../load-progress.ts'
import { type LoadRequest, loadOptions, loadRequest } from '../load-request.ts'
import type { LoadMade } from '../run-load.ts'
import { feeding, keepScenario } from '../scenario-file.ts'
import { commandLine } from '../shell.ts'
import { endWith } from '../streams.ts'
import { colourful, painter, widthOf } from '../terminal.ts'
import { printWarnings } from '../warnings.ts'

/** A difference outweighs an interruption, which outweighs a missed threshold, which outweighs noise. */
export function loadExitCode({ summary }: Pick<LoadMade, 'summary'>): ExitCode {
  if (summary.audit.differences > 0) return exitCodes.difference.code
  if (!summary.complete) return exitCodes.incomplete.code
  const { knee, load, thresholds } = summary
  const isNoisy = knee?.verdict === 'noisy'
  // Without an interval there is nothing to hold a bound on the knee against: that is too noisy, and not missed.
  const missed = thresholds.some(({ passed, value }) => !passed && !(isNoisy && value === null))
  const isShort = knee === null ? !load.reached : knee.verdict === 'nothing'
  if (missed || isShort) return exitCodes.thresholdMissed.code
  return isNoisy ? exitCodes.incomplete.code : exitCodes.done.code
}

interface Stopped {
  /** The exit code of the signal that ended the test early. */
  readonly stoppedWith: ExitCode | undefined
}

/** Runs the test and writes its folder. A test that was stopped is kept too; summary and manifest say that it is incomplete. */
async function make(request: LoadRequest, folder: LoadFolder, repeat: string): Promise<LoadMade & Stopped> {
  const view = loadProgressView({
    stream: process.stderr,
    quiet: request.quiet,
    paint: painter(colourful(process.stderr)),
    clock: () => performance.now(),
  })
  return interruptible(async (signal) => {
    const { makeLoad } = await import('../run-load.ts')
    try {
      const made = await makeLoad({ request, folder, view, signal }).finally(() => view.end())
      await folder.commit(repeat, made.summary.complete)
      return { ...made, stoppedWith: signal.aborted ? interruptedCode(stopSignalOf(signal)) : undefined }
    } catch (error) {
      folder.discard()
      if (signal.aborted) throw interruption(signal, 'the load had not started, and nothing was written')
      throw new Replayable(error, repeat)
    }
  }, folder.discard)
}

function print(request: LoadRequest, { summary }: LoadMade): void {
  if (request.json) {
    process.stdout.write(sortedJson(summary))
    return
  }
  const { summary: file, page, overTime, percentiles, knee } = loadFiles
  const text = loadClosing(summary, {
    // A pipe has no width: what reads it gets every line whole.
    width: process.stdout.isTTY ? widthOf(process.stdout) : Number.POSITIVE_INFINITY,
    paint: painter(colourful(process.stdout)),
    folder: request.out,
    files: [
      ...(summary.complete ? [page] : []),
      file,
      overTime,
      percentiles,
      ...(summary.knee === null ? [] : [knee]),
      `${LEDGERS}/`,
    ],
  })
  process.stdout.write(`${text}\n`)
}

/** The words that repeat the test. */
function repeatOf(request: LoadRequest, arguments_: Arguments): string {
  const given = Object.entries(loadOptions).flatMap(([name, { type }]) =>
    name === 'seed' || ['out', 'force', 'quiet', 'json', 'junit'].includes(name)
      ? []
      : type === 'boolean'
        ? arguments_.flag(name)
          ? [`--${name}`]
          : []
        : arguments_.texts(name).flatMap((text) => [`--${name}`, text]),
  )
  return (
    commandLine(['load', request.path, '--seed', request.seed, ...given]) + feeding(request.path, request.out ?? '.')
  )
}

export const load: Command = {
  name: 'load',
  positionals: {
    file: {
      type: 'string',
      completes: 'scenario',
      stream: 'in',
      describe: 'a scenario file, - for stdin, or the name of a bundled scenario',
    },
  },
  options: loadOptions,
  examples: [
    ['npm start -- load quickstart --rate 50k/s --duration 30s', 'a constant load'],
    ['npm start -- load quickstart --stages 10k:30s,10k..50k:60s --arrivals poisson', 'a rate, then a ramp'],
    ['npm start -- load quickstart --users 64 --think-time 10ms', 'a closed load'],
    ["npm start -- load quickstart --threshold 'latency.p99{op=settle}<50ms'", 'a bound; exit code 4 when missed'],
    ["npm start -- load quickstart --find-knee --target 'p99<10ms'", 'the highest sustainable rate'],
  ],
  async execute(arguments_) {
    const request = await loadRequest(arguments_)
    printWarnings(request.read.warnings)
    if (request.junit !== undefined) expectWritable(request.junit)
    const folder = claimLoadFolder(request)
    keepScenario(folder.staging, request.path, request.read.source)
    const made = await make(request, folder, repeatOf(request, arguments_))
    const verdict = loadExitCode(made)
    // Kept, the partial result is what the call is about; otherwise the signal that ended it is.
    const isLost = !made.summary.complete && verdict === exitCodes.incomplete.code && request.out === undefined
    const code = isLost ? (made.stoppedWith ?? verdict) : verdict
    endWith(code)
    if (request.junit !== undefined) writeJunit(request.junit, loadJunit(made.summary))
    if (request.junit !== STDOUT) print(request, made)
    return code
  },
}
