import { expect, test } from 'vitest'
import { parseScenario } from '#scenarios/reader.ts'
import { cellLoads, usefulThreads } from '#sim/world/cell-loads.ts'
import { marketplace } from '../../scenarios/marketplace.ts'

/** Both regions have servers of one flavour. */
const text = marketplace.replace('m7.huge', 'c6.large')

/** 400 buyers, of which two in three live in the first region, over 31 days. */
const loadsOf = (load: string, homes = '{ ap-1: 2, eu-1: 1 }'): number[] =>
  cellLoads(parseScenario(text.replace(rate, load).replace('{ ap-1: 1 }', homes), 'loads.yaml'), {})

const WEEKS = 31 / 7
const rate = '{ poisson: { perBuyer: 3/week } }'

test.each([
  { title: 'a rate of each buyer', load: rate, requests: 400 * 3 * WEEKS },
  { title: 'a rate of the segment', load: '{ poisson: { total: 70/d } }', requests: 70 * 31 },
  {
    title: 'a spike of a day',
    load: '{ spike: { perBuyer: false, base: 10/d, peak: 310/d, at: 2024-03-05T00:00:00+08:00, for: 31d } }',
    requests: 10 * 4 + 310 * 27,
  },
])('$title: requests, and one more for each person, where they live', ({ load, requests }) => {
  const [first, second] = loadsOf(load)
  // The rate is read at 24 instants of the run.
  expect((first + second) / (requests + 400)).toBeCloseTo(1, 1)
  expect(first / (first + second)).toBeCloseTo(2 / 3, 2)
})

test('a region without weight has no load', () => {
  expect(loadsOf(rate, '{ eu-1: 1 }')[0]).toBe(0)
})

test.each([
  { title: 'six hours of 400 buyers', end: '2024-03-01T06:00:00+08:00', load: rate, threads: 1 },
  { title: 'two days of 400 buyers', end: '2024-03-03T00:00:00+08:00', load: rate, threads: 1 },
  {
    title: 'two days of many requests',
    end: '2024-03-03T00:00:00+08:00',
    load: '{ poisson: { total: 5000/d } }',
    threads: 8,
  },
  { title: 'a month of 400 buyers', end: '2024-04-01T00:00:00+08:00', load: rate, threads: 8 },
])('$title: $threads of 8 processors are worth their start', ({ end, load, threads }) => {
  const scenario = parseScenario(text.replace(rate, load), 'loads.yaml')
  expect(usefulThreads({ ...scenario, end: Date.parse(end) }, {}, 8)).toBe(threads)
})
