import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from '#engine/statistics/histogram.ts'

function histogramOf(values: readonly number[], digits = 3): Histogram {
  const histogram = new Histogram(digits)
  for (const value of values) histogram.add(value)
  return histogram
}

/** Whole values spread over all magnitudes up to 2^53 - 1. */
const value = fc
  .tuple(fc.nat(52), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([octave, part]) => Math.floor(part * 2 ** (octave + 1)))
const values = fc.array(value, { maxLength: 80 })
const digits = fc.integer({ min: 1, max: 5 })

/** The definition: the smallest value that at least `percent` of all do not exceed. */
function nearestRank(sorted: readonly number[], percent: number): number {
  return sorted.find((_, i) => 100 * (i + 1) >= percent * sorted.length) as number
}

test('below 2 x 10^digits every value has its own bucket', () => {
  const histogram = histogramOf(Array.from({ length: 2000 }, (_, i) => i))
  expect([...histogram.buckets()]).toEqual(Array.from({ length: 2000 }, (_, i) => ({ from: i, to: i + 1, count: 1 })))
})

const waits = Array.from({ length: 1000 }, (_, i) => i + 1)
test.each([
  // percent  value  of 1, 2, ... 1000
  [0, 1],
  [0.1, 1],
  [0.11, 2],
  [50, 500],
  [50.01, 501],
  [90, 900],
  [99, 990],
  [99.9, 999],
  [99.91, 1000],
  [100, 1000],
])('the %s th percentile of 1 ... 1000 is %s', (percent, expected) => {
  expect(histogramOf(waits).percentile(percent)).toBe(expected)
})

test('three digits: 1,000,000 falls in [999936, 1000448), a bucket of 512, and a percentile never exceeds the maximum', () => {
  const histogram = histogramOf([1_000_000, 5_000_000])
  expect([...histogram.buckets()][0]).toEqual({ from: 999_936, to: 1_000_448, count: 1 })
  expect(histogram.percentile(50)).toBe(1_000_000)
  expect(histogramOf([1_000_000, 1_000_001, 5_000_000]).percentile(60)).toBe(1_000_447)
  expect(histogram.percentile(100)).toBe(5_000_000)
})

test('the empty histogram has no percentile, and says so', () => {
  const empty = new Histogram()
  expect([empty.count, empty.mean, empty.percentile(50), empty.min, empty.max]).toEqual([
    0,
    0,
    NaN,
    Infinity,
    -Infinity,
  ])
  expect([...empty.buckets()]).toEqual([])
})

test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%s is refused', (bad) => {
  const histogram = new Histogram()
  expect(() => histogram.add(bad)).toThrow(RangeError)
  expect(() => histogram.addMany(bad, 1)).toThrow(RangeError)
  expect(histogram.count).toBe(0)
})

test('digits, percentages and repetitions out of range are refused, and digits are not mixed', () => {
  expect(() => new Histogram(0)).toThrow('1 to 5')
  expect(() => new Histogram(6)).toThrow('1 to 5')
  expect(() => histogramOf([1]).percentile(101)).toThrow('0..100')
  expect(() => histogramOf([1]).addMany(1, -1)).toThrow('-1 times')
  expect(() => new Histogram(3).merge(new Histogram(2))).toThrow('digits')
  expect(() => new Histogram(3).restore(new Histogram(2).save())).toThrow('digits')
})

test('the sum is exact far above 2^53', () => {
  const top = Number.MAX_SAFE_INTEGER
  const histogram = new Histogram(2)
  histogram.addMany(top, 3_000)
  histogram.add(top)
  expect(histogram.mean).toBe(top)
  histogram.addMany(0, 3_001)
  expect(histogram.mean).toBe(top / 2)
})

test('every percentile is at least the true one and at most one part in 10^digits above it', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 80 }), digits, fc.nat(1000), (xs, d, permille) => {
      const truth = nearestRank(
        [...xs].sort((a, b) => a - b),
        permille / 10,
      )
      const found = histogramOf(xs, d).percentile(permille / 10)
      expect(found).toBeGreaterThanOrEqual(truth)
      expect(found).toBeLessThanOrEqual(truth + truth / 10 ** d)
    }),
  )
})

test('each value is in its bucket, and the buckets hold every value once', () => {
  fc.assert(
    fc.property(values, digits, (xs, d) => {
      const buckets = [...histogramOf(xs, d).buckets()]
      let end = 0
      for (const bucket of buckets) {
        expect(bucket.from).toBeGreaterThanOrEqual(end)
        end = bucket.to
        expect(bucket.count).toBe(xs.filter((x) => bucket.from <= x && x < bucket.to).length)
      }
      expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(xs.length)
    }),
    { numRuns: 50 },
  )
})

test('merging is exact: any order and grouping gives the histogram of all values, to the byte', () => {
  fc.assert(
    fc.property(values, values, values, fc.integer({ min: 1, max: 3 }), (xs, ys, zs, d) => {
      const left = histogramOf(xs, d)
      left.merge(histogramOf(ys, d))
      left.merge(histogramOf(zs, d))
      const right = histogramOf(zs, d)
      right.merge(histogramOf(ys, d))
      right.merge(histogramOf(xs, d))
      const whole = histogramOf([...zs, ...xs, ...ys], d).save()
      expect(left.save()).toEqual(whole)
      expect(right.save()).toEqual(whole)
      const sum = [...xs, ...ys, ...zs].reduce((total, x) => total + BigInt(x), 0n)
      expect(BigInt(whole.moments[1]) * 2n ** 53n + BigInt(whole.moments[2])).toBe(sum)
    }),
    { numRuns: 50 },
  )
})

test('adding many is adding one by one', () => {
  fc.assert(
    fc.property(value, fc.nat(50), values, (x, times, rest) => {
      const many = histogramOf(rest)
      many.addMany(x, times)
      expect(many.save()).toEqual(histogramOf([...rest, ...new Array<number>(times).fill(x)]).save())
    }),
  )
})

test('a restored histogram continues as if it had never stopped, whatever it held before', () => {
  fc.assert(
    fc.property(values, values, values, (xs, ys, before) => {
      const resumed = histogramOf(before)
      resumed.restore(histogramOf(xs).save())
      for (const y of ys) resumed.add(y)
      expect(resumed.save()).toEqual(histogramOf([...xs, ...ys]).save())
      resumed.reset()
      expect(resumed.save()).toEqual(new Histogram().save())
    }),
  )
})
