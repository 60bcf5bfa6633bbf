import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunCellsOptions } from '#engine/cells/run-cells.ts'
import { often } from '../../house/effort.ts'
import type { GossipSpec } from './programs/gossip.ts'
import { contents, run } from './running.ts'

const graph = fc.record({
  cells: fc.integer({ min: 1, max: 7 }),
  lookahead: fc.integer({ min: 1, max: 200 }),
  end: fc.integer({ min: 0, max: 3000 }),
  seed: fc.string(),
  spec: fc.record({
    seeds: fc.integer({ min: 0, max: 4 }),
    gap: fc.integer({ min: 1, max: 300 }),
    spread: fc.constantFrom<number[]>(0, 1, 50, 1000),
    chatter: fc.integer({ min: 0, max: 100 }),
    stir: fc.integer({ min: 0, max: 50 }),
  }),
})

type Graph = typeof graph extends fc.Arbitrary<infer G> ? G : never

function gossip({ spec, lookahead, ...rest }: Graph, options: Partial<RunCellsOptions>) {
  const whole: GossipSpec = { ...spec, lookahead }
  return run('gossip', whole, { lookahead, ...rest, ...options })
}

/** Runs a graph with snapshots; the middle one, if there is any, is returned too. */
async function withSnapshots(of: Graph, every: number, threads: number) {
  const blobs: Uint8Array[] = []
  const result = await gossip(of, { threads, checkpointEvery: every, onCheckpoint: (blob) => void blobs.push(blob) })
  return { result, blobs, middle: blobs[blobs.length >> 1] }
}

test('snapshots leave no trace, and a run restored from one ends with the same history', async () => {
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 1, max: 1500 }), async (of, every) => {
      const alone = await gossip(of, {})
      const { result, middle } = await withSnapshots(of, every, 1)
      expect(result).toEqual(alone)
      if (middle !== undefined) expect(await gossip(of, { resumeFrom: middle })).toEqual(alone)
    }),
    { numRuns: often(8, 60) },
  )
})

test('any cell graph has one history on 1 to 4 threads, also across a snapshot onto other threads', async () => {
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 4 }), async (of, one, other) => {
      const alone = await withSnapshots(of, 700, 1)
      const threaded = await withSnapshots(of, 700, one)
      expect(threaded.result).toEqual(alone.result)
      expect(threaded.blobs.map(contents)).toEqual(alone.blobs.map(contents))
      if (alone.middle === undefined) return
      expect(await gossip(of, { threads: other, resumeFrom: threaded.middle })).toEqual(alone.result)
    }),
    { numRuns: often(3, 10) },
  )
})

const busy: Graph = {
  cells: 8,
  lookahead: 40,
  end: 4000,
  seed: 'busy',
  spec: { seeds: 3, gap: 20, spread: 100, chatter: 40, stir: 20 },
}

test('eight threads on fewer cores come to the history of one', async () => {
  const alone = await gossip(busy, {})
  expect(alone.executed).toBeGreaterThan(9000)
  expect(await gossip(busy, { threads: 8 })).toEqual(alone)
})

test('the seed and the replication make the history', async () => {
  const { digest } = await gossip(busy, { end: 500 })
  expect((await gossip(busy, { end: 500 })).digest).toBe(digest)
  expect((await gossip(busy, { end: 500, replication: 1 })).digest).not.toBe(digest)
  expect((await gossip(busy, { end: 500, seed: 'other' })).digest).not.toBe(digest)
})
