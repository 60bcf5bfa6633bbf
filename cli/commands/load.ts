import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Arguments, type Command, scenarioFile } from '../command.ts'
import { type ExitCode, exitCodes, interruptedCode } from '../exit-codes.ts'
import { Replayable } from '../failure.ts'
import { interruptible, interruption, stopSignalOf } from '../interrupts.ts'
import { expectWritable } from '../junit-file.ts'
import { claimLoadFolder, type LoadFolder } from '../load-folder.ts'
import { loadProgressView } from '../load-progress.ts'
import { type LoadRequest, loadOptions, loadRequest } from '../load-request.ts'
import { endLoad } from '../load-result.ts'
import { loadExitCode } from '../load-verdict.ts'
import type { LoadMade } from '../run-load.ts'
import { feeding, keepScenario } from '../scenario-file.ts'
import { commandLine } from '../shell.ts'
import { colourful, painter } from '../terminal.ts'
import { printWarnings } from '../warnings.ts'

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

/** The options of the load as they were given, without those of its result. */
const givenOptions = (arguments_: Arguments, without: readonly string[] = []): string[] =>
  Object.entries(loadOptions).flatMap(([name, { type }]) =>
    name === 'seed' || ['out', 'force', 'quiet', 'json', 'junit', ...without].includes(name)
      ? []
      : type === 'boolean'
        ? arguments_.flag(name)
          ? [`--${name}`]
          : []
        : arguments_.texts(name).flatMap((text) => [`--${name}`, text]),
  )

/** The words that repeat the test. */
function repeatOf(request: LoadRequest, arguments_: Arguments): string {
  const given = givenOptions(arguments_)
  return (
    commandLine(['load', request.path, '--seed', request.seed, ...given]) + feeding(request.path, request.out ?? '.')
  )
}

export const load: Command = {
  name: 'load',
  positionals: { file: scenarioFile },
  options: loadOptions,
  examples: [
    ['npm start -- load quickstart --rate 50k/s --duration 30s', 'a constant load'],
    ['npm start -- load quickstart --stages 10k:30s,10k..50k:60s --arrivals poisson', 'a rate, then a ramp'],
    ['npm start -- load quickstart --rate 50k/s --generators 2', 'two processes share the load'],
    ['npm start -- load quickstart --users 64 --think-time 10ms', 'a closed load'],
    ["npm start -- load quickstart --threshold 'latency.p99{op=settle}<50ms'", 'a bound; exit code 4 when missed'],
    ["npm start -- load quickstart --find-knee --target 'p99<50ms'", 'the highest sustainable rate'],
  ],
  async execute(arguments_) {
    const request = await loadRequest(arguments_)
    printWarnings(request.read.warnings)
    if (request.junit !== undefined) expectWritable(request.junit)
    const repeat = repeatOf(request, arguments_)
    if (request.generator !== undefined) {
      const { servePart } = await import('../load-generators/serve-part.ts')
      return servePart(request, request.generator, repeat)
    }
    if (request.generators !== undefined) {
      const { serveByGenerators } = await import('../load-generators/coordinator.ts')
      const ofEach = givenOptions(arguments_, ['generators', 'start-by', 'results', 'threads', 'threshold'])
      // Elsewhere, a scenario of the library is known by its name only.
      const word = arguments_.text('file') as string
      const path = request.startBy === undefined ? request.path : existsSync(word) ? resolve(word) : word
      return serveByGenerators(request, request.generators, [path, '--seed', request.seed, ...ofEach], repeat)
    }
    const folder = claimLoadFolder(request)
    keepScenario(folder.staging, request.path, request.read.source)
    const made = await make(request, folder, repeat)
    const verdict = loadExitCode(made.summary)
    // Kept, the partial result is what the call is about; otherwise the signal that ended it is.
    const isLost = !made.summary.complete && verdict === exitCodes.incomplete.code && request.out === undefined
    return endLoad(request, made, isLost ? (made.stoppedWith ?? verdict) : verdict)
  },
}
