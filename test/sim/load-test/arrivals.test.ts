/** When operations come due: Poisson arrivals, ramps, due times of a file, and the users of a closed load. */
import { describe, expect, test } from 'vitest'
import { InputError } from '#base/input-error.ts'
import type { LoadClock } from '#sim/load-test/clock.ts'
import { parseDueTimes } from '#sim/load-test/due-times.ts'
import { Measurements } from '#sim/load-test/measurements.ts'
import { lasting, parseStages } from '#sim/load-test/rate.ts'
import type { RequestStream } from '#sim/load-test/request-stream.ts'
import { scheduleOf } from '#sim/load-test/schedule.ts'
import { type Arrivals, serve } from '#sim/load-test/serve.ts'
import type { LoadShape, OpenShape, Spacing } from '#sim/load-test/shape.ts'
import { threadArrivals, wholeLoad } from '#sim/load-test/thread-arrivals.ts'
import { operationKinds } from '#sim/record/load-ledger.ts'

const stages = (text: string, spacing: Spacing = 'even', seed = '7'): OpenShape => ({
  kind: 'stages',
  stages: parseStages(text),
  spacing,
  seed,
})

const times = (shape: OpenShape): number[] => {
  const schedule = scheduleOf(shape)
  return Array.from({ length: schedule.count }, (_, number) => schedule.dueAt(number))
}

/** A stream of ten accounts, one operation each. */
const stream = {
  count: 10,
  account: Int32Array.from({ length: 10 }, (_, position) => position + 1),
  kind: new Uint8Array(10).fill(operationKinds.indexOf('meter')),
} as unknown as RequestStream

/** All operations of a thread with their due times, as it would meet them if each were answered immediately. */
function met(shape: LoadShape, thread: number, threads: number): [number: number, due: number][] {
  const { arrivals } = threadArrivals(stream, shape, { ...wholeLoad, thread, threads })
  const all: [number, number][] = []
  while (arrivals.next !== Number.POSITIVE_INFINITY) {
    all.push([arrivals.next, arrivals.dueAt(arrivals.next)])
    arrivals.advance()
  }
  return all
}

describe('Poisson arrivals', () => {
  test('have the rate, and gaps with a mean and a standard deviation of 1 / rate', () => {
    const due = times(stages('1k:20s', 'poisson'))
    expect(Math.abs(due.length - 20_000)).toBeLessThan(4.5 * Math.sqrt(20_000))
    const gaps = due.slice(1).map((at, index) => at - due[index])
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    expect(mean).toBeCloseTo(1, 1)
    expect(Math.sqrt(variance)).toBeCloseTo(1, 1)
    expect(due.at(-1)).toBeLessThanOrEqual(20_000)
    expect(gaps.every((gap) => gap >= 0)).toBe(true)
  })

  test('counts of 100 ms have the variance of their mean', () => {
    const counts = new Array<number>(200).fill(0)
    for (const at of times(stages('1k:20s', 'poisson'))) counts[Math.floor(at / 100)]++
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
    expect(variance / mean).toBeGreaterThan(0.7)
    expect(variance / mean).toBeLessThan(1.4)
  })

  test('follow a ramp: its second half brings three times as many as its first', () => {
    const due = times(stages('0.001/s..2k:10s', 'poisson'))
    const early = due.filter((at) => at < 5_000).length
    expect(Math.abs(early - 2_500)).toBeLessThan(4.5 * Math.sqrt(2_500))
    expect(Math.abs(due.length - early - 7_500)).toBeLessThan(4.5 * Math.sqrt(7_500))
  })

  test('depend on the seed alone', () => {
    const first = times(stages('1k:1s', 'poisson', '7'))
    expect(times(stages('1k:1s', 'poisson', '7'))).toEqual(first)
    expect(times(stages('1k:1s', 'poisson', '8'))).not.toEqual(first)
  })
})

test.each<[string, LoadShape]>([
  ['even', stages('1k:100ms,500..2k:100ms')],
  ['Poisson', stages('1k:100ms,500..2k:100ms', 'poisson')],
  ['given', { kind: 'due-times', at: Float64Array.from({ length: 150 }, (_, number) => number ** 2 / 10) }],
])('%s due times are the same on one thread and on three', (_, shape) => {
  const one = met(shape, 0, 1)
  const three = [0, 1, 2].flatMap((thread) => met(shape, thread, 3)).sort(([a], [b]) => a - b)
  expect(one.length).toBeGreaterThan(100)
  expect(three).toEqual(one)
  expect(one.map(([number]) => number)).toEqual(one.map((_, index) => index))
})

test.each([
  ['0.001/s..10/s:2s', 11, [0, 632.4, 894.4]],
  ['10/s..20/s:2s', 30, [0, 97.6, 190.9]],
  ['20/s..10/s:2s', 30, [0, 50.3, 101.3]],
  ['10/s..10/s:2s', 20, [0, 100, 200]],
])('the ramp %s asks for %d operations, where its integral is whole', (text, count, first) => {
  const due = times(stages(text))
  expect(due).toHaveLength(count)
  for (const [number, at] of first.entries()) expect(due[number]).toBeCloseTo(at, 0)
  expect(due.every((at, number) => number === 0 || at > due[number - 1])).toBe(true)
  expect(due.at(-1)).toBeLessThanOrEqual(2_000)
})

