import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { undamagedJson } from '#base/damage-error.ts'
import { InputError } from '#base/input-error.ts'
import { junit } from '#reports/junit.ts'
import { damagesOf, MANIFEST_FILE } from '#reports/manifest-files.ts'
import { type Command, MOST_THREADS } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { junitFileOf, junitOption, STDOUT, writeJunit } from '../junit-file.ts'
import { differencesOf, type Made, makeOrDiscard, nameRun, print, type Shown } from '../make-run.ts'
import { adoptRunFolder, findUnfinished, isComplete } from '../run-folder.ts'
import type { SizeRequest } from '../size/request.ts'
import { endWith } from '../streams.ts'
import type { SweepRequest } from '../sweep/request.ts'
import { hasRequest, type RunRequest, readRequest } from '../unfinished.ts'
import { exitCodeOf } from '../verdict.ts'

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

/** The request of unfinished work, and its folder. */
function adopted<R extends RunRequest | SweepRequest | SizeRequest>(
  staging: string,
  before: R,
  { threads, force, quiet }: Wishes,
) {
  const folder = adoptRunFolder(staging, before.force || force)
  return { folder, request: { ...before, target: folder.target, threads: threads ?? before.threads, quiet } }
}

async function goneOn(staging: string, before: RunRequest, wishes: Wishes): Promise<Resumed> {
  const { folder, request } = adopted(staging, before, wishes)
  return { made: await makeOrDiscard(request, folder, true), shown: request }
}

async function sweptOn(staging: string, before: SweepRequest, wishes: Wishes, json: boolean): Promise<ExitCode> {
  const { folder, request } = adopted(staging, before, wishes)
  const { resumeSweep } = await import('./sweep.ts')
  return resumeSweep({ ...request, json }, folder)
}

async function sizedOn(staging: string, before: SizeRequest, wishes: Wishes, json: boolean): Promise<ExitCode> {
  const { folder, request } = adopted(staging, before, wishes)
  const { resumeSize } = await import('./size.ts')
  return resumeSize({ ...request, json }, folder)
}

/** The stored request. Claimed first, because a run in progress may not have written its request yet. */
function savedIn(staging: string) {
  adoptRunFolder(staging, true).leave()
  return readRequest(staging)
}

/** The request of a run that is not complete, or whose files are not as its manifest lists them; undefined where all is whole. */
function savedUnlessWhole(staging: string) {
  if (!isComplete(staging)) return savedIn(staging)
  const [damage] = damagesOf(staging)
  if (damage === undefined) return undefined
  if (!hasRequest(staging)) throw damage
  const saved = savedIn(staging)
  process.stderr.write(`warning: ${damage.what}; that part of the run is made again\n`)
  rmSync(join(staging, MANIFEST_FILE))
  return saved
}

/** Whether a complete folder is a run, and not a sweep, a size or a load test. */
const isRun = (folder: string): boolean =>
  undamagedJson<{ kind?: string }>(join(folder, MANIFEST_FILE)).kind === undefined

export const resume: Command = {
  name: 'resume',
  positionals: {
    run: { type: 'string', completes: 'folder', describe: 'the folder of the run, or its folder `NAME.partial-…`' },
  },
  options: {
    threads: {
      type: 'number',
      takesSetting: false,
      defaultDescription: 'as many as before',
      describe: 'threads to use',
    },
    force: { type: 'boolean', describe: 'replace an earlier run in that folder' },
    quiet: { type: 'boolean', describe: 'show no progress' },
    json: { type: 'boolean', describe: 'print summary.json instead of the closing summary' },
    junit: junitOption('the thresholds'),
  },
  examples: [
    ['npm start -- run FILE --checkpoint-every 30d', 'keep a checkpoint every 30 days of simulated time'],
    ['npm start -- resume runs/NAME-SEED', 'resume it after a power cut'],
  ],
  async execute(arguments_) {
    const word = arguments_.filled('run', 'write `npm start -- resume runs/NAME-SEED`')
    if (word === undefined)
      throw new InputError('resume needs the folder of a run', 'write `npm start -- resume runs/NAME-SEED`')
    const threads = arguments_.count('threads', 1, MOST_THREADS)
    const junitFile = junitFileOf(arguments_)
    const force = arguments_.flag('force')
    const staging = findUnfinished(word)
    const wishes = { threads, force, quiet: arguments_.flag('quiet') }
    const json = arguments_.flag('json')
    const saved = savedUnlessWhole(staging)
    if (saved?.kind === 'sweep') return sweptOn(staging, saved.request as SweepRequest, wishes, json)
    if (saved?.kind === 'size') return sizedOn(staging, saved.request as SizeRequest, wishes, json)
    if (saved === undefined && !isRun(staging)) {
      const folder = adoptRunFolder(staging, force)
      folder.commit()
      process.stdout.write(`${folder.target} is complete\n`)
      return exitCodes.done.code
    }
    const { shown, made } =
      saved === undefined ? named(staging, force) : await goneOn(staging, saved.request as RunRequest, wishes)
    const code = exitCodeOf(differencesOf(made), made.summary.thresholds)
    endWith(code)
    if (junitFile !== undefined) writeJunit(junitFile, junit(made.summary))
    if (junitFile !== STDOUT) print(shown, made, json, true)
    return code
  },
}
