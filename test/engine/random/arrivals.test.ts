import { describe, expect, test } from 'vitest'
import { BatchArrivals } from '#engine/random/arrivals/batch.ts'
import { NonHomogeneousArrivals } from '#engine/random/arrivals/non-homogeneous.ts'
import { PoissonArrivals } from '#engine/random/arrivals/poisson.ts'
import type { ArrivalProcess } from '#engine/random/arrivals/process.ts'
import { profileRate } from '#engine/random/arrivals/profile.ts'
import { constantRate, productRate, type RateFunction } from '#engine/random/arrivals/rate.ts'
import { RenewalArrivals } from '#engine/random/arrivals/renewal.ts'
import { stagesRate } from '#engine/random/arrivals/stages.ts'
import { TraceArrivals } from '#engine/random/arrivals/trace.ts'
import { distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { chiSquareScore, distance } from './goodness.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Friday 2024-03-01T00:00+08:00 */
const START = 1_709_222_400_000
const OFFSET = 8 * HOUR

const streams = () => new Streams('arrivals')

function upTo(process: ArrivalProcess, end: number, start = START): number[] {
  const instants: number[] = []
  for (let now = process.next(start); now < end; now = process.next(now)) instants.push(now)
  return instants
}

/** Counts in equal slots from START on. */
function counts(instants: readonly number[], slot: number, slots: number): number[] {
  const found = new Array<number>(slots).fill(0)
  for (const t of instants) found[Math.floor((t - START) / slot)]++
  return found
}

test('Poisson arrivals: exponential gaps, counts by slot, no drift from whole milliseconds', () => {
  const rate = 0.5
  const instants = upTo(new PoissonArrivals(rate, START, streams().stream('p')), START + 200_000)
  expect(Math.abs(instants.length - 100_000)).toBeLessThan(6 * Math.sqrt(100_000))
  expect(instants.every(Number.isSafeInteger)).toBe(true)
  expect(Math.abs(chiSquareScore(counts(instants, 1000, 200), new Array(200).fill(500)))).toBeLessThan(6)

  const sparse = upTo(new PoissonArrivals(1e-6, START, streams().stream('q')), START + 1e10)
  const gaps = Float64Array.from(sparse.slice(1), (t, i) => t - sparse[i])
  expect(distance(gaps, distribution({ exponential: { mean: 1e6 } }).cdf)).toBeLessThan(1)
})

test('a week profile: counts of each hour of the week follow its weights, in civil time', () => {
  const weights = Array.from({ length: 168 }, (_, hour) => (hour % 24 < 6 ? 0 : 1 + (hour % 7)))
  const rate = 60 / HOUR
  const process = new NonHomogeneousArrivals(profileRate(rate, weights, OFFSET), START, streams().stream('week'))
  const weeks = 20
  const byHour = new Array<number>(168).fill(0)
  for (const t of upTo(process, START + weeks * 7 * DAY)) {
    // Friday is the fifth day of a week from Monday.
    byHour[(Math.floor((t - 1 - START) / HOUR) + 4 * 24) % 168]++
  }
  const expected = weights.map((weight) => weight * 60 * weeks)
  const busy = weights.flatMap((weight, hour) => (weight > 0 ? [hour] : []))
  expect(byHour.filter((count, hour) => count > 0 && weights[hour] === 0)).toEqual([])
  const score = chiSquareScore(
    busy.map((hour) => byHour[hour]),
    busy.map((hour) => expected[hour]),
  )
  expect(Math.abs(score)).toBeLessThan(6)
})

test('stages: a ramp, a plateau, a jump and a fall are followed slot by slot', () => {
  const most = 0.02
  const stages = stagesRate(START, [
    { from: 0, to: most, over: DAY },
    { from: most, to: most, over: DAY },
    { from: most / 4, to: most / 4, over: 0 },
    { from: most / 4, to: 0, over: DAY },
  ])
  const instants = upTo(new NonHomogeneousArrivals(stages, START, streams().stream('s')), START + 10 * DAY)
  const expected = Array.from({ length: 36 }, (_, i) => {
    const middle = ((i % 12) + 0.5) / 12
    const height = i < 12 ? middle : i < 24 ? 1 : (1 - middle) / 4
    return height * most * 2 * HOUR
  })
  expect(Math.abs(chiSquareScore(counts(instants, 2 * HOUR, 36), expected))).toBeLessThan(6)
})

test('a product of rates: a ramp in the rhythm of the day', () => {
  const day = Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 0.1 : 2))
  const ramp = stagesRate(START, [{ from: 0, to: 1, over: 10 * DAY }])
  const rate = productRate(constantRate(0.001), profileRate(1, day, OFFSET), ramp)
  const instants = upTo(new NonHomogeneousArrivals(rate, START, streams().stream('x'), 3), START + 10 * DAY)
  const expected = Array.from({ length: 240 }, (_, i) => (3 * 0.001 * HOUR * day[i % 24] * (i + 0.5)) / 240)
  const kept = expected.map((e, i) => [e, i]).filter(([e]) => e > 5)
  const found = counts(instants, HOUR, 240)
  const score = chiSquareScore(
    kept.map(([, i]) => found[i]),
    kept.map(([e]) => e),
  )
  expect(Math.abs(score)).toBeLessThan(6)
})

