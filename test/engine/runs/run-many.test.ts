import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { RunError } from '#engine/runs/run-error.ts'
import { type RunManyOptions, runMany } from '#engine/runs/run-many.ts'
import type { QueuePoint } from './programs/queue.ts'

type Result = { load: number; replication: number; mean: number; next: number }

function queues(points: readonly QueuePoint[], options: Partial<RunManyOptions<Result>> = {}) {
  const module = new URL('./programs/queue.ts', import.meta.url)
  return runMany<Result>({ module, points, replications: 3, seed: 'queues', threads: 1, ...options })
}

const points = [{ load: 20 }, { load: 30 }, { load: 45 }]

/** Counts the workers started from now on that are still alive. */
function watchWorkers(): () => number {
  const started: Worker[] = []
  const note = (worker: Worker) => started.push(worker)
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return () => started.filter((worker) => worker.threadId !== -1).length
}

test('results come in the order of points and replications, the same on any threads', async () => {
  const alive = watchWorkers()
  const alone = await queues(points)
  expect(alone.map((results) => results.map(({ load, replication }) => [load, replication]))).toEqual(
    points.map(({ load }) => [0, 1, 2].map((replication) => [load, replication])),
  )
  for (const threads of [2, 4]) expect(await queues(points, { threads })).toEqual(alone)
  expect(alive()).toBe(0)
})

test('points meet common random numbers, replications do not', async () => {
  const [first, second] = await queues(points)
  expect(first.map(({ next }) => next)).toEqual(second.map(({ next }) => next))
  expect(new Set(first.map(({ next }) => next)).size).toBe(3)
})

test('sequential stopping asks each point on its own, after whole batches, the same on any threads', async () => {
  const runs = async (threads: number) => {
    const asked: Record<number, number[]> = { 0: [], 1: [], 2: [] }
    const more = (results: readonly Result[], pointIndex: number) => {
      asked[pointIndex].push(results.length)
      expect(results.map(({ replication }) => replication)).toEqual([...results.keys()])
      const means = results.map(({ mean }) => mean)
      return Math.max(...means) - Math.min(...means) > 0.02 * results.length ? 2 : 0
    }
    return { asked, results: await queues(points, { threads, more }) }
  }
  const alone = await runs(1)
  expect(alone.asked[2].length).toBeGreaterThan(alone.asked[0].length)
  for (const [i, asked] of Object.values(alone.asked).entries()) {
    expect(asked).toEqual(asked.map((_, batch) => 3 + 2 * batch))
    expect(alone.results[i]).toHaveLength(asked.at(-1)!)
  }
  expect(await runs(3)).toEqual(alone)
})

test.each([1, 2])('each run that finishes on %i threads is reported', async (threads) => {
  const messages: string[] = []
  const counts: number[] = []
  const results = await queues(points, {
    threads,
    onRun({ pointIndex, replication, result, finished, planned }) {
      expect(result).toMatchObject({ load: points[pointIndex].load, replication })
      messages.push(`${pointIndex}/${replication}`)
      counts.push(finished)
      expect(planned).toBe(9)
    },
  })
  expect(messages.sort()).toEqual(results.flatMap((of, point) => of.map((_, replication) => `${point}/${replication}`)))
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test.each([
  ['throw', [1, 2], 'no queue of load 30'],
  ['symbol', [1, 2], 'Symbol(no data) could not be cloned.'],
  ['exit', [2], 'worker exited with code: 4'],
] as const)('%s in a run ends all with its point, replication and seed', async (fault, threadCounts, message) => {
  for (const threads of threadCounts) {
    const alive = watchWorkers()
    const failing = queues([points[0], { load: 30, fault, faulty: 2 }, points[2]], { threads })
    const error = await failing.catch((thrown) => thrown)
    expect(error).toBeInstanceOf(RunError)
    expect(error.message).toBe(`The run of point 1, replication 2, seed 'queues' failed: ${message}`)
    expect(error).toMatchObject({ pointIndex: 1, replication: 2, seed: 'queues' })
    expect(alive()).toBe(0)
  }
  const { cause } = await queues([{ load: 30, fault: 'throw', faulty: 0 }], { threads: 2 }).catch((thrown) => thrown)
  expect(cause).toMatchObject({ name: 'RangeError', message: 'no queue of load 30' })
})

test('an abort ends runs that would never end, and no worker is left', async () => {
  const alive = watchWorkers()
  const controller = new AbortController()
  const stuck = { load: 20, fault: 'hang', faulty: 1 } as const
  const onRun = () => controller.abort('enough')
  const running = queues([stuck], { threads: 2, onRun, signal: controller.signal })
  await expect(running).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' })
  expect(alive()).toBe(0)
  await expect(queues(points, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
})

test('in the calling thread an abort is seen between two runs', async () => {
  const controller = new AbortController()
  let finished = 0
  const onRun = () => void (++finished === 2 && controller.abort())
  await expect(queues(points, { onRun, signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
  expect(finished).toBe(2)
})

test.each([1, 2])('an error of the caller, on %i threads, comes through as it is', async (threads) => {
  const own = new Error('no room for results')
  const fail = () => {
    throw own
  }
  await expect(queues(points, { threads, onRun: fail })).rejects.toBe(own)
  await expect(queues(points, { threads, more: fail })).rejects.toBe(own)
  await expect(queues(points, { threads, more: () => -1 })).rejects.toThrow(RangeError)
})

test('no points make no runs', async () => {
  for (const threads of [1, 2]) expect(await queues([], { threads })).toEqual([])
})

test('options that make no sense are refused', async () => {
  await expect(queues(points, { threads: 0 })).rejects.toThrow('threads is a whole number from 1 on, not 0')
  await expect(queues(points, { replications: 0.5 })).rejects.toThrow(
    'replications is a whole number from 1 on, not 0.5',
  )
})

test('`only` makes the runs of one part; the parts make up the whole', async () => {
  const whole = await queues(points)
  const parts = await Promise.all(
    [0, 1].map((part) => queues(points, { only: (point, replication) => (point * 3 + replication) % 2 === part })),
  )
  const joined = whole.map((ofPoint, point) => ofPoint.map((_, run) => parts[(point * 3 + run) % 2][point][run]))
  expect(joined).toEqual(whole)
  expect(parts.map((part) => part.flat().length)).toEqual([5, 4])
  await expect(queues(points, { only: () => true, more: () => 0 })).rejects.toThrow('exclude each other')
})
