import { availableParallelism } from 'node:os'
import { InputError } from '#base/input-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import { parseDuration } from '#scenarios/time-text.ts'
import { type Arguments, type Command, MOST_THREADS } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { interruptible, interruption } from '../interrupts.ts'
import { openPool } from '../pool/open-pool.ts'
import { poolOf, poolOptions } from '../pool/pool-request.ts'
import { programVersions, versionText } from '../results/run-key.ts'

/** A server that is not there is tried again for so long. */
const PATIENCE_MS = 60_000

function idleOf(arguments_: Arguments): number | undefined {
  const text = arguments_.text('idle')
  if (text === undefined) return undefined
  const idle = parseDuration(text)
  if (idle !== null && idle > 0) return idle
  throw new InputError(`--idle ${text} is not a duration`, 'write --idle 5min')
}

export const worker: Command = {
  name: 'worker',
  positionals: {},
  options: {
    ...poolOptions,
    threads: { type: 'string', describe: 'runs at the same time (default: the processors of this machine)' },
    results: {
      type: 'string',
      describe: 'a folder for results that `sweep --results` reads too; without it, results go into the pool',
    },
    idle: {
      type: 'string',
      describe: 'end when there was nothing to do for so long (5min); without it, wait forever',
    },
    json: { type: 'boolean', describe: 'print the number of completed runs as JSON at the end' },
  },
  examples: [
    ['npm start -- worker --pool redis://queue:6379', 'work for all sweeps of the pool, on all processors'],
    ['npm start -- worker --pool redis://queue:6379 --idle 10min', 'the same, until there is nothing more to do'],
  ],
  async execute(arguments_) {
    const address = poolOf('worker', arguments_)
    const threads = arguments_.count('threads', 1, MOST_THREADS) ?? availableParallelism()
    const results = arguments_.filled('results', 'write --results and a folder')
    const idleMs = idleOf(arguments_)
    const quiet = arguments_.flag('quiet')
    const say = (text: string) => {
      if (!quiet) process.stderr.write(`${text}\n`)
    }
    // Workers often start before their server.
    const pool = await openPool(address, { patienceMs: PATIENCE_MS, say })
    return interruptible(
      async (signal) => {
        try {
          const { runWorker } = await import('../pool/run-worker.ts')
          say(`worker of ${address.shown}: ${threads} threads, marketsim ${versionText(programVersions())}`)
          const done = await runWorker({ pool, threads, results, idleMs, signal, say })
          if (signal.aborted)
            throw interruption(signal, `${done} runs were completed; those under way were returned to the queue`)
          if (arguments_.flag('json')) process.stdout.write(sortedJson({ runs: done }))
          else say(`${done} runs completed`)
          return exitCodes.done.code
        } finally {
          await pool.close()
        }
      },
      () => {},
    )
  },
}
