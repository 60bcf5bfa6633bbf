/** What `run` does. */
import { availableParallelism } from 'node:os'
import { formatInstant } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { junit } from '#reports/junit.ts'
import type { ReadScenario } from '#scenarios/reader.ts'
import { parseDuration } from '#scenarios/time-text.ts'
import { type Arguments, MOST_THREADS } from './command.ts'
import type { ExitCode } from './exit-codes.ts'
import { instantWithin } from './instant-option.ts'
import { junitFileOf, STDOUT, writeJunit } from './junit-file.ts'
import { differencesOf, makeOrDiscard, print } from './make-run.ts'
import { claimRunFolder, defaultFolder } from './run-folder.ts'
import { feeding, keepScenario, openScenario, scenarioPath } from './scenario-file.ts'
import { commandLine } from './shell.ts'
import { endWith } from './streams.ts'
import { type RunRequest, writeRequest } from './unfinished.ts'
import { exitCodeOf } from './verdict.ts'
import { printWarnings } from './warnings.ts'

/** What `npm start` runs without arguments. */
const FIRST_SCENARIO = 'quickstart'

/** The scenario to run: the one named, or the first one when nothing at all was said. Throws InputError. */
async function chosenPath(arguments_: Arguments): Promise<string> {
  const word = arguments_.text('file') ?? (arguments_.unasked ? FIRST_SCENARIO : undefined)
  if (word !== undefined) return scenarioPath(word)
  throw new InputError(
    'run needs a scenario',
    'write `npm start -- run FILE`; `npm start -- list` shows the bundled scenarios',
  )
}

export async function threadsFor({ scenario, traces }: ReadScenario): Promise<number> {
  const { usefulThreads } = await import('#sim/world/cell-loads.ts')
  return usefulThreads(scenario, Object.fromEntries(traces), availableParallelism())
}

async function requestOf(arguments_: Arguments): Promise<RunRequest> {
  const path = await chosenPath(arguments_)
  const sets = arguments_.texts('set')
  const wantedSeed = arguments_.filled('seed', 'write --seed 7, or any other text')
  const threads = arguments_.count('threads', 1, MOST_THREADS)
  const out = arguments_.filled('out', 'write --out and a folder')
  const read = await openScenario(path, sets)
  const seed = wantedSeed ?? read.scenario.seed
  const until = untilOf(arguments_, read)
  const target = out ?? defaultFolder(read.scenario.name, until === undefined ? seed : `${seed}-until`)
  const isAlone = arguments_.flag('no-compare') || until !== undefined
  const words = [
    'run',
    path,
    '--seed',
    seed,
    ...sets.flatMap((set) => ['--set', set]),
    ...(until === undefined ? [] : ['--until', formatInstant(until, read.scenario.policies['time.utcOffset'])]),
    ...(isAlone && until === undefined ? ['--no-compare'] : []),
  ]
  return {
    path,
    read: isAlone ? { ...read, comparisons: [] } : read,
    seed,
    threads: threads ?? (await threadsFor(read)),
    sets,
    target,
    // Without arguments the first scenario runs, also the second time.
    force: arguments_.flag('force') || (arguments_.unasked && out === undefined),
    quiet: arguments_.flag('quiet'),
    repeat: `${commandLine(words)}${feeding(path, target)}`,
    checkpointEvery: checkpointsOf(arguments_),
    ...(until === undefined ? {} : { until }),
    startedAt: Date.now(),
  }
}

/** Where `--until` ends the run. Throws InputError. */
function untilOf(arguments_: Arguments, { scenario }: ReadScenario): number | undefined {
  const text = arguments_.filled('until', 'write --until and an instant, or a duration after the start')
  if (text === undefined) return undefined
  const until = instantWithin(scenario, 'until', text)
  if ((scenario.measureFrom ?? scenario.start) >= until)
    throw new InputError(
      `--until ${text} is not after measureFrom, so there would be no figures`,
      'write a later instant, or --set measureFrom=0s',
    )
  if (arguments_.text('checkpoint-every') === undefined) return until
  throw new InputError(
    '--until and --checkpoint-every are given together',
    'leave out --checkpoint-every: a run until an instant keeps one checkpoint, there',
  )
}

export function checkpointsOf(arguments_: Arguments): number | undefined {
  const text = arguments_.text('checkpoint-every')
  if (text === undefined) return undefined
  const every = parseDuration(text)
  if (every !== null && every > 0) return every
  throw new InputError(`--checkpoint-every ${text} is not a duration`, 'write --checkpoint-every 30d')
}

/** Runs the scenario that was asked for; returns the exit code. Throws InputError and ScenarioErrors. */
export async function startRun(arguments_: Arguments): Promise<ExitCode> {
  const junitFile = junitFileOf(arguments_)
  const json = arguments_.flag('json')
  const request = await requestOf(arguments_)
  printWarnings(request.read.warnings)
  const folder = claimRunFolder(request.target, request.force)
  keepScenario(folder.staging, request.path, request.read.source)
  writeRequest(folder.staging, request)
  const made = await makeOrDiscard(request, folder)
  const code = exitCodeOf(differencesOf(made), made.summary.thresholds)
  endWith(code)
  if (junitFile !== undefined) writeJunit(junitFile, junit(made.summary))
  if (junitFile !== STDOUT) print(request.path === '-' ? request : { ...request, scenario: request.path }, made, json)
  return code
}
