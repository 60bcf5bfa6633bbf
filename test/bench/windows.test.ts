/** Bounds of the speed-up by threads, from counts of events. */
import { expect, test } from 'vitest'
import { meetingBound, sharedBound, waitingBound } from '../../bench/cells/bounds.ts'

test.each([
  [
    'equal loads never wait',
    [
      [5, 5, 5, 5],
      [5, 5, 5, 5],
    ],
    2,
    2,
    2,
  ],
  [
    'one thread does everything',
    [
      [5, 5, 5, 5],
      [0, 0, 0, 0],
    ],
    1,
    1,
    1,
  ],
  [
    'turns: threads that meet wait, threads that may be ahead do not',
    [
      [8, 2, 8, 2],
      [2, 8, 2, 8],
    ],
    2,
    40 / 32,
    2,
  ],
] as const)('%s', (_, loads, shared, meeting, waiting) => {
  expect(sharedBound(loads)).toBeCloseTo(shared)
  expect(meetingBound(loads, 1)).toBeCloseTo(meeting)
  // A stretch may run when the others have ended the one two before it.
  expect(waitingBound(loads, 2)).toBeCloseTo(waiting)
})

test('meeting after each stretch is waiting for the stretch before', () => {
  const loads = [
    [3, 1, 4, 1, 5],
    [9, 2, 6, 5, 3],
    [5, 8, 9, 7, 9],
  ]
  expect(waitingBound(loads, 1)).toBeCloseTo(meetingBound(loads, 1))
  expect(waitingBound(loads, loads[0].length)).toBeCloseTo(sharedBound(loads))
})
