import { expect, test } from 'vitest'
import { medianRank } from '#engine/statistics/median-interval.ts'

test.each([
  // From tables of the sign test at 5 %, two-sided: Conover, Practical Nonparametric Statistics, table A3.
  [5, null],
  [6, 1],
  [8, 1],
  [9, 2],
  [10, 2],
  [15, 4],
  [20, 6],
  [30, 10],
  [50, 18],
  [100, 40],
])('of %i values the %s. from each end', (count, rank) => {
  expect(medianRank(count)).toBe(rank)
})

test('it covers the median with the confidence, and one place further in does not', () => {
  /** P(Bin(n, 1/2) < rank), in whole numbers. */
  const below = (count: number, rank: number): number => {
    let [term, sum] = [1n, 0n]
    for (let events = 0n; events < BigInt(rank); events++) {
      sum += term
      term = (term * (BigInt(count) - events)) / (events + 1n)
    }
    return Number((sum * 10n ** 12n) >> BigInt(count)) / 1e12
  }
  for (const [count, confidence] of [
    [12, 0.9],
    [37, 0.95],
    [400, 0.99],
    [1075, 0.95],
    [9_999, 0.95],
  ]) {
    const rank = medianRank(count, confidence) as number
    expect(2 * below(count, rank)).toBeLessThanOrEqual(1 - confidence)
    expect(2 * below(count, rank + 1)).toBeGreaterThan(1 - confidence)
  }
})

test('a wrong number of values, or a wrong confidence, is refused', () => {
  expect(() => medianRank(1.5)).toThrow(RangeError)
  expect(() => medianRank(10, 1)).toThrow(RangeError)
})
