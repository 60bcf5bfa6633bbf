/** A stall of the whole process is distinguished from a thread that is slow or at rest. */
import { expect, test } from 'vitest'
import { Gaps, LEAST_STALL, processStalls, type ThreadGaps } from '#sim/load-test/stalls.ts'

const thread = (ended: number, ...gaps: [from: number, to: number][]): ThreadGaps => ({
  ended,
  gaps: gaps.map(([from, to]) => ({ from, to })),
})
const stop = { from: 1_000, to: 3_000 }

test.each<[string, ThreadGaps[], number]>([
  ['all threads worked', [thread(9_000, [990, 3_010]), thread(9_000, [1_000, 3_020])], 1],
  ['one was at rest until after the stop', [thread(9_000, [990, 3_010]), thread(9_000, [1_050, 3_010])], 1],
  ['one thread continued', [thread(9_000, [990, 3_010]), thread(9_000)], 0],
  ['one stalled only briefly', [thread(9_000, [990, 3_010]), thread(9_000, [2_900, 3_010])], 0],
  ['one was done before', [thread(9_000, [990, 3_010]), thread(900)], 1],
  ['all were done before', [thread(900), thread(900)], 0],
])('where %s', (_, threads, stalls) => {
  expect(processStalls([stop], threads)).toEqual(stalls === 1 ? [stop] : [])
})

test('stretches shorter than any stall are not kept', () => {
  const gaps = new Gaps()
  gaps.add(0, LEAST_STALL - 1)
  gaps.add(500, 500 + LEAST_STALL)
  expect(gaps.all).toEqual([{ from: 500, to: 500 + LEAST_STALL }])
})
