/** What runs say of a mean: exact at 0 and 1, Student's t where a figure is about normal, never outside its range. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { meanInterval } from '#engine/statistics/confidence.ts'
import {
  clusterFrom,
  contributions,
  dispersion,
  evidenceAbove,
  evidenceBelow,
  type FigureKind,
  runInterval,
  runMoments,
  runsNeeded,
} from '#engine/statistics/run-mean.ts'
import { Tally } from '#engine/statistics/tally.ts'

const of = (kind: FigureKind, tops: readonly number[], bottoms = tops.map(() => 1), cluster?: number) =>
  runMoments(kind, tops, bottoms, cluster)

test.each<[string, tops: number[], bottoms: number[], cluster: number, high: number]>([
  // 1 - 0.05^(1/20), the exact bound of 0 of 20; and the rule of three.
  ['0 of 20', [0, 0], [10, 10], 1, 1 - 0.05 ** (1 / 20)],
  ['0 of 1,730', [0, 0, 0], [576, 580, 574], 1, 1 - 0.05 ** (1 / 1730)],
  // Four requests at a time: a quarter as many observations.
  ['0 of 1,730 in clusters of 4', [0, 0, 0], [576, 580, 574], 4, 1 - 0.05 ** (4 / 1730)],
])('nothing seen, %s: at most', (_, tops, bottoms, cluster, high) => {
  const found = runInterval(of('event-share', tops, bottoms, cluster))
  expect([found.mean, found.low]).toEqual([0, 0])
  expect(found.high).toBeCloseTo(high, 12)
  // What was never refused was always admitted.
  const admitted = runInterval(
    of(
      'event-share',
      bottoms.map((bottom, run) => bottom - tops[run]),
      bottoms,
      cluster,
    ),
  )
  expect([admitted.mean, admitted.high]).toEqual([1, 1])
  expect(admitted.low).toBeCloseTo(1 - high, 12)
})

test('no event in n runs: at most -ln 0.05 clusters in all of them', () => {
  expect(runInterval(of('events', [0, 0, 0, 0, 0], undefined, 1)).high).toBeCloseTo(-Math.log(0.05) / 5, 12)
  expect(runInterval(of('events', [0, 0, 0, 0, 0])).high).toBeCloseTo((4 * -Math.log(0.05)) / 5, 12)
})

test('one of 29 in clusters of 1 has the bound of Clopper and Pearson, 0.1776 (Newcombe 1998, table I, method 5)', () => {
  const rare = { ...of('event-share', [1, 0], [15, 14], 1), variance: 0 }
  expect(evidenceBelow(rare, 0.1776)).toBeCloseTo(0.025, 4)
})

test('a figure that is about normal has the interval of Student, up to its skewness', () => {
  const values = [100, 103, 98, 101, 99, 102, 100, 97, 104, 96]
  const tally = new Tally()
  for (const value of values) tally.add(value)
  const student = meanInterval(tally)
  const found = runInterval(of('signed', values))
  expect([found.low, found.high].map((bound) => bound.toFixed(9))).toEqual(
    [student.low, student.high].map((bound) => bound.toFixed(9)),
  )
  expect(runInterval(of('amount', values)).low).toBeCloseTo(student.low, 9)
  expect(runInterval(of('amount', values)).high).toBeCloseTo(student.high, 1)
})

test('a share weighs runs by what they saw: the ratio of the sums, with the variance of the ratio estimator', () => {
  // 6 of 40: contributions 0.15 + (top - 0.15 bottom) / 20.
  expect(contributions([5, 1], [10, 30])).toEqual([0.15 + 3.5 / 20, 0.15 - 3.5 / 20])
  expect(of('event-share', [5, 1], [10, 30]).variance).toBeCloseTo(2 * 0.175 ** 2, 14)
})

test('events that come five at a time are dispersed five times as much as single ones', () => {
  const single = of('events', [1, 0, 2, 1, 0, 1, 3, 0])
  const five = of(
    'events',
    [1, 0, 2, 1, 0, 1, 3, 0].map((count) => 5 * count),
  )
  expect(dispersion(five)).toBeCloseTo(5 * dispersion(single), 12)
  const none = of('events', [0, 0, 0])
  expect(clusterFrom([five], none)).toBeCloseTo(dispersion(five), 12)
  expect(clusterFrom([of('events', [1, 0])], none)).toBe(none.cluster)
})

test('no random figure is certain: the same value in every run leaves room for one that differs', () => {
  const same = runInterval(of('amount', [30, 30, 30]))
  expect([same.low, same.high]).toEqual([
    expect.closeTo(30 * 0.025 ** (1 / 3), 9),
    expect.closeTo(30 * (2 - 0.025 ** (1 / 3)), 9),
  ])
  const counts = runInterval(of('events', [1000, 1000, 1000]))
  expect(counts.low).toBeLessThan(1000)
  expect(counts.high).toBeGreaterThan(1000)
  expect(runInterval(of('share', [1, 1, 1, 1])).low).toBeCloseTo(0.05 ** (1 / 4), 12)
  expect(runInterval(of('amount', [0, 0, 0])).high).toBe(Infinity)
})

test('an exact figure is known from one value, and one that varies after all is judged as random', () => {
  expect(runInterval(of('exact', [84, 84]))).toMatchObject({ low: 84, high: 84 })
  expect([evidenceBelow(of('exact', [84, 84]), 85), evidenceAbove(of('exact', [84, 84]), 85)]).toEqual([0, 1])
  expect(runInterval(of('exact', [84, 85])).low).toBeLessThan(84)
})

test('no bound is outside of what a figure can be, every interval holds its mean, and evidence goes with the limit', () => {
  const run = fc.record({ top: fc.nat(50), rest: fc.nat(50) })
  fc.assert(
    fc.property(
      fc.constantFrom<FigureKind>('events', 'event-share', 'share', 'amount'),
      fc.array(run, { minLength: 2, maxLength: 12 }),
      (kind, runs) => {
        const share = kind === 'share' || kind === 'event-share'
        const moments = of(
          kind,
          runs.map(({ top }) => top),
          runs.map(({ top, rest }) => (share ? top + rest + 1 : 1)),
        )
        const { mean, low, high } = runInterval(moments)
        expect(0 <= low && low <= mean && mean <= high && high <= (share ? 1 : Infinity)).toBe(true)
        const limits = [0, 0.2, 0.4, 0.6, 0.8, 1].map((part) => part * (share ? 1 : 60))
        const below = limits.map((limit) => evidenceBelow(moments, limit))
        expect(below).toEqual([...below].sort((a, b) => b - a))
      },
    ),
    { numRuns: 300 },
  )
})

test('runs that would decide: about as many as their bound is away from the limit', () => {
  const none = of('event-share', [0, 0, 0], [576, 580, 574])
  const needed = runsNeeded(none, 0.0005, 0.05)
  expect(needed).toBe(Math.ceil(3 * (Math.log(0.05) / Math.log(1 - 0.0005) / (1730 / 4))))
  expect(runsNeeded(of('amount', [1, 2, 3]), 2, 0.05)).toBe(Infinity)
  expect(runsNeeded(of('amount', [1, 2, 3]), 2.5, 0.05)).toBeGreaterThan(3)
})

test('no runs and one run say nothing', () => {
  expect(runInterval(of('amount', []))).toMatchObject({ mean: NaN, count: 0 })
  expect(evidenceBelow(of('amount', [1]), 2)).toBe(1)
  expect(() => of('amount', [1], [])).toThrow('1 tops and 0 bottoms')
})
