import { expect, test } from 'vitest'
import { batchMeans } from '#engine/statistics/batch-means.ts'
import { covers, meanInterval, normalCritical } from '#engine/statistics/confidence.ts'
import { pairedDifference } from '#engine/statistics/paired.ts'
import { averageRun, replicationDeletion } from '#engine/statistics/replication.ts'
import { expectedReplications, isPrecise, replicateUntil } from '#engine/statistics/sequential.ts'
import { Tally } from '#engine/statistics/tally.ts'
import { wilson } from '#engine/statistics/wilson.ts'

function tallyOf(xs: readonly number[]): Tally {
  const tally = new Tally()
  for (const x of xs) tally.add(x)
  return tally
}

const law = [1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09]

test('ten observations with mean 1.34 and variance 0.17: the 90 % interval is 1.34 +- 0.24 (Law, section 4.5)', () => {
  const interval = meanInterval(tallyOf(law), 0.9)
  expect(interval.mean).toBeCloseTo(1.343, 12)
  expect(tallyOf(law).variance).toBeCloseTo(0.17, 2)
  expect(interval.halfWidth).toBeCloseTo(0.24, 2)
  expect([interval.confidence, interval.count]).toEqual([0.9, 10])
  expect(interval.high - interval.low).toBeCloseTo(2 * interval.halfWidth, 14)
  expect([covers(interval, interval.low), covers(interval, 1.34), covers(interval, 1.59)]).toEqual([true, true, false])
})

test('one observation says nothing about its error', () => {
  expect(meanInterval(tallyOf([3]))).toMatchObject({ mean: 3, halfWidth: Infinity, low: -Infinity, high: Infinity })
})

test('a confidence is a probability', () => {
  expect(normalCritical(0.95)).toBeCloseTo(1.959963984540054, 14)
  for (const bad of [0, 1, 95]) expect(() => meanInterval(tallyOf(law), bad)).toThrow('between 0 and 1')
})

// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
// method 3, 95 %.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%s of %s: Wilson from %s to %s', (successes, trials, low, high) => {
  const found = wilson(successes, trials)
  expect(found.low).toBeCloseTo(low, 4)
  expect(found.high).toBeCloseTo(high, 4)
  const mirrored = wilson(trials - successes, trials)
  expect(mirrored.low).toBeCloseTo(1 - found.high, 12)
  expect(mirrored.high).toBeCloseTo(1 - found.low, 12)
})

test('Wilson bounds solve (p - estimate)^2 = z^2 p (1 - p) / n', () => {
  const { estimate, low, high } = wilson(37, 100, 0.99)
  for (const p of [low, high]) {
    expect((p - estimate) ** 2).toBeCloseTo((normalCritical(0.99) ** 2 * p * (1 - p)) / 100, 14)
  }
  expect([wilson(0, 7).low, wilson(7, 7).high]).toEqual([0, 1])
  expect(() => wilson(1, 0)).toThrow('not a proportion')
  expect(() => wilson(8, 7)).toThrow('not a proportion')
})

test("pairs: Student's two soporifics (1908) differ by 1.58 hours, 95 % from 0.7001 to 2.4599", () => {
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
  const difference = pairedDifference(second, first)
  expect(difference.mean).toBeCloseTo(1.58, 12)
  expect(difference.low).toBeCloseTo(0.7001142, 7)
  expect(difference.high).toBeCloseTo(2.4598858, 7)
  expect(difference.correlation).toBeCloseTo(0.7951702, 7)
  expect(difference.varianceRatio).toBeCloseTo(0.2098, 4)
  expect(difference.significant).toBe(true)
})

test('pairs that differ by a constant have no error; unequal numbers of runs are refused', () => {
  expect(pairedDifference([3, 5, 9], [1, 3, 7])).toMatchObject({ mean: 2, correlation: 1, varianceRatio: 0 })
  expect(pairedDifference([1, 1], [1, 1])).toMatchObject({
    mean: 0,
    correlation: 0,
    varianceRatio: 1,
    significant: false,
  })
  expect(() => pairedDifference([1, 2], [1])).toThrow('cannot pair')
})

test('batch means: 1 2 | 3 4 | 8 0 | 5 7, an odd observation left out in front', () => {
  const found = batchMeans([99, 1, 2, 3, 4, 8, 0, 5, 7], 4, 0.95, false)
  // Means 1.5, 3.5, 4, 6; deviations -2.25, -0.25, 0.25, 2.25; squares sum to 10.25.
  expect(found).toMatchObject({ mean: 3.75, size: 2, count: 4 })
  expect(found.halfWidth).toBeCloseTo(3.18244630528371 * Math.sqrt(10.25 / 3 / 4), 12)
  expect(found.correlation).toBeCloseTo((0.5625 - 0.0625 + 0.5625) / 10.25, 14)
  expect(() => batchMeans([1, 2, 3], 4)).toThrow('into 4 batches')
  expect(batchMeans([5, 5, 5, 5], 2, 0.95, false)).toMatchObject({ mean: 5, halfWidth: 0, correlation: 0 })
})

test('replication/deletion cuts the same warm-up from every run', () => {
  const run = (level: number) => Array.from({ length: 100 }, (_, i) => (i < 10 ? 0 : level))
  const runs = [run(9), run(10), run(11)]
  expect(averageRun(runs).slice(8, 12)).toEqual(Float64Array.of(0, 0, 10, 10))
  expect(replicationDeletion(runs, 0.95, undefined, false)).toMatchObject({
    mean: 10,
    discard: 10,
    settled: true,
    count: 3,
  })
  expect(replicationDeletion(runs, 0.95, undefined, false).halfWidth).toBeCloseTo(4.302652729749464 / Math.sqrt(3), 8)
  expect(replicationDeletion(runs, 0.95, 0, false).mean).toBeCloseTo(9, 12)
  expect(() => replicationDeletion(runs, 0.95, 100)).toThrow('cannot delete')
  expect(() => replicationDeletion([])).toThrow('at least one run')
})

test('sequential stopping: as soon as the half-width is within g / (1 + g) of the mean', () => {
  const outputs = (i: number) => 100 + (i % 2 === 0 ? 5 : -5)
  const rule = { relative: 0.02 }
  const found = replicateUntil(rule, outputs)
  expect(found.precise).toBe(true)
  expect(found.halfWidth).toBeLessThanOrEqual((found.mean * 0.02) / 1.02)
  const before = tallyOf(Array.from({ length: found.count - 1 }, (_, i) => outputs(i)))
  expect(isPrecise(before, rule)).toBe(false)
  expect(Math.abs(expectedReplications(before, rule) - found.count)).toBeLessThanOrEqual(2)
})

test('sequential stopping never stops below the least number, and gives up at the most', () => {
  expect(replicateUntil({ relative: 0.1 }, () => 1)).toMatchObject({ count: 10, halfWidth: 0, precise: true })
  expect(replicateUntil({ relative: 0.1, least: 3 }, () => 1).count).toBe(3)
  expect(replicateUntil({ relative: 0.1, most: 25 }, (i) => (-2) ** i)).toMatchObject({ count: 25, precise: false })
  expect(() => isPrecise(tallyOf([1, 2]), { relative: 0 })).toThrow('not above 0')
  expect(expectedReplications(tallyOf([1]), { relative: 0.1 })).toBe(Infinity)
  expect(expectedReplications(tallyOf([0, 0]), { relative: 0.1 })).toBe(10)
})
