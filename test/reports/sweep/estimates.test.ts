import { expect, test } from 'vitest'
import { interval } from '#engine/statistics/confidence.ts'
import { type Asked, estimatesOf, verdictOf } from '#reports/sweep/estimates.ts'
import type { Comparison } from '#scenarios/sections/thresholds.ts'

test.each<[Comparison, low: number, high: number, verdict: string]>([
  ['<', 0.1, 0.9, 'kept'],
  ['<', 0.1, 1, 'open'],
  ['<', 1, 2, 'missed'],
  ['<=', 0.1, 1, 'kept'],
  ['<=', 1, 2, 'open'],
  ['<=', 1.1, 2, 'missed'],
  ['>', 1, 2, 'open'],
  ['>', 1.1, 2, 'kept'],
  ['>', 0, 1, 'missed'],
  ['>=', 1, 2, 'kept'],
  ['>=', 0, 0.9, 'missed'],
  ['==', 1, 1, 'kept'],
  ['==', 0.9, 1.1, 'open'],
  ['==', 1, 1.1, 'open'],
  ['==', 1.1, 1.2, 'missed'],
  ['!=', 1, 1, 'missed'],
  ['!=', 0.9, 1.1, 'open'],
  ['!=', 1.1, 1.2, 'kept'],
])('the bound %s 1 of an interval from %d to %d: %s', (op, low, high, verdict) => {
  const found = interval((low + high) / 2, (high - low) / 2, 0.95, 10)
  expect(verdictOf({ ...found, low, high }, { op, value: 1 })).toBe(verdict)
})

const asked: Asked = { text: 'x < 4', unit: 'count', bound: { op: '<', value: 4 } }

test('means, extremes and what the seeds tell of a change', () => {
  const [first, second] = estimatesOf(asked, [
    [1, 2, 3],
    [2.5, 3.4, 4.6],
  ])
  expect(first.interval.mean).toBe(2)
  // t(0.975; 2) = 4.3027, standard deviation 1.
  expect(first.interval.halfWidth).toBeCloseTo(4.302_652_7 / Math.sqrt(3), 6)
  expect([first.least, first.most, first.verdict, first.difference]).toEqual([1, 3, 'open', null])
  expect(second.difference?.mean).toBeCloseTo(1.5, 12)
  expect(second.difference?.significant).toBe(true)
})

test('runs with nothing to measure count for none, and pair with none', () => {
  const [some, none] = estimatesOf(asked, [
    [1, null, 1],
    [null, null, null],
  ])
  expect([some.interval.count, some.interval.mean, some.verdict]).toEqual([2, 1, 'kept'])
  expect([none.interval.count, none.difference, none.verdict]).toEqual([0, null, 'open'])
})

test('one run tells nothing for sure', () => {
  expect(estimatesOf(asked, [[1]])[0].verdict).toBe('open')
})
