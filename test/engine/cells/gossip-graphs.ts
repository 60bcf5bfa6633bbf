/** Cell graphs that send each other messages at random, and their histories. */
import fc from 'fast-check'
import type { RunCellsOptions } from '#engine/cells/run-cells.ts'
import type { GossipSpec } from './programs/gossip.ts'
import { run } from './running.ts'

export const graph = fc.record({
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

export type Graph = typeof graph extends fc.Arbitrary<infer G> ? G : never

export function gossip({ spec, lookahead, ...rest }: Graph, options: Partial<RunCellsOptions>) {
  const whole: GossipSpec = { ...spec, lookahead }
  return run('gossip', whole, { lookahead, ...rest, ...options })
}

/** Runs a graph with snapshots; the middle one, if there is any, is returned too. */
export async function withSnapshots(of: Graph, every: number, threads: number) {
  const blobs: Uint8Array[] = []
  const result = await gossip(of, { threads, checkpointEvery: every, onCheckpoint: (blob) => void blobs.push(blob) })
  return { result, blobs, middle: blobs[blobs.length >> 1] }
}

export const busy: Graph = {
  cells: 8,
  lookahead: 40,
  end: 4000,
  seed: 'busy',
  spec: { seeds: 3, gap: 20, spread: 100, chatter: 40, stir: 20 },
}
