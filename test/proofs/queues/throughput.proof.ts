/**
 * What a job costs besides its run: processor time of the server, and of the sweep with its workers, for jobs whose run is
 * nothing. The memory of Redis does not grow with the number of jobs that it has seen. Prints the figures of docs/scale.md.
 */
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { poolAddress } from '#cli/pool/address.ts'
import { type OpenPool, openPool } from '#cli/pool/open-pool.ts'
import { PoolCrew } from '#cli/pool/pool-crew.ts'
import type { JobSource } from '#cli/pool/queues.ts'
import { ResultFolder } from '#cli/results/result-folder.ts'
import { programVersions, runKey, sha256 } from '#cli/results/run-key.ts'
import { storedText } from '#cli/results/stored-run.ts'
import { gatherRuns } from '#cli/sweep/merge.ts'
import type { OneRun, OneRunTask } from '#cli/sweep/one-run.ts'
import { poolWorkOf, premisesOf, resultOf, type SweepPlan, sweepId } from '#cli/sweep/plan.ts'
import { readScenario } from '#scenarios/reader.ts'
import { newFolder, removeFolders } from '../../cli/marketsim.ts'
import { hasPostgres, hasRedis, type Server, startPostgres, startRedis } from '../../cli/pool/servers.ts'
import { isShort } from '../effort.ts'

afterAll(removeFolders)

/** Workers are many; each takes one job at a time. */
const TAKERS = 8
const none = { passwordFile: undefined, tlsCa: undefined }

const planOf = (runs: number): SweepPlan => ({
  ...{ path: 'quickstart', sets: [], repeat: '', scenario: 'ab'.repeat(32), name: 'quickstart', question: '' },
  ...{ utcOffset: 0, paths: [], points: [{ sets: [], values: [], label: '', x: null, hash: 'ab'.repeat(32) }] },
  asked: [{ text: 'revenue.gross', unit: 'money', kind: 'signed', bound: null }],
  ...{
    figures: ['revenue.gross'],
    seed: '1',
    runs,
    precision: null,
    mostRuns: runs,
    versions: programVersions(),
    resampled: false,
  },
})

/** The result of a run that did nothing, of a usual size. */
const nothing = (seed: string): OneRun => ({
  ...{ seed, digest: sha256(seed).slice(0, 32), amounts: 1, differences: 0, values: [{ exact: '163.00820414' }] },
  months: [null],
  use: [],
  demand: [],
  days: [null],
  halves: ['ap-1a/c6.large', 'eu-1a/c6.large'].map((pool) => {
    const half: readonly [number, number] = [16_927_536, 86_400_000]
    return { pool, refused: [half, half], use: [half, half] }
  }),
})

/** Takes jobs and answers them without a run, until it is stopped. */
async function take(source: JobSource, { storage }: OpenPool, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const job = await source.take()
    if (job === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      continue
    }
    const { key, premises } = job.data
    await storage.createResult(job.sweep, key, storedText(premises, nothing(premises.seed)))
    await job.complete({})
  }
}

/** Makes `jobs` runs that are nothing; returns the milliseconds of processor time a job. */
async function measured(server: Server, jobs: number) {
  const pool = await openPool(poolAddress(server.url, none))
  const plan = planOf(jobs)
  const folder = new ResultFolder(newFolder())
  const { scenario } = await readScenario('scenarios/quickstart.yaml')
  const { signal } = new AbortController()
  const crew = new PoolCrew({ pool, asked: poolWorkOf(plan), folder, signal, say: () => {}, onWorkers: () => {} })
  const point: OneRunTask = { scenario, traces: {}, asked: [], scratch: '' }
  await crew.open()
  const source = pool.source(sweepId(plan))
  await source.open()
  let isOver = false
  const [server0, own0] = [server.cpuMs(), process.cpuUsage()]
  const takers = Array.from({ length: TAKERS }, () => take(source, pool, () => isOver))
  let next = 0
  const ask = async () => {
    while (next < jobs) {
      const replication = next++
      const outcome = await crew.run({ point, pointIndex: 0, replication, seed: plan.seed })
      expect(outcome).toHaveProperty('result')
      const premises = premisesOf(plan, 0, replication)
      folder.createNow(runKey(premises), storedText(premises, nothing(premises.seed)))
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, crew.size) }, ask))
  const own = process.cpuUsage(own0)
  const spent = { server: (server.cpuMs() - server0) / jobs, own: (own.user + own.system) / 1_000 / jobs }
  isOver = true
  await Promise.all(takers)
  await source.close()
  await crew.finish()
  await pool.close()
  return { ...spent, plan, folder }
}

async function memoryOf({ url }: Server): Promise<number> {
  const redis = new Redis(url)
  try {
    return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
  } finally {
    redis.disconnect()
  }
}

const shown = (ms: number): string => `${ms.toFixed(2)} ms`

test.runIf(hasRedis())('redis: memory after many jobs is at most twice that after a hundred', async () => {
  const server = await startRedis()
  try {
    await measured(server, 100)
    const few = await memoryOf(server)
    const jobs = isShort ? 1_000 : 10_000
    const { server: ofServer, own, plan, folder } = await measured(server, jobs)
    const many = await memoryOf(server)
    console.log(
      `redis, ${jobs} jobs: server ${shown(ofServer)}, sweep and workers ${shown(own)} of processor time a job`,
    )
    console.log(`redis: ${few} bytes after 100 jobs, ${many} after ${jobs} more`)
    expect(many).toBeLessThan(2 * few)
    const before = process.cpuUsage()
    const { runs, missing } = gatherRuns(plan, [folder])
    const read = process.cpuUsage(before)
    expect([runs[0].length, missing]).toEqual([jobs, []])
    resultOf(plan, runs)
    const all = process.cpuUsage(before)
    const perRun = (usage: NodeJS.CpuUsage) => shown((usage.user + usage.system) / 1_000 / jobs)
    console.log(`merge of ${jobs} results: ${perRun(read)} a run to read, ${perRun(all)} with the estimates`)
  } finally {
    await server.remove()
  }
})

test.runIf(hasPostgres())('postgres: no sweep is left after many jobs', async () => {
  const server = await startPostgres('secret')
  try {
    const jobs = isShort ? 500 : 5_000
    const { server: ofServer, own } = await measured(server, jobs)
    console.log(
      `postgres, ${jobs} jobs: server ${shown(ofServer)}, sweep and workers ${shown(own)} of processor time a job`,
    )
    const pool = await openPool(poolAddress(server.url, none))
    expect(await pool.storage.sweeps()).toEqual([])
    await pool.close()
  } finally {
    await server.remove()
  }
})
