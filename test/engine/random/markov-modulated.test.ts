import { expect, test } from 'vitest'
import { MarkovModulatedArrivals, meanRate, type Phase } from '#engine/random/arrivals/markov-modulated.ts'
import { Streams } from '#engine/random/streams.ts'
import { Tally } from '#engine/statistics/tally.ts'

const burst: Phase = { rate: 0.02, stay: 4000 }
const lull: Phase = { rate: 0.002, stay: 12_000 }
const arrivals = (phases: readonly Phase[], replication = 0, first = 0) => {
  const streams = new Streams('mmpp', replication)
  return new MarkovModulatedArrivals(phases, 0, streams.stream('arrivals'), streams.stream('phases'), first)
}

function counts(phases: readonly Phase[], window: number, windows: number): Tally {
  const process = arrivals(phases)
  const tally = new Tally()
  let next = process.next(0)
  for (let i = 1; i <= windows; i++) {
    let count = 0
    for (; next < i * window; next = process.next(next)) count++
    tally.add(count)
  }
  return tally
}

test('two phases: the mean rate, and the dispersion of counts in the long run', () => {
  const rate = (0.02 * 4000 + 0.002 * 12_000) / 16_000
  expect(meanRate([burst, lull])).toBeCloseTo(rate, 12)
  const [s1, s2] = [1 / 4000, 1 / 12_000]
  // Fischer and Meier-Hellstern 1993, section 2: 1 + 2 s1 s2 (l1 - l2)^2 / ((s1 + s2)^2 (l1 s2 + l2 s1)), times a factor
  // for the window.
  const long = (2 * s1 * s2 * (0.02 - 0.002) ** 2) / ((s1 + s2) ** 2 * (0.02 * s2 + 0.002 * s1))
  const window = 100_000
  const x = (s1 + s2) * window
  const dispersion = 1 + long * (1 - (1 - Math.exp(-x)) / x)
  const tally = counts([burst, lull], window, 4000)
  expect(Math.abs(tally.mean - rate * window)).toBeLessThan(5 * Math.sqrt(tally.variance / 4000))
  expect(tally.variance / tally.mean / dispersion).toBeGreaterThan(0.87)
  expect(tally.variance / tally.mean / dispersion).toBeLessThan(1.13)
})

test('one phase is a Poisson process; three phases follow their weights', () => {
  const poisson = counts([{ rate: 0.01, stay: 50 }], 10_000, 2000)
  expect(poisson.variance / poisson.mean).toBeGreaterThan(0.85)
  expect(poisson.variance / poisson.mean).toBeLessThan(1.15)
  const three: Phase[] = [
    { rate: 0.03, stay: 1000, next: [0, 1, 3] },
    { rate: 0, stay: 2000, next: [1, 0, 0] },
    { rate: 0.01, stay: 500, next: [1, 1, 0] },
  ]
  // Visits 8 : 5 : 6, from the balance of the chain.
  expect(meanRate(three)).toBeCloseTo((8 * 30 + 6 * 5) / (8 * 1000 + 5 * 2000 + 6 * 500), 10)
  const tally = counts(three, 50_000, 2000)
  expect(tally.mean / 50_000 / meanRate(three)).toBeGreaterThan(0.97)
  expect(tally.mean / 50_000 / meanRate(three)).toBeLessThan(1.03)
})

test('a process continues from its snapshot; other rates do not change the phases; no arrivals without a rate', () => {
  const streams = new Streams('mmpp', 7)
  const make = () => new MarkovModulatedArrivals([burst, lull], 0, streams.stream('arrivals'), streams.stream('phases'))
  const first = make()
  for (let i = 0; i < 100; i++) first.next(0)
  const [state, saved] = [first.save(), streams.save()]
  const ahead = Array.from({ length: 50 }, () => first.next(0))
  streams.restore(saved)
  const second = make()
  streams.restore(saved)
  second.restore(state)
  expect(Array.from({ length: 50 }, () => second.next(0))).toEqual(ahead)
  expect(arrivals([{ rate: 0, stay: 5 }]).next(0)).toBe(Infinity)
})

test('phases that none has are refused', () => {
  expect(() => arrivals([])).toThrow('phases 0: give at least one')
  expect(() => arrivals([{ rate: -1, stay: 1 }])).toThrow('phase 0: rate -1')
  expect(() => arrivals([{ rate: 1, stay: 0 }])).toThrow('phase 0: stay 0')
  expect(() => arrivals([{ rate: 1, stay: 1, next: [0] }])).toThrow('phase 0: next [0]')
})