const night = Array.from({ length: 24 }, (_, hour) => (hour < 7 || hour > 21 ? 0 : hour))
const hill = [
  { from: 0, to: 2e-5, over: 2 * DAY },
  { from: 0, to: 0, over: DAY },
  { from: 2e-5, to: 0, over: DAY },
  { from: 1e-5, to: 1e-5, over: 0 },
]
const steps = [
  { from: 1, to: 1, over: 90 * HOUR },
  { from: 0, to: 0, over: HOUR / 3 },
  { from: 7, to: 7, over: 0 },
]
test.each<[string, RateFunction]>([
  ['constant', constantRate(1e-6)],
  ['day', profileRate(1e-6, night, OFFSET)],
  ['week', profileRate(1e-6, [...night, ...new Array(72).fill(0), ...night, ...night, ...night], 5.5 * HOUR)],
  ['stages', stagesRate(START, hill)],
  ['day in steps', productRate(profileRate(1e-6, night, OFFSET), stagesRate(START, steps))],
  ['stages in steps', productRate(stagesRate(START, steps), stagesRate(START, hill))],
])('%s: the integral is the sum of the rate, and its inverse leads back', (_, { at, integral }) => {
  if (integral === undefined) throw new Error('no integral')
  const minute = HOUR / 60
  let sum = 0
  for (let t = START; t < START + 6 * DAY; t += minute) {
    expect(integral.between(START, t)).toBeCloseTo(sum, 6)
    const more = sum + 1e-3
    const reached = integral.reach(START, more)
    if (reached < Infinity) expect(integral.between(START, reached)).toBeCloseTo(more, 6)
    sum += at(t + minute / 2) * minute
  }
})

test('rates that end: nothing comes after a last stage of 0, nor from a rate of 0', () => {
  const ended = stagesRate(START, [{ from: 1, to: 0, over: 1000 }])
  const process = new NonHomogeneousArrivals(ended, START, streams().stream('e'))
  expect(upTo(process, Infinity).length).toBeGreaterThan(300)
  expect(process.next(START)).toBe(Infinity)
  expect(new PoissonArrivals(0, START, streams().stream('z')).next(START)).toBe(Infinity)
  const silent = profileRate(1, new Array(24).fill(0), 0)
  expect(new NonHomogeneousArrivals(silent, START, streams().stream('z')).next(START)).toBe(Infinity)
})

test('renewal arrivals: a constant gap is a clock, and every law keeps its mean', () => {
  const clock = new RenewalArrivals(distribution({ constant: 2.5 }), START, streams().stream('c'))
  expect(upTo(clock, START + 13)).toEqual([3, 5, 8, 10].map((ms) => START + ms))
  const gap = distribution({ gamma: { shape: 2, mean: 700 } })
  const instants = upTo(new RenewalArrivals(gap, START, streams().stream('r')), START + 14_000_000)
  expect(Math.abs(instants.length - 20_000)).toBeLessThan(6 * Math.sqrt(10_000))
})

test('batch arrivals: another size law leaves the instants where they were', () => {
  const instants = () => new PoissonArrivals(0.01, START, streams().stream('b'))
  const fixed = new BatchArrivals(instants(), distribution({ constant: 4 }), streams().stream('size'))
  const drawn = new BatchArrivals(instants(), distribution({ poisson: { mean: 6 } }), streams().stream('size'))
  const plain = upTo(instants(), START + 1e6)
  expect(upTo(fixed, START + 1e6)).toEqual(plain)
  expect(fixed.batch).toBe(4)
  let total = 0
  let at = drawn.next(START)
  for (; at < START + 1e6; at = drawn.next(at)) total += drawn.batch
  expect(Math.abs(total / plain.length - 6)).toBeLessThan(0.2)
})

