import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Tally } from '#engine/statistics/tally.ts'

function tallyOf(xs: readonly number[]): Tally {
  const tally = new Tally()
  for (const x of xs) tally.add(x)
  return tally
}

const observations = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 })

function expectSame(a: Tally, b: Tally): void {
  expect([a.count, a.min, a.max]).toEqual([b.count, b.min, b.max])
  expect(Math.abs(a.mean - b.mean)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(b.mean)) + 1e-8)
  expect(Math.abs(a.variance - b.variance)).toBeLessThanOrEqual(1e-9 * (1 + b.variance))
}

test('the eight numbers whose mean is 5 and whose squared deviations sum to 32', () => {
  const tally = tallyOf([2, 4, 4, 4, 5, 5, 7, 9])
  expect(tally.count).toBe(8)
  expect(tally.mean).toBe(5)
  expect(tally.variance).toBeCloseTo(32 / 7, 14)
  expect(tally.standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 14)
  expect([tally.min, tally.max, tally.sum]).toEqual([2, 9, 40])
})

test('an empty tally and a single observation have no variance', () => {
  expect([new Tally().mean, new Tally().variance, new Tally().min, new Tally().max]).toEqual([
    0,
    0,
    Infinity,
    -Infinity,
  ])
  expect([tallyOf([7]).mean, tallyOf([7]).variance]).toEqual([7, 0])
})

test('digits survive a large offset, where the textbook formula loses them all', () => {
  const tally = tallyOf([4, 7, 13, 16].map((x) => x + 1e9))
  expect(tally.mean).toBe(1e9 + 10)
  expect(tally.variance).toBe(30)
})

test('merge equals one tally of both, is associative and has the empty tally as its unit', () => {
  fc.assert(
    fc.property(observations, observations, observations, (xs, ys, zs) => {
      const left = tallyOf(xs)
      left.merge(tallyOf(ys))
      left.merge(tallyOf(zs))
      const tail = tallyOf(ys)
      tail.merge(tallyOf(zs))
      const right = tallyOf(xs)
      right.merge(tail)
      expectSame(left, right)
      expectSame(left, tallyOf([...xs, ...ys, ...zs]))
      const same = tallyOf(xs)
      same.merge(new Tally())
      expect(same.save()).toEqual(tallyOf(xs).save())
    }),
  )
})

test('a restored tally continues as if it had never stopped; a reset one starts from zero', () => {
  fc.assert(
    fc.property(observations, observations, (xs, ys) => {
      const resumed = new Tally()
      resumed.restore(tallyOf(xs).save())
      for (const y of ys) resumed.add(y)
      expect(resumed.save()).toEqual(tallyOf([...xs, ...ys]).save())
      resumed.reset()
      expect(resumed.save()).toEqual(new Tally().save())
    }),
  )
})
