import type { Command } from '../command.ts'
import { InputFault } from '../input-fault.ts'
import { type Made, makeOrDiscard, nameRun, print, type Shown } from '../make-run.ts'
import { adoptRunFolder, findUnfinished, isComplete } from '../run-folder.ts'
import { readRequest } from '../unfinished.ts'
import { exitCodeOf } from '../verdict.ts'
import { MOST_THREADS, writeJunit } from './run.ts'

interface Wishes {
  readonly threads: number | undefined
  readonly force: boolean
  readonly quiet: boolean
}

interface Resumed {
  readonly shown: Shown
  readonly made: Made
}

function named(staging: string, force: boolean): Resumed {
  const folder = adoptRunFolder(staging, force)
  const { made, threads } = nameRun(folder)
  return { made, shown: { target: folder.target, threads } }
}

async function goneOn(staging: string, { threads, force, quiet }: Wishes): Promise<Resumed> {
  // Claimed first: whoever is running it may not have written its request yet.
  adoptRunFolder(staging, true).leave()
  const before = readRequest(staging)
  const folder = adoptRunFolder(staging, before.force || force)
  const request = { ...before, target: folder.target, threads: threads ?? before.threads, quiet }
  return { made: await makeOrDiscard(request, folder, true), shown: request }
}

export const resume: Command = {
  name: 'resume',
  usage: 'resume [run]',
  text: 'go on with a run that was broken off, from its last checkpoint',
  positionals: { run: { type: 'string', describe: 'the folder of the run, or its folder `NAME.partial-…`' } },
  options: {
    threads: { type: 'string', describe: 'threads to use; without it as many as before' },
    force: { type: 'boolean', describe: 'replace an earlier run in that folder' },
    quiet: { type: 'boolean', describe: 'show no progress' },
    json: { type: 'boolean', describe: 'print summary.json instead of the closing summary' },
    junit: { type: 'string', describe: 'write the thresholds as JUnit XML to this file' },
  },
  examples: [
    ['npm start -- run FILE --checkpoint-every 30d', 'keep a checkpoint every 30 days of simulated time'],
    ['npm start -- resume runs/NAME-SEED', 'go on with it after a power cut'],
  ],
  async execute(arguments_) {
    const word = arguments_.filled('run', 'write `npm start -- resume runs/NAME-SEED`')
    if (word === undefined)
      throw new InputFault('resume needs the folder of a run', 'write `npm start -- resume runs/NAME-SEED`')
    const threads = arguments_.count('threads', 1, MOST_THREADS)
    const junitFile = arguments_.filled('junit', 'write --junit and a file')
    const force = arguments_.flag('force')
    const staging = findUnfinished(word)
    const { shown, made } = isComplete(staging)
      ? named(staging, force)
      : await goneOn(staging, { threads, force, quiet: arguments_.flag('quiet') })
    if (junitFile !== undefined) writeJunit(junitFile, made.summary)
    print(shown, made, arguments_.flag('json'), true)
    return exitCodeOf(made.outcome.differences, made.summary.thresholds)
  },
}
