import fc from 'fast-check'
import { expect, test } from 'vitest'
import { often } from '../../house/effort.ts'
import { busy, gossip, graph, withSnapshots } from './gossip-graphs.ts'

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

test('the seed and the replication make the history', async () => {
  const { digest } = await gossip(busy, { end: 500 })
  expect((await gossip(busy, { end: 500 })).digest).toBe(digest)
  expect((await gossip(busy, { end: 500, replication: 1 })).digest).not.toBe(digest)
  expect((await gossip(busy, { end: 500, seed: 'other' })).digest).not.toBe(digest)
})