test.each<OpenShape>([
  stages('3/s:2s,7/s:1s'),
  stages('3/s..30/s:2s'),
  stages('30/s:2s', 'poisson'),
  { kind: 'due-times', at: Float64Array.of(0, 5, 5, 300, 2_999) },
])('as many operations are due by an instant as have their due time up to it: %o', (shape) => {
  const schedule = scheduleOf(shape)
  const due = times(shape)
  for (const instant of [-1, 0, 1, 5, 333, 334, 999.9, 1_000, 1_999, 2_000, 2_142, 2_999, 3_000, 9_000])
    expect(schedule.dueBy(instant)).toBe(due.filter((at) => at <= instant).length)
})

test('a ramp that is cut ends at the rate it has by then; one that is lengthened continues at its last rate', () => {
  const [cut] = lasting(parseStages('10/s..30/s:2s'), 1_000)
  expect(times({ kind: 'stages', stages: [cut], spacing: 'even', seed: '' })).toHaveLength(15)
  const longer = lasting(parseStages('10/s..30/s:2s'), 3_000)
  expect(longer).toHaveLength(2)
  expect(times({ kind: 'stages', stages: longer, spacing: 'even', seed: '' })).toHaveLength(40 + 30)
})

describe('a file of due times', () => {
  test.each([
    ['0\n0.25\n0.25\n1.5\n', [0, 250, 250, 1_500]],
    ['seconds\n0.001\n2\n', [1, 2_000]],
    ['ms,operation\n10,order\n12.5,meter\n', [10, 12.5]],
    ['# measured on Monday\r\n1 # first\r\n\r\n2\r\n', [1_000, 2_000]],
  ])('%j', (text, due) => {
    expect([...parseDueTimes(text, 'due.csv')]).toEqual(due)
  })

  test.each([
    ['', 'due.csv', /no due time/],
    ['0\nsoon\n', 'due.csv:2', /'soon' is not a due time/],
    ['0\n-1\n', 'due.csv:2', /'-1' is not a due time/],
    ['0.5\n\n0.4\n', 'due.csv:3', /is before the previous line/],
    ['minutes\n1\n', 'due.csv:1', /'minutes' is not a due time/],
  ])('%j is refused with its line', (text, where, what) => {
    try {
      parseDueTimes(text, 'due.csv')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
      expect((error as InputError).where).toBe(where)
      expect((error as InputError).message).toMatch(what)
    }
  })
})

/** Time that passes only during work or rest. */
class HandClock implements LoadClock {
  time = 0
  now(): number {
    return this.time
  }
  sleepUntil(instant: number): number {
    this.time = Math.max(this.time, instant)
    return instant
  }
}

/** Serves arrivals one by one, each with `work` ms. */
function served(arrivals: Arrivals, work: (number: number) => number) {
  const clock = new HandClock()
  const measurements = new Measurements(1_000)
  const service = {
    begin() {},
    execute(number: number) {
      clock.time += work(number)
      return true
    },
    commit() {},
  }
  const options = { arrivals, service, clock, measurements, start: 0, batch: 1, backlog: 1_000 }
  const { until } = serve({ ...options, stopped: () => false, onBatch() {} })
  return { measurements, until }
}

const DURATION = 60_000

test.each([
  [1, 0, false, 10],
  [5, 0, false, 10],
  [1, 90, false, 10],
  [5, 90, false, 10],
  [20, 90, false, 10],
  [5, 90, true, 10],
  [20, 100, true, 4],
  [200, 1_000, true, 3],
])("Little's law: %d users, think time %d ms (exponential: %o), %d ms of work", (users, mean, exponential, work) => {
  const shape: LoadShape = { kind: 'closed', users, think: { mean, exponential }, duration: DURATION, seed: '7' }
  const { measurements, until } = served(
    threadArrivals(stream, shape, { ...wholeLoad, thread: 0, threads: 1 }).arrivals,
    () => work,
  )
  const throughput = measurements.total('done') / until
  // Users in the system and users who think are all users: N = X (R + Z).
  const thinks = throughput * mean
  const waits = (throughput * measurements.response.mean) / 1_000
  expect((waits + thinks) / users).toBeGreaterThan(0.97)
  expect((waits + thinks) / users).toBeLessThan(1.03)
  // No more than the service can do, and no more than the users can ask for.
  expect(throughput).toBeLessThanOrEqual(Math.min(1 / work, users / (mean + work)) * 1.05)
})

test('users are assigned to threads, and no thread requests more than its users can', () => {
  const shape: LoadShape = {
    kind: 'closed',
    users: 5,
    think: { mean: 90, exponential: false },
    duration: 10_000,
    seed: '7',
  }
  const done = [0, 1].map((thread) =>
    served(
      threadArrivals(stream, shape, { ...wholeLoad, thread, threads: 2 }).arrivals,
      () => 0.001,
    ).measurements.total('done'),
  )
  expect(done[0] / done[1]).toBeCloseTo(3 / 2, 1)
  expect(met(shape, 0, 7).length).toBe(1)
  expect(met(shape, 6, 7).length).toBe(0)
})
