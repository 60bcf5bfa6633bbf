import { availableParallelism } from 'node:os'
import { InputError } from '#base/input-error.ts'
import { junit } from '#reports/junit.ts'
import { parseDuration } from '#scenarios/time.ts'
import type { Arguments, Command } from '../command.ts'
import { writeJunit } from '../junit-file.ts'
import { makeOrDiscard, print } from '../make-run.ts'
import { claimRunFolder, defaultFolder } from '../run-folder.ts'
import { openScenario, scenarioPath } from '../scenario-file.ts'
import { commandLine } from '../shell.ts'
import { endWith } from '../streams.ts'
import { type RunRequest, writeRequest } from '../unfinished.ts'
import { exitCodeOf } from '../verdict.ts'
import { printWarnings } from '../warnings.ts'

/** What `npm start` runs when it is told nothing. */
const FIRST_SCENARIO = 'quickstart'
export const MOST_THREADS = 256

/** The scenario to run: the one named, or the first one when nothing at all was said. Throws InputError. */
async function chosenPath(arguments_: Arguments): Promise<string> {
  const word = arguments_.text('file') ?? (arguments_.unasked ? FIRST_SCENARIO : undefined)
  if (word !== undefined) return scenarioPath(word)
  throw new InputError('run needs a scenario', 'write `npm start -- run FILE`; `npm start -- list` shows the library')
}

async function requestOf(arguments_: Arguments): Promise<RunRequest> {
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
    checkpointEvery: checkpointsOf(arguments_),
    startedAt: Date.now(),
  }
}

function checkpointsOf(arguments_: Arguments): number | undefined {
  const text = arguments_.text('checkpoint-every')
  if (text === undefined) return undefined
  const every = parseDuration(text)
  if (every !== null && every > 0) return every
  throw new InputError(`--checkpoint-every ${text} is no duration`, 'write --checkpoint-every 30d')
}

export const run: Command = {
  name: 'run',
  usage: 'run [file]',
  text: 'simulate a scenario, audit it, and write its run folder',
  positionals: { file: { type: 'string', describe: 'a scenario file, or the name of one of the library' } },
  options: {
    seed: { type: 'string', describe: "random seed (default: the scenario's)" },
    threads: { type: 'string', describe: 'threads to use; the result is the same for any number' },
    out: { type: 'string', describe: 'the run folder (default: runs/NAME-SEED)' },
    set: { type: 'string', array: true, describe: 'path=value: change one value of the scenario; may be repeated' },
    force: { type: 'boolean', describe: 'replace an earlier run in that folder' },
    'checkpoint-every': {
      type: 'string',
      describe: 'simulated time between checkpoints, from which `resume` continues',
    },
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
    printWarnings(request.read.warnings)
    const folder = claimRunFolder(request.target, request.force)
    writeRequest(folder.staging, request)
    const made = await makeOrDiscard(request, folder)
    if (junitFile !== undefined) writeJunit(junitFile, junit(made.summary))
    const code = exitCodeOf(made.outcome.differences, made.summary.thresholds)
    endWith(code)
    print(request, made, json)
    return code
  },
}