test('a trace: every instant once, those at one instant too, the past passed over', () => {
  const trace = new TraceArrivals([1, 5, 5, 9])
  expect([trace.next(0), trace.row]).toEqual([1, 0])
  expect([trace.next(1), trace.next(5), trace.row]).toEqual([5, 5, 2])
  expect([trace.next(5), trace.next(9), trace.next(9)]).toEqual([9, Infinity, Infinity])
  expect(new TraceArrivals([1, 5, 5, 9]).next(6)).toBe(9)
})

describe.each<[string, (all: Streams) => ArrivalProcess]>([
  ['poisson', (all) => new PoissonArrivals(1e-3, START, all.stream('a'))],
  [
    'non-homogeneous',
    (all) => {
      const day = profileRate(1e-3, [...new Array(12).fill(1), ...new Array(12).fill(3)], OFFSET)
      const ramp = stagesRate(START, [{ from: 0, to: 1, over: DAY }])
      return new NonHomogeneousArrivals(productRate(day, ramp), START, all.stream('a'))
    },
  ],
  [
    'renewal',
    (all) => new RenewalArrivals(distribution({ weibull: { shape: 0.7, scale: 900 } }), START, all.stream('a')),
  ],
  [
    'batch',
    (all) => {
      const instants = new PoissonArrivals(1e-3, START, all.stream('a'))
      return new BatchArrivals(instants, distribution({ geometric: { mean: 3 } }), all.stream('b'))
    },
  ],
  ['trace', () => new TraceArrivals(Float64Array.from({ length: 2000 }, (_, i) => START + i * i))],
])('%s', (_, make) => {
  const run = (process: ArrivalProcess, from: number, count: number) => {
    let now = from
    return Array.from({ length: count }, () => [(now = process.next(now)), process.batch])
  }

  test('continues bit for bit after save and restore', () => {
    const all = streams()
    const process = make(all)
    const first = run(process, START, 500)
    const state = structuredClone({ process: process.save(), streams: all.save() })
    const rest = run(process, first[499][0], 500)
    const others = streams()
    const other = make(others)
    others.restore(state.streams)
    other.restore(state.process)
    expect(run(other, first[499][0], 500)).toEqual(rest)
  })

  test('a pause passes arrivals over and moves none', () => {
    const whole = run(make(streams()), START, 900).map(([at]) => at)
    const later = whole[600]
    const process = make(streams())
    run(process, START, 100)
    expect(run(process, later, 50).map(([at]) => at)).toEqual(whole.slice(whole.indexOf(later)).slice(0, 50))
  })
})

test.each<[string, () => unknown, string]>([
  ['a negative rate', () => constantRate(-1), 'constant rate: -1: give a finite number from 0 upwards'],
  ['23 hours', () => profileRate(1, new Array(23).fill(1), 0), 'profile: weights 23: give 24 or 168 of them'],
  ['no stage', () => stagesRate(0, []), 'stages: 0: give at least one'],
  ['an unsorted trace', () => new TraceArrivals([5, 4]), 'trace arrivals: row 1 4: sort the instants'],
  ['a fraction of a ms', () => new TraceArrivals([5.5]), 'trace arrivals: row 0 5.5: give whole milliseconds'],
  [
    'gaps below 0',
    () => new RenewalArrivals(distribution({ normal: { mean: 1, sd: 1 } }), 0, streams().stream('a')),
    'give a distribution without negative values',
  ],
])('%s is refused', (_, act, message) => {
  expect(act).toThrow(message)
})

test('a batch has the nearest whole size to what was drawn, and at least one', () => {
  const sizeOf = (drawn: number) => {
    const streams = new Streams('batch sizes')
    const instants = new PoissonArrivals(0.01, 0, streams.stream('instants'))
    const batches = new BatchArrivals(instants, distribution({ constant: drawn }), streams.stream('sizes'))
    batches.next(0)
    return batches.batch
  }
  expect([0, 0.4, 1, 2.4, 2.6, 7].map(sizeOf)).toEqual([1, 1, 1, 2, 3, 7])
})
