/**
 * A worker that computes without a pause keeps the locks of its jobs, although each job takes longer than a lock lasts: every
 * job is executed once, and none is found stalled. `--hour` takes an hour in each pool; otherwise two jobs are made, and
 * one in Redis with `--short`.
 */
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { poolAddress } from '#cli/pool/address.ts'
import { InputWriter } from '#cli/pool/inputs.ts'
import type { RunJob } from '#cli/pool/job.ts'
import { openPool, removeSweep } from '#cli/pool/open-pool.ts'
import { LOCK_MS, queueName } from '#cli/pool/queues.ts'
import { programVersions, type RunPremises, runKey } from '#cli/results/run-key.ts'
import { storedRun } from '#cli/results/stored-run.ts'
import { seedOf } from '#cli/sweep/one-run.ts'
import { readScenario } from '#scenarios/reader.ts'
import { marketsim, newFolder, removeFolders } from '../../cli/marketsim.ts'
import { hasPostgres, hasRedis, type Server, startPostgres, startRedis } from '../../cli/pool/servers.ts'
import { isHour, isShort } from '../effort.ts'

afterAll(removeFolders)

const MINUTE_MS = 60_000
/** Jobs are added until then. */
const LASTS_MS = isHour ? 60 * MINUTE_MS : 0
/** At least so many; in an hour, as many as fit. */
const LEAST_JOBS = isShort ? 1 : 2
/** 35 to 40 s of a processor for each run, which is more than a lock lasts. */
const BUYERS = 40_000
const SWEEP = 'an-hour'
const none = { passwordFile: undefined, tlsCa: undefined }

/** What the queue has noted of its jobs, by kind of event. */
type Counts = Readonly<Record<'active' | 'completed' | 'stalled' | 'failed', number>>

const counted = (events: readonly string[]): Counts => {
  const of = (kind: string) => events.filter((event) => event === kind).length
  return { active: of('active'), completed: of('completed'), stalled: of('stalled'), failed: of('failed') }
}

async function eventsInRedis({ url }: Server): Promise<Counts> {
  const redis = new Redis(url)
  try {
    const entries = await redis.xrange(`marketsim:queue:${queueName(SWEEP)}:events`, '-', '+')
    return counted(entries.map(([, fields]) => fields[fields.indexOf('event') + 1]))
  } finally {
    redis.disconnect()
  }
}

async function eventsInPostgres({ url }: Server): Promise<Counts> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ event: string }>('SELECT event FROM marketsim_queue.event ORDER BY 1')
    return counted(rows.map(({ event }) => event))
  } finally {
    await client.end()
  }
}

const kinds = [
  { kind: 'redis', isThere: hasRedis, start: () => startRedis(), events: eventsInRedis },
  { kind: 'postgres', isThere: hasPostgres, start: () => startPostgres('secret'), events: eventsInPostgres },
] as const

test.each(isShort ? kinds.slice(0, 1) : kinds)(
  '$kind: long jobs are executed once each, without a stall',
  async ({ kind, isThere, start, events }) => {
    if (!isThere()) return
    const server = await start()
    const pool = await openPool(poolAddress(server.url, none))
    let stop = (): unknown => undefined
    const ended = marketsim(['worker', '--pool', server.url, '--threads', '1'], {
      cwd: newFolder(),
      started: (child) => {
        stop = () => child.kill('SIGTERM')
      },
    })
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    try {
      const { scenario, hash } = await readScenario('scenarios/quickstart.yaml', {
        sets: [`buyers.start-ups.count=${BUYERS}`],
      })
      const versions = programVersions()
      await pool.storage.touchSweep({ id: SWEEP, name: scenario.name, versions, runs: 0, since: Date.now() })
      const input = await new InputWriter(pool.storage, SWEEP).write({ scenario, traces: {}, asked: [] })
      const queue = pool.queue(SWEEP)
      const { seed } = scenario
      const keys: string[] = []
      const add = async () => {
        const replication = keys.length
        const premises: RunPremises = { scenario: hash, seed: seedOf(seed, replication), figures: [], versions }
        const key = runKey(premises)
        await queue.add([{ key, premises, input, pointIndex: 0, replication, seed } satisfies RunJob])
        keys.push(key)
      }
      const began = performance.now()
      for (;;) {
        const { waiting, active, failed } = await queue.counts()
        expect([failed, isOver]).toEqual([0, false])
        if (waiting === 0 && (keys.length < LEAST_JOBS || performance.now() - began < LASTS_MS)) await add()
        else if (waiting + active === 0) break
        await setTimeout(500)
      }
      const minutes = (performance.now() - began) / MINUTE_MS
      const found = await events(server)
      console.log(
        `${kind}: ${minutes.toFixed(1)} min, ${keys.length} jobs of ${((minutes * 60) / keys.length).toFixed(0)} s on average (a lock lasts ${LOCK_MS / 1_000} s): ${found.active} executions, ${found.completed} completions, ${found.stalled} stalls`,
      )
      expect(found).toEqual({ active: keys.length, completed: keys.length, stalled: 0, failed: 0 })
      const results = await pool.storage.results(SWEEP, keys)
      for (const [index, text] of results.entries())
        expect(storedRun(text as string, keys[index], 'the pool').differences).toBe(0)
      await queue.close()
      await removeSweep(pool, SWEEP)
      stop()
      await ended
    } finally {
      stop()
      await pool.close()
      await server.remove()
    }
  },
)
