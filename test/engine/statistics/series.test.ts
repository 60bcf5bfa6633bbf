import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Counter } from '#engine/statistics/counter.ts'
import { LevelSeries } from '#engine/statistics/level-series.ts'
import { Series } from '#engine/statistics/series.ts'

test('a counter counts by hour, and from zero after a reset', () => {
  const arrivals = new Counter(1000)
  arrivals.add()
  arrivals.add(5)
  expect([arrivals.value, arrivals.rate(1000), arrivals.rate(1000 + 7_200_000, 3_600_000)]).toEqual([6, 0, 3])
  arrivals.reset(5000)
  arrivals.add(2)
  const other = new Counter(5000)
  other.restore(arrivals.save())
  other.merge(arrivals)
  expect([other.value, other.rate(5004)]).toEqual([4, 1])
})

test('periods are half-open: 99 is in the first, 100 in the second', () => {
  const series = new Series(0, 100)
  series.add(99, 3)
  series.add(100, 4)
  series.add(350, 10)
  series.add(301, 2)
  expect(series.length).toBe(4)
  expect([0, 1, 2, 3, 4].map((i) => series.count(i))).toEqual([1, 1, 0, 2, 0])
  expect([0, 1, 2, 3, 4].map((i) => series.sum(i))).toEqual([3, 4, 0, 12, 0])
  expect([0, 1, 2, 3, 4].map((i) => series.max(i))).toEqual([3, 4, -Infinity, 10, -Infinity])
  expect([series.mean(3), series.mean(2)]).toEqual([6, NaN])
})

test('times before the start, zero width and other periods are refused', () => {
  expect(() => new Series(1000, 100).add(999)).toThrow('before the series starts')
  expect(() => new Series(0, 0)).toThrow(RangeError)
  expect(() => new LevelSeries(0, 0)).toThrow(RangeError)
  expect(() => new Series(0, 100).merge(new Series(0, 50))).toThrow('periods are the same')
  expect(() => new Series(0, 100).restore(new Series(1, 100).save())).toThrow('same periods')
  expect(() => new LevelSeries(0, 100).restore(new LevelSeries(0, 50).save())).toThrow('same periods')
  expect(() => new LevelSeries(10, 100).set(9, 1)).toThrow('before 10 ms')
})

const facts = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: -50, max: 50 })), { maxLength: 40 })

function seriesOf(observations: readonly (readonly [number, number])[]): Series {
  const series = new Series(0, 70)
  for (const [now, x] of observations) series.add(now, x)
  return series
}

test('series merge exactly, and a restored one continues', () => {
  fc.assert(
    fc.property(facts, facts, facts, (xs, ys, before) => {
      const whole = seriesOf([...xs, ...ys]).save()
      const merged = seriesOf(ys)
      merged.merge(seriesOf(xs))
      expect(merged.save()).toEqual(whole)
      const resumed = seriesOf(before)
      resumed.restore(seriesOf(xs).save())
      for (const [now, y] of ys) resumed.add(now, y)
      expect(resumed.save()).toEqual(whole)
    }),
  )
})

test('a load of 4 from 50, 1 from 250 and 9 for no time at 300, in periods of 100', () => {
  const load = new LevelSeries(0, 100)
  load.set(50, 4)
  load.set(250, 1)
  load.set(300, 9)
  load.set(300, 2)
  expect([...load.means(340)]).toEqual([2, 4, 2.5, 2])
  expect([...load.peaks(340)]).toEqual([4, 4, 4, 2])
  expect([...load.means(400)]).toEqual([2, 4, 2.5, 2])
})

const changes = fc.array(fc.tuple(fc.nat(9000), fc.nat(20)), { maxLength: 30 })

test('each mean is the sum over the milliseconds of its period, and a restored series continues', () => {
  fc.assert(
    fc.property(changes, fc.nat(30), (steps, stop) => {
      let series = new LevelSeries(1000, 1000, 3)
      const areas: number[] = []
      let now = 1000
      steps.forEach(([gap, level], i) => {
        if (i === stop) {
          const resumed = new LevelSeries(1000, 1000)
          resumed.restore(series.save())
          series = resumed
        }
        for (let end = now + gap; now < end; now++) {
          const period = Math.floor(now / 1000) - 1
          areas[period] = (areas[period] ?? 0) + series.value
        }
        if (i % 2 === 0) series.set(now, level)
        else series.add(now, level - series.value)
      })
      const lengths = areas.map((_, i) => Math.min(1000, now - 1000 - 1000 * i))
      expect([...series.means(now)]).toEqual(areas.map((area, i) => area / lengths[i]))
    }),
    { numRuns: 40 },
  )
})
