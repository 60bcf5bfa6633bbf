import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SnapshotError, snapshotHeader } from '#engine/cells/snapshot.ts'
import { contents, run } from './running.ts'

const spec = { seeds: 2, gap: 30, lookahead: 100, spread: 50, chatter: 60, stir: 30 }

async function snapshots(threads = 1, checkpointEvery = 250) {
  const taken: { blob: Uint8Array; at: number }[] = []
  await run('gossip', spec, { threads, checkpointEvery, onCheckpoint: (blob, at) => void taken.push({ blob, at }) })
  return taken
}

test('a snapshot is taken at the first end of a window from its time on, never at the end of the run', async () => {
  const script = [10, 290, 310, 800, 950].map((at) => ({ cell: 0, at }))
  const times: number[] = []
  const onCheckpoint = (_: Uint8Array, at: number) => void times.push(at)
  await run('log', script, { cells: 1, checkpointEvery: 250, onCheckpoint })
  // Windows end at 110, 390, 900 and 1000; 250 falls into the second, 500 and 750 into the empty time before the third.
  expect(times).toEqual([390, 900])
})

test('a snapshot is taken at the last end of a window by an instant, also in empty time, and moves no window', async () => {
  const script = [10, 290, 310, 800, 950].map((at) => ({ cell: 0, at }))
  const timesBy = async (checkpointBy: number, threads: number) => {
    const times: number[] = []
    const onCheckpoint = (_: Uint8Array, at: number) => void times.push(at)
    const { windows } = await run('log', script, { cells: 2, threads, checkpointBy, onCheckpoint })
    expect(windows).toBe(4)
    return times
  }
  // Windows end at 110, 390, 900 and 1000.
  for (const threads of [1, 2])
    expect(await Promise.all([0, 109, 110, 389, 390, 899, 950, 999].map((by) => timesBy(by, threads)))).toEqual([
      ...[[0], [0], [110], [110], [390], [390], [900], [900]],
    ])
})

test('no cell continues before a snapshot has been taken', async () => {
  for (const threads of [1, 2]) {
    const seen: number[][] = []
    let now: number[] = []
    await run('gossip', spec, {
      threads,
      end: 20_000,
      progressEveryMs: 1,
      onProgress: ({ perThread }) => (now = perThread.map((thread) => thread.now)),
      checkpointEvery: 5000,
      onCheckpoint: async (_, at) => {
        await setTimeout(20)
        seen.push(now.map((each) => each - at))
      },
    })
    expect(seen.length).toBeGreaterThanOrEqual(3)
    for (const ahead of seen) for (const ms of ahead) expect(ms).toBe(0)
  }
})

test('a restored run may end later than the one it was taken from', async () => {
  const [, { blob }] = await snapshots()
  const onTo5000 = await run('gossip', spec, { end: 5000, threads: 2, resumeFrom: blob })
  expect(onTo5000).toEqual(await run('gossip', spec, { end: 5000 }))
})

test('the same run takes the same snapshots on any threads', async () => {
  const alone = await snapshots()
  expect(alone.length).toBeGreaterThanOrEqual(3)
  const threaded = await snapshots(3)
  expect(threaded.map(({ at }) => at)).toEqual(alone.map(({ at }) => at))
  expect(threaded.map(({ blob }) => contents(blob))).toEqual(alone.map(({ blob }) => contents(blob)))
})

test('a snapshot says what run it is of', async () => {
  const [, { blob, at }] = await snapshots(2)
  const run = { cells: 3, lookahead: 100, start: 0, seed: 'test', replication: 0 }
  expect(snapshotHeader(blob)).toMatchObject({ ...run, at, windows: expect.any(Number) })
})

test('a snapshot of another run is refused', async () => {
  const [{ blob, at }] = await snapshots()
  const cases = [
    [{ seed: 'x' }, 'The snapshot is of a run with seed test, and this run has seed x'],
    [{ replication: 3 }, 'The snapshot is of a run with replication 0, and this run has replication 3'],
    [{ cells: 4 }, 'The snapshot is of a run with cells 3, and this run has cells 4'],
    [{ lookahead: 99 }, 'The snapshot is of a run with lookahead 100, and this run has lookahead 99'],
    [{ start: 1 }, 'The snapshot is of a run with start 0, and this run has start 1'],
    [{ end: at - 1 }, `The snapshot was taken at ${at} ms, after this run's end at ${at - 1} ms`],
  ] as const
  for (const [options, message] of cases) {
    await expect(run('gossip', spec, { ...options, resumeFrom: blob })).rejects.toThrow(new SnapshotError(message))
  }
})

test('a damaged or foreign blob is refused', async () => {
  const [{ blob }] = await snapshots()
  const changed = (at: number) => blob.with(at, blob[at] ^ 1)
  const cases = [
    [new Uint8Array(0), 'This is not a snapshot of a run: it does not start like one'],
    [new TextEncoder().encode('SQLite format 3'), 'This is not a snapshot of a run: it does not start like one'],
    [blob.subarray(0, 20), 'The snapshot is cut off'],
    [blob.subarray(0, blob.length - 1), 'The snapshot is damaged: its bytes do not match their SHA-256'],
    [changed(blob.length - 1), 'The snapshot is damaged: its bytes do not match their SHA-256'],
    [changed(60), 'The snapshot is damaged: its bytes do not match their SHA-256'],
    [changed(11), 'The snapshot has format version 2, and only version 3 can be read'],
  ] as const
  for (const [resumeFrom, message] of cases) {
    await expect(run('gossip', spec, { resumeFrom })).rejects.toThrow(new SnapshotError(message))
  }
})
