import { expect, test } from 'vitest'
import { runMoments } from '#engine/statistics/run-mean.ts'
import { isPreciseMean, nextRuns } from '#engine/statistics/run-precision.ts'

const events = (values: readonly number[]) =>
  runMoments(
    'events',
    values,
    values.map(() => 1),
  )
const times = (count: number, of: (run: number) => number) => Array.from({ length: count }, (_, run) => of(run))

test('a rare event seen never or once has no relative precision', () => {
  expect(isPreciseMean(events(times(10, () => 0)), 0.9)).toBe(false)
  expect(isPreciseMean(events(times(1000, () => 0)), 0.9)).toBe(false)
  expect(isPreciseMean(events(times(100, (run) => (run === 50 ? 1 : 0))), 0.9)).toBe(false)
})

test('a figure is precise once its interval is, and never before ten runs', () => {
  const near = (count: number) => events(times(count, (run) => 1000 + (run % 2 === 0 ? 30 : -30)))
  expect([9, 10].map((count) => isPreciseMean(near(count), 0.05))).toEqual([false, true])
  expect(isPreciseMean(near(10), 0.01)).toBe(false)
  expect(() => isPreciseMean(near(10), 0)).toThrow('not above 0')
})

test('runs grow to ten, then by a quarter, up to the most', () => {
  const looks = (runs: number, most: number) => {
    const made = [runs]
    for (let more = nextRuns(runs, most); more > 0; more = nextRuns(made[made.length - 1], most))
      made.push(made[made.length - 1] + more)
    return made
  }
  expect(looks(3, 60)).toEqual([3, 10, 13, 17, 22, 28, 35, 44, 55, 60])
  expect(looks(2, 4)).toEqual([2, 4])
})
