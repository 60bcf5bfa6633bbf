/** What `fork` does: a run that continues the history of another one with other settings. */
import { basename, resolve } from 'node:path'
import { formatInstant } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import { remarksOf } from '#reports/answer-remarks.ts'
import { figures } from '#reports/figures/catalogue.ts'
import { junit } from '#reports/junit.ts'
import { changesAt } from '#scenarios/changes-at.ts'
import { readAgain, scenarioData } from '#scenarios/reader.ts'
import { type Arguments, MOST_THREADS } from './command.ts'
import type { ExitCode } from './exit-codes.ts'
import { continueFrom, type KeptHistory, keptHistory } from './fork/kept-history.ts'
import { instantWithin } from './instant-option.ts'
import { junitFileOf, STDOUT, writeJunit } from './junit-file.ts'
import { differencesOf, makeOrDiscard, print } from './make-run.ts'
import { claimRunFolder, defaultFolder } from './run-folder.ts'
import { feeding, keepScenario } from './scenario-file.ts'
import { commandLine } from './shell.ts'
import { checkpointsOf, threadsFor } from './start-run.ts'
import { endWith } from './streams.ts'
import { type RunRequest, writeRequest } from './unfinished.ts'
import { exitCodeOf } from './verdict.ts'
import { printWarnings } from './warnings.ts'

/** The instant from which the fork differs, as a scenario writes it. */
function forkedAt({ read: { scenario }, until }: KeptHistory, text: string | undefined): string {
  const offset = scenario.policies['time.utcOffset']
  if (text === undefined) return formatInstant(until, offset)
  const at = instantWithin(scenario, 'at', text)
  if (at >= until) return formatInstant(at, offset)
  throw new InputError(
    `--at ${text} is before ${formatInstant(until, offset)}, up to which the history is kept`,
    `write a later instant, or make the history with --until ${text}`,
  )
}

/** What changes, in characters of a folder's name. */
const nameOf = (changes: readonly string[]): string =>
  ['fork', ...changes.map((change) => change.replace(/^[^=:]*\.(?=[^=:.]*\.[^=:.]*[=:])/, '').slice(0, 40))].join('-')

async function requestOf(arguments_: Arguments, history: KeptHistory): Promise<RunRequest> {
  const { path, seed } = history
  const future = arguments_.filled('seed', 'write --seed 7, or any other text')
  const changes = { sets: arguments_.texts('set'), events: arguments_.texts('event'), seed: future }
  const threads = arguments_.count('threads', 1, MOST_THREADS)
  const out = arguments_.filled('out', 'write --out and a folder')
  const at = forkedAt(history, arguments_.filled('at', 'write --at and an instant'))
  const data = scenarioData(history.read.source, path, history.sets)
  const sets = [...history.sets, ...changesAt(data, at, changes)]
  const read = readAgain(history.read, path, { sets, figures, judgeThresholds: remarksOf })
  const target =
    out ??
    defaultFolder(
      read.scenario.name,
      `${seed}-${nameOf([...changes.sets, ...changes.events, ...(future === undefined ? [] : [`seed=${future}`])])}`,
    )
  const words = ['run', path, '--seed', seed, ...sets.flatMap((set) => ['--set', set]), '--no-compare']
  return {
    path,
    read,
    seed,
    threads: threads ?? (await threadsFor(read)),
    sets,
    target,
    force: arguments_.flag('force'),
    quiet: arguments_.flag('quiet'),
    repeat: `${commandLine(words)}${feeding(path, target)}`,
    checkpointEvery: checkpointsOf(arguments_),
    isFork: true,
    startedAt: Date.now(),
  }
}

/** Continues a history with other settings; returns the exit code. Throws InputError, DamageError and ScenarioErrors. */
export async function startFork(arguments_: Arguments): Promise<ExitCode> {
  const word = arguments_.filled('run', 'write `npm start -- fork runs/NAME-SEED-until`')
  if (word === undefined)
    throw new InputError(
      'fork needs the folder of a run',
      'write `npm start -- fork runs/NAME-SEED-until --set policies.grace.days=3`',
    )
  const junitFile = junitFileOf(arguments_)
  const history = keptHistory(word)
  const request = await requestOf(arguments_, history)
  if (resolve(request.target) === resolve(word))
    throw new InputError(`a fork cannot replace ${basename(word)}, which it continues`, 'choose another --out')
  printWarnings(request.read.warnings)
  const folder = claimRunFolder(request.target, request.force)
  keepScenario(folder.staging, request.path, request.read.source)
  continueFrom(word, folder.staging, history)
  writeRequest(folder.staging, request)
  const made = await makeOrDiscard(request, folder)
  const code = exitCodeOf(differencesOf(made), made.summary.thresholds)
  endWith(code)
  if (junitFile !== undefined) writeJunit(junitFile, junit(made.summary))
  if (junitFile !== STDOUT) print(request, made, arguments_.flag('json'), true)
  return code
}
