import { expect, test } from 'vitest'
import type { CellsProgress } from '#engine/cells/progress.ts'
import { run, watchWorkers } from './running.ts'

const ticking = { fault: 'none', cell: 0, at: 0 }
/** Longer than any test waits. */
const forever = { end: 10 ** 14, progressEveryMs: 10 }

test.each([1, 2, 8])('an abort ends a run on %i threads, and no worker is left', async (threads) => {
  const { alive } = watchWorkers()
  const controller = new AbortController()
  const onProgress = () => controller.abort('enough')
  const running = run('faulty', ticking, { ...forever, threads, cells: 8, onProgress, signal: controller.signal })
  await expect(running).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' })
  expect(alive()).toBe(0)
})

test('an abort while the threads start, or before, ends the run', async () => {
  const { started, alive } = watchWorkers()
  const controller = new AbortController()
  const running = run('faulty', ticking, { ...forever, threads: 2, signal: controller.signal })
  controller.abort()
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect([started.length, alive()]).toEqual([2, 0])
  const late = run('faulty', ticking, { ...forever, threads: 2, signal: controller.signal })
  await expect(late).rejects.toMatchObject({ name: 'AbortError' })
  expect(started.length).toBe(2)
})

const cellsOf = (threads: number): number[] => (threads === 1 ? [3] : [1, 2])

test.each([1, 2])('progress on %i threads goes up', async (threads) => {
  const seen: CellsProgress[] = []
  const controller = new AbortController()
  const onProgress = (progress: CellsProgress) => {
    seen.push(progress)
    if (seen.length === 5) controller.abort()
  }
  const running = run('faulty', ticking, {
    ...forever,
    threads,
    progressEveryMs: 1,
    onProgress,
    signal: controller.signal,
  })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  for (const [i, { now, executed, perThread }] of seen.entries()) {
    expect(now).toBeGreaterThanOrEqual(seen[i - 1]?.now ?? 0)
    expect(executed).toBeGreaterThanOrEqual(seen[i - 1]?.executed ?? 0)
    expect(perThread.map((thread) => thread.cells)).toEqual(cellsOf(threads))
  }
})

test.each([1, 2])('progress on %i threads ends with the run', async (threads) => {
  let last: CellsProgress | undefined
  const onProgress = (progress: CellsProgress) => {
    last = progress
  }
  const { executed } = await run('faulty', ticking, { threads, end: 3_000, onProgress })
  expect(last).toMatchObject({ now: 3_000, executed })
  for (const { state, now } of last!.perThread) expect({ state, now }).toEqual({ state: 'done', now: 3_000 })
})

test.each([1, 2])('an error of the caller, on %i threads, ends the run as it is', async (threads) => {
  const { alive } = watchWorkers()
  const own = new Error('the disk is full')
  const fail = () => {
    throw own
  }
  await expect(run('faulty', ticking, { ...forever, threads, onProgress: fail })).rejects.toBe(own)
  const saving = { checkpointEvery: 1000, onCheckpoint: async () => fail() }
  await expect(run('faulty', ticking, { ...forever, threads, ...saving })).rejects.toBe(own)
  expect(alive()).toBe(0)
})
