import { expect, test } from 'vitest'
import { exponentOf } from '../../bench/growth/exponent.ts'
import { growthOf, lineOf } from '../../bench/growth.ts'

test.each([
  ['linear', 10, 100, 1],
  ['quadratic', 10, 1000, 2],
  ['level', 10, 10, 0],
  ['too little to say', 0.05, 100, null],
])('ten times the buyers, %s: from %d s to %d s the exponent is %d', (_name, before, after, exponent) => {
  expect(exponentOf([1000, before + 3], [10_000, after + 3], 3)).toEqual(
    exponent === null ? null : expect.closeTo(exponent, 10),
  )
})

test('a command that grows too fast is marked', () => {
  const at = (buyers: number, cpuSeconds: number) => ({ buyers, cpuSeconds, peakMiB: 100 })
  const slow = growthOf('export/csv', [at(20, 1), at(1000, 2), at(10_000, 101)])
  expect(slow.exponent).toBeCloseTo(2)
  expect(lineOf(slow)).toMatch(/TOO FAST$/)
  expect(lineOf(growthOf('report', [at(20, 1), at(1000, 2), at(10_000, 11)]))).not.toContain('TOO FAST')
})
