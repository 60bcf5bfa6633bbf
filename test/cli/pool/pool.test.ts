/** Pools on real servers: what both kinds keep and refuse. Each test has its own sweep; runs are not simulated here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { poolAddress } from '#cli/pool/address.ts'
import { InputReader, InputWriter } from '#cli/pool/inputs.ts'
import type { RunJob } from '#cli/pool/job.ts'
import { type OpenPool, openPool, removeAbandoned, removeRemains, removeSweep } from '#cli/pool/open-pool.ts'
import { runWorker } from '#cli/pool/run-worker.ts'
import { EXPIRY_MS, type PoolSweep } from '#cli/pool/storage.ts'
import { programVersions, runKey } from '#cli/results/run-key.ts'
import { readScenario } from '#scenarios/reader.ts'
import { inThisProcess, newFolder, removeFolders } from '../marketsim.ts'
import { freePort, hasPostgres, hasRedis, type Server, startPostgres, startRedis } from './servers.ts'

const password = 'se:cret/1'
const none = { passwordFile: undefined, tlsCa: undefined }
const kinds = [
  { kind: 'redis', isThere: hasRedis(), start: () => startRedis({ password }) },
  { kind: 'postgres', isThere: hasPostgres(), start: () => startPostgres(password) },
]
afterAll(removeFolders)

let next = 0
const sweepNamed = (changes: Partial<PoolSweep> = {}): PoolSweep => ({
  id: `5eed${(next++).toString(16).padStart(12, '0')}`,
  name: 'quickstart',
  versions: programVersions(),
  runs: 4,
  since: 0,
  ...changes,
})

function jobOf(scenario: string, input: string, seed = '42'): RunJob {
  const premises = { scenario, seed, figures: [], versions: programVersions() }
  return { key: runKey(premises), premises, input, pointIndex: 0, replication: 0, seed }
}

describe.each(kinds.filter(({ isThere }) => isThere))('a pool in $kind', ({ start }) => {
  let server: Server
  let pool: OpenPool
  beforeAll(async () => {
    server = await start()
    pool = await openPool(poolAddress(server.url, none))
  })
  afterAll(async () => {
    await pool?.close()
    await server?.remove()
  })

  test('a result is created once; what is collected and dropped is gone', async () => {
    const { storage } = pool
    const sweep = sweepNamed()
    await storage.touchSweep(sweep)
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => storage.createResult(sweep.id, 'k', text)))
    expect(new Set(answers).size).toBe(1)
    expect(await storage.results(sweep.id, ['none', 'k'])).toEqual([undefined, answers[0]])
    expect(await storage.allResults(sweep.id)).toEqual([['k', answers[0]]])
    await storage.dropResults(sweep.id, ['k', 'none'])
    expect(await storage.results(sweep.id, ['k'])).toEqual([undefined])
    await removeSweep(pool, sweep.id)
  })

  test('sweeps that were not asked for in seven days are removed with everything of them; others stay', async () => {
    const { storage } = pool
    const [old, fresh] = [sweepNamed(), sweepNamed()]
    for (const sweep of [old, fresh]) {
      await storage.touchSweep(sweep)
      await storage.putInput(sweep.id, 'd', new Uint8Array([1, 0, 255]))
      await storage.createResult(sweep.id, 'k', 'text')
    }
    expect(await storage.input(old.id, 'd')).toEqual(Buffer.from([1, 0, 255]))
    const queue = pool.queue(old.id)
    await queue.add([jobOf('s', 'd'), jobOf('s', 'd', '43'), jobOf('s', 'd')])
    expect(await queue.counts()).toEqual({ waiting: 2, active: 0, failed: 0 })
    expect(await removeAbandoned(pool)).toEqual([])
    await storage.touchSweep(old, Date.now() - EXPIRY_MS - 1)
    expect(await removeAbandoned(pool)).toEqual([old.id])
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 })
    await queue.close()
    expect(await storage.input(old.id, 'd')).toBeUndefined()
    expect(await storage.results(old.id, ['k'])).toEqual([undefined])
    expect((await storage.sweeps()).map(({ sweep }) => sweep.id)).toEqual([fresh.id])
    await removeSweep(pool, fresh.id)
    expect(await storage.results(fresh.id, ['k'])).toEqual([undefined])
  })

  test('what a late call leaves of a sweep that is gone is removed by those that come next, also by several together', async () => {
    const [gone, other] = [sweepNamed(), sweepNamed()]
    for (const sweep of [gone, other]) await pool.storage.touchSweep(sweep)
    const queues = [gone, other].map(({ id }) => pool.queue(id))
    for (const queue of queues) await queue.add([jobOf('s', 'd')])
    await removeSweep(pool, gone.id)
    await queues[0].add([jobOf('s', 'd', '43')])
    expect([...(await pool.storage.queuedSweeps())].sort()).toEqual([gone.id, other.id].sort())
    await Promise.all(Array.from({ length: 4 }, () => removeRemains(pool)))
    expect(await pool.storage.queuedSweeps()).toEqual([other.id])
    expect(await queues[1].counts()).toEqual({ waiting: 1, active: 0, failed: 0 })
    for (const queue of queues) await queue.close()
    await removeSweep(pool, other.id)
    expect(await pool.storage.queuedSweeps()).toEqual([])
  })

  test('jobs of several sweeps are taken in turn, renewed, returned and failed', async () => {
    const sweeps = [sweepNamed(), sweepNamed()]
    const queues = sweeps.map(({ id }) => pool.queue(id))
    for (const queue of queues) await queue.add([jobOf('s', 'd'), jobOf('s', 'd', '43')])
    const source = pool.source(sweeps[0].id)
    await source.open()
    const job = await source.take()
    expect([job?.data, source.held]).toEqual([jobOf('s', 'd'), 1])
    await source.renew()
    await job?.release()
    expect(source.held).toBe(0)
    const again = await Promise.all([source.take(), source.take()])
    expect(await source.take()).toBeUndefined()
    await again[0]?.complete({})
    await again[1]?.fail(new Error('no luck'), true)
    expect(await queues[0].failures()).toEqual([{ job: again[1]?.data, reason: 'no luck' }])
    expect(await queues[0].counts()).toEqual({ waiting: 0, active: 0, failed: 1 })
    await queues[0].forgetFailures()
    expect(await queues[0].failures()).toEqual([])
    await source.close()
    for (const queue of queues) {
      await queue.obliterate()
      await queue.close()
    }
  })

  test('a worker takes sweeps in turn, and refuses other versions, wrong inputs and wrong keys', async () => {
    const { storage } = pool
    const asked = ['quickstart', 'black-friday'].map(() => sweepNamed())
    const other = sweepNamed({ versions: { ...programVersions(), record: 99 } })
    const { hash } = await readScenario('scenarios/quickstart.yaml')
    for (const sweep of [...asked, other]) await storage.touchSweep(sweep)
    const queues = asked.map(({ id }) => pool.queue(id))
    const wrongKey = { ...jobOf(hash, 'd'), seed: '43' }
    const otherProgram = jobOf(hash, 'd', '44')
    const ofOther = { ...otherProgram, premises: { ...otherProgram.premises, versions: other.versions } }
    await queues[0].add([jobOf(hash, 'missing', '7'), wrongKey, ofOther])
    const scenario = (await readScenario('scenarios/black-friday.yaml')).scenario
    const input = await new InputWriter(storage, asked[1].id).write({ scenario, traces: {}, asked: [] })
    await queues[1].add([jobOf(hash, input, '8')])
    const left = pool.queue(other.id)
    await left.add([jobOf(hash, 'd')])
    const said: string[] = []
    const say = (text: string) => said.push(text)
    const options = { pool, threads: 1, results: undefined, idleMs: 300, signal: new AbortController().signal, say }
    expect(await runWorker(options)).toBe(0)
    const reasons = await Promise.all(queues.map((queue) => queue.failures()))
    expect(reasons.map((of) => of.map(({ reason }) => reason).sort())).toEqual([
      [
        expect.stringContaining('the job is of marketsim'),
        'the key of the job is not that of its run',
        'the pool has no input missing',
      ].sort((a, b) => String(a).localeCompare(String(b))),
      ['the scenario or a trace of the job is not the one that its key names'],
    ])
    expect(said).toEqual([expect.stringContaining(`refused: sweep ${other.id} (quickstart) is of marketsim 0.1.0`)])
    expect(await left.counts()).toEqual({ waiting: 1, active: 0, failed: 0 })
    for (const queue of [...queues, left]) await queue.close()
    for (const { id } of [...asked, other]) await removeSweep(pool, id)
  })

  test('an input is read as it was written, and damage is found', async () => {
    const { storage } = pool
    const sweep = sweepNamed()
    await storage.touchSweep(sweep)
    const { scenario, traces, hash } = await readScenario('scenarios/nasa-ipsc.yaml')
    const point = { scenario, traces: Object.fromEntries(traces), asked: [] }
    const writer = new InputWriter(storage, sweep.id)
    const input = await writer.write(point)
    expect(await writer.write(point)).toBe(input)
    const reader = new InputReader(storage)
    expect(await reader.read(sweep.id, jobOf(hash, input))).toEqual(point)
    const damaged = new Uint8Array((await storage.input(sweep.id, input)) as Uint8Array)
    await storage.putInput(sweep.id, 'ab', damaged)
    await expect(reader.read(sweep.id, jobOf(hash, 'ab'))).rejects.toThrow('the input ab of the pool is damaged')
    await removeSweep(pool, sweep.id)
  })

  test('status and cancel', async () => {
    const sweep = sweepNamed()
    await pool.storage.touchSweep(sweep)
    const worker = {
      id: 'w',
      host: 'machine-7',
      threads: 3,
      versions: programVersions(),
      running: 2,
      done: 5,
      seen: Date.now(),
    }
    await pool.storage.reportWorker(worker)
    await pool.storage.reportWorker({ ...worker, id: 'gone', seen: Date.now() - 3_600_000 })
    const call = (...line: string[]) => inThisProcess([...line, '--pool', server.url])
    const status = await call('sweep', 'status', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({
      sweeps: [{ id: sweep.id, waiting: 0, active: 0, failed: 0 }],
      workers: [{ host: 'machine-7', done: 5 }],
    })
    expect((await call('sweep', 'status')).stdout).toContain('worker machine-7: 2 of 3 threads busy, 5 runs completed')
    const unknown = await call('sweep', 'cancel', 'abc')
    expect([unknown.code, unknown.stderr]).toEqual([exitCodes.badInput.code, expect.stringContaining('no sweep abc')])
    const removed = await call('sweep', 'cancel', sweep.id)
    expect([removed.code, removed.stdout]).toEqual([exitCodes.done.code, `removed ${sweep.id}\n`])
    expect(await pool.storage.sweeps()).toEqual([])
    expect((await call('sweep', 'cancel', '--all')).stdout).toBe('nothing to remove\n')
  })

  test('a wrong password is bad input, and is not shown', async () => {
    const refused = await inThisProcess(['sweep', 'status', '--pool', server.url.replace(/se%3A\w+/, 'wrong%2Fone')])
    expect([refused.code, refused.stderr]).toEqual([
      exitCodes.badInput.code,
      expect.stringContaining('the pool refuses the user or the password'),
    ])
    expect(refused.stderr).not.toMatch(/wrong(%2F|\/)one|se(%3A|:)cret/)
  })
})

test('a server that is not there ends with exit code 74', async () => {
  for (const kind of ['redis', 'postgres']) {
    const gone = await inThisProcess(['sweep', 'status', '--pool', `${kind}://:hidden@127.0.0.1:${await freePort()}`])
    expect([gone.code, gone.stderr]).toEqual([
      exitCodes.diskFailed.code,
      expect.stringContaining('cannot connect to the pool'),
    ])
    expect(gone.stderr).not.toContain('hidden')
  }
})

test.runIf(hasRedis())('a Redis that may evict jobs is refused', async () => {
  const server = await startRedis({ policy: 'allkeys-lru' })
  try {
    const refused = await inThisProcess(['worker', '--pool', server.url])
    expect([refused.code, refused.stderr]).toEqual([
      exitCodes.badInput.code,
      expect.stringMatching(/maxmemory-policy allkeys-lru[\s\S]*noeviction/),
    ])
  } finally {
    await server.remove()
  }
})

test.each<[string, readonly string[], string]>([
  ['no pool', ['worker'], 'worker needs a pool'],
  ['no sweep', ['sweep', 'cancel', '--pool', 'redis://127.0.0.1:1'], 'sweep cancel needs a sweep'],
  ['no duration', ['worker', '--pool', 'redis://127.0.0.1:1', '--idle', 'soon'], '--idle soon is not a duration'],
  [
    'a shard too',
    ['sweep', 'quickstart', '--pool', 'redis://q', '--shard', '1/2', '--results', 'r'],
    'does not go with --pool',
  ],
])('%s is bad input', async (_, line, message) => {
  const refused = await inThisProcess(line, newFolder())
  expect([refused.code, refused.stderr]).toEqual([exitCodes.badInput.code, expect.stringContaining(message)])
})
