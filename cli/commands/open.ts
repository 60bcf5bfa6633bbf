import { existsSync, statSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'
import { runsIn } from '#reports/pages/found-runs.ts'
import { liveNotes } from '#reports/pages/live-notes.ts'
import { parseDuration } from '#scenarios/time-text.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { interruptible } from '../interrupts.ts'

const DEFAULT_IDLE = '30min'
/** The longest that a timer of Node waits. */
const LONGEST_MS = 2 ** 31 - 1

/** Milliseconds of `--idle`. Throws InputError. */
function idleOf(text: string): number {
  const idle = parseDuration(text)
  if (idle !== null && idle >= 1_000 && idle <= LONGEST_MS) return idle
  throw new InputError(`--idle must be a duration from 1s to 24d (got '${text}')`, `write --idle ${DEFAULT_IDLE}`)
}

export const open: Command = {
  name: 'open',
  positionals: {
    folder: {
      type: 'string',
      completes: 'run',
      describe: 'a run folder, or a folder with several, also of work under way',
    },
  },
  options: {
    'no-browser': { type: 'boolean', describe: 'only print the address' },
    idle: { type: 'string', defaultDescription: DEFAULT_IDLE, describe: 'end after this time without a request' },
    json: { type: 'boolean', describe: 'print the address as JSON' },
  },
  examples: [
    ['npm start -- open runs/quickstart-42', 'accounts, orders, bills and refusals; Ctrl-C ends it'],
    ['npm start -- open runs --no-browser', 'all runs of a folder, side by side'],
  ],
  async execute(arguments_) {
    const folder = arguments_.text('folder')
    if (folder === undefined)
      throw new InputError('open needs a run folder', 'write `npm start -- open runs/NAME-SEED`')
    const idleMs = idleOf(arguments_.filled('idle', `write --idle ${DEFAULT_IDLE}`) ?? DEFAULT_IDLE)
    const isFolder = existsSync(folder) && statSync(folder).isDirectory()
    const isUnderWay = liveNotes(folder).length > 0
    if (!isFolder && !isUnderWay)
      throw new InputError('there is no such folder', 'name a folder that `marketsim run` wrote', folder)
    const find = () => (existsSync(folder) ? runsIn(folder) : [])
    if (find().length === 0 && !isUnderWay)
      throw new InputError('this folder has no complete run', 'name a run, or the folder that has some', folder)
    const [{ Site }, { serve }, { hasDisplay, showInBrowser }] = await Promise.all([
      import('#reports/pages/site.ts'),
      import('../open/serve.ts'),
      import('../open/browser.ts'),
    ])
    const site = new Site(find, () => liveNotes(folder))
    const onError = (error: unknown): void => {
      process.stderr.write(`open: internal error: ${error instanceof Error ? error.stack : String(error)}\n`)
    }
    const ended = await interruptible(
      async (signal) => {
        const served = await serve({ site, idleMs, signal, onError })
        if (arguments_.flag('json')) process.stdout.write(`${JSON.stringify({ address: served.address })}\n`)
        else process.stdout.write(`${served.address}\n`)
        if (!arguments_.flag('quiet'))
          process.stderr.write('The address works once, for one browser on this machine. Ctrl-C ends the server.\n')
        if (!arguments_.flag('no-browser') && hasDisplay()) showInBrowser(served.address)
        return served.ended
      },
      () => {},
    ).finally(() => site.close())
    if (ended === 'idle' && !arguments_.flag('quiet')) process.stderr.write('ended: no request for a while\n')
    return exitCodes.done.code
  },
}
