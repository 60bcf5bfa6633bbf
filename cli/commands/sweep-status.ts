import { sortedJson } from '#reports/sorted-json.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { type OpenPool, openPool } from '../pool/open-pool.ts'
import { poolOf, poolOptions } from '../pool/pool-request.ts'
import { versionText } from '../results/run-key.ts'
import { printable } from '../terminal.ts'

async function statusOf({ storage, queue }: OpenPool) {
  const sweeps = []
  for (const { sweep, touched } of await storage.sweeps()) {
    const jobs = queue(sweep.id)
    try {
      sweeps.push({ ...sweep, touched, ...(await jobs.counts()) })
    } finally {
      await jobs.close()
    }
  }
  return { sweeps, workers: await storage.workers() }
}

const seconds = (ms: number): string => `${Math.max(0, Math.round((Date.now() - ms) / 1_000))} s ago`

export const sweepStatus: Command = {
  name: 'sweep status',
  positionals: {},
  options: { ...poolOptions, json: { type: 'boolean', describe: 'print JSON' } },
  examples: [['npm start -- sweep status --pool redis://queue:6379', 'what is waiting, and who works']],
  async execute(arguments_) {
    const pool = await openPool(poolOf('sweep status', arguments_))
    try {
      const { sweeps, workers } = await statusOf(pool)
      if (arguments_.flag('json')) {
        process.stdout.write(sortedJson({ sweeps, workers }))
        return exitCodes.done.code
      }
      const lines = [
        `${sweeps.length} ${sweeps.length === 1 ? 'sweep' : 'sweeps'}, ${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}`,
        ...sweeps.map(
          ({ id, name, waiting, active, failed, touched, versions }) =>
            `sweep ${id}  ${name}: ${waiting} jobs waiting, ${active} active, ${failed} failed, asked for ${seconds(touched)}, marketsim ${versionText(versions)}`,
        ),
        ...workers.map(
          ({ host, threads, running, done, seen, versions }) =>
            `worker ${host}: ${running} of ${threads} threads busy, ${done} runs completed, seen ${seconds(seen)}, marketsim ${versionText(versions)}`,
        ),
      ]
      process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''))
      return exitCodes.done.code
    } finally {
      await pool.close()
    }
  },
}
