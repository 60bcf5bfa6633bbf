import { expect, test } from 'vitest'
import type { Asked } from '#reports/sweep/estimates.ts'
import { fanOf, firstMissedOf, firstMissedText, type Months, type PoolUse } from '#reports/sweep/over-time.ts'

const asked: Asked = {
  text: 'ecs.refusalRate < 1%',
  unit: 'share',
  kind: 'event-share',
  bound: { op: '<', value: 0.01 },
}
/** A run whose months refuse so many of a hundred. */
const run = (...refused: (number | null)[]): Months =>
  Object.fromEntries(refused.map((each, month) => [`2024-0${month + 1}`, each === null ? null : `${each}/100`]))

test.each<[string, readonly Months[], string]>([
  ['never', [run(0, 0), run(0, 0)], ''],
  ['in the first month of each', [run(1, 0), run(5, 5)], 'first missed in 2024-01'],
  [
    'later in some: six runs have an interval, from the first to the last',
    [run(0, 1, 0), run(0, 0, 2), run(0, 1, 3), run(2, 0, 0), run(0, 1, 1), run(0, 0, 9)],
    'first missed in 2024-02 (95 % interval 2024-01 to 2024-03)',
  ],
  [
    'not in all runs: those are later than any month',
    [run(0, 3), run(0, 3), run(0, 0), run(0, 3), run(0, 3), run(0, 0)],
    'first missed in 2024-02 (95 % interval 2024-02 to after the end of the run), never in 2 of 6 runs',
  ],
  ['in few runs', [run(0, 0), run(0, 3), run(0, 0)], 'in most runs not missed, never in 2 of 3 runs'],
  ['months with nothing to measure say nothing', [run(null, 4), run(0, 4)], 'first missed in 2024-02'],
])('%s', (_, runs, words) => {
  const first = firstMissedOf(asked, runs)
  expect(first).not.toBeNull()
  if (first !== null) expect(firstMissedText(first)).toBe(words)
})

test('nothing is said without a bound, without months, and of a single month', () => {
  expect(firstMissedOf({ ...asked, bound: null }, [run(9, 9)])).toBeNull()
  expect(firstMissedOf(asked, [null, null])).toBeNull()
  expect(firstMissedOf(asked, [run(9), run(9)])).toBeNull()
})

test('the fan of a pool: least, 10 %, median, 90 % and most of the runs on each day', () => {
  const runs = Array.from({ length: 10 }, (_, each): PoolUse[] => [
    { pool: 'a/x', days: { '2024-01-02': 1000 * each, ...(each === 0 ? {} : { '2024-01-01': 5000 }) } },
    { pool: 'a/y', days: {} },
  ])
  expect(fanOf(3, runs)).toEqual([
    {
      ...{ point: 3, pool: 'a/x' },
      days: [
        { day: '2024-01-01', least: 0.5, low: 0.5, median: 0.5, high: 0.5, most: 0.5 },
        { day: '2024-01-02', least: 0, low: 0, median: 0.4, high: 0.8, most: 0.9 },
      ],
    },
    { point: 3, pool: 'a/y', days: [] },
  ])
})
