/** Many conclusions together, and differences of pairs. */
import { expect, test } from 'vitest'
import { holmAdjusted } from '#engine/statistics/holm.ts'
import { pairedPValue } from '#engine/statistics/paired-test.ts'

test("Holm's four p-values: 0.005, 0.01, 0.03, 0.04 become 0.02, 0.03, 0.06, 0.06", () => {
  expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
  expect(holmAdjusted([0.7, 0.9])).toEqual([1, 1])
  expect(holmAdjusted([])).toEqual([])
})

test("Student's two soporifics (1908): p = 0.00283", () => {
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
  const first = [0.7, -1.6, -0.2, -1.2, -0.2, 3.4, 3.7, 0.8, 0, 2]
  expect(
    pairedPValue(
      second.map((value, i) => value - first[i]),
      false,
    ),
  ).toBeCloseTo(0.00283, 3)
})

test('where pairs differ by the same or not at all, signs decide: three of three in ten give 2 / 8, however large', () => {
  expect(pairedPValue([0, 0, 9, 9.1, 8.9, 0, 0, 0, 0, 0], false)).toBe(0.25)
  expect(pairedPValue([0, 0, 0], true)).toBe(1)
  expect(pairedPValue([3], true)).toBe(1)
  // Three counts that differ by two each are no proof, ten are.
  expect(pairedPValue([2, 2, 2], true)).toBe(0.25)
  expect(
    pairedPValue(
      Array.from({ length: 10 }, () => 2),
      true,
    ),
  ).toBe(0)
  // Amounts that differ by the same in every pair do not do so by chance.
  expect(pairedPValue([10.2, 10.2, 10.2], false)).toBe(0)
})
