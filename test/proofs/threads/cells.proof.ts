/** Any graph of cells has one history, whatever the number of threads. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { busy, gossip, graph, withSnapshots } from '../../engine/cells/gossip-graphs.ts'
import { contents } from '../../engine/cells/running.ts'
import { isShort } from '../effort.ts'

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
    { numRuns: isShort ? 10 : 60 },
  )
})

test('eight threads on fewer cores come to the history of one', async () => {
  const alone = await gossip(busy, {})
  expect(alone.executed).toBeGreaterThan(9000)
  expect(await gossip(busy, { threads: 8 })).toEqual(alone)
})
