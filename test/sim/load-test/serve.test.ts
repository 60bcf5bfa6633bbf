/** The serving loop on a clock and a service of the test's own: what is measured, and what it would hide elsewhere. */
import { expect, test } from 'vitest'
import type { LoadClock } from '#sim/load-test/clock.ts'
import { Measurements } from '#sim/load-test/measurements.ts'
import { parseStages } from '#sim/load-test/rate.ts'
import { EvenSchedule } from '#sim/load-test/schedule.ts'
import { type Arrivals, type ServeFigures, type Service, serve } from '#sim/load-test/serve.ts'

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

class AllArrivals implements Arrivals {
  next = 0
  readonly #schedule: EvenSchedule
  constructor(schedule: EvenSchedule) {
    this.#schedule = schedule
  }
  advance(): void {
    this.next = this.next + 1 < this.#schedule.count ? this.next + 1 : Number.POSITIVE_INFINITY
  }
  dueAt(number: number): number {
    return this.#schedule.dueAt(number)
  }
  kindOf() {
    return 'meter' as const
  }
  answered(): void {}
}

interface Bed {
  readonly stages: string
  /** Ms of work for an operation. */
  readonly work: (number: number) => number
  readonly batch?: number
  readonly backlog?: number
  readonly stopAfter?: number
}

function run({ stages, work, batch = 1, backlog = 1e6, stopAfter = Number.POSITIVE_INFINITY }: Bed) {
  const clock = new HandClock()
  const schedule = new EvenSchedule(parseStages(stages))
  const measurements = new Measurements(1_000)
  const executed: number[] = []
  let last: ServeFigures | undefined
  const service: Service = {
    begin() {},
    execute(number) {
      executed.push(number)
      clock.time += work(number)
      return number % 10 !== 9
    },
    commit() {},
  }
  const served = serve({
    arrivals: new AllArrivals(schedule),
    service,
    clock,
    measurements,
    start: 0,
    batch,
    backlog,
    stopped: () => executed.length >= stopAfter,
    onBatch: (figures) => {
      last = figures
    },
  })
  return { served, measurements, executed, schedule, last }
}

test('a stall of one second is in the response time of all that came due meanwhile, and in one service time', () => {
  const { measurements } = run({ stages: '100/s:10s', work: (number) => (number === 500 ? 1_000 : 1) })
  const { response, service } = measurements.kinds.meter
  expect(response.count).toBe(1_000)
  // 1 in 1,000 was served slowly, which service time alone would show at its very end.
  expect(service.percentile(99)).toBe(1_000)
  expect(service.max).toBe(1_000_000)
  // 100 came due in the second of the stall, and waited for half of it on average.
  expect(response.percentile(50)).toBe(1_000)
  expect(response.percentile(95)).toBeGreaterThan(400_000)
  expect(response.percentile(99)).toBeGreaterThan(850_000)
  expect(measurements.intervals[5].response.percentile(50)).toBeGreaterThan(400_000)
  expect(measurements.intervals[4].response.max).toBe(1_000)
})

test('a batch is answered when it is committed: its first operation waits for its last', () => {
  const { measurements, served } = run({ stages: '1k:10ms', work: () => 20, batch: 100 })
  // The first alone takes 20 ms; the other nine are due by then and take 180 ms together.
  expect(served.batches).toBe(2)
  expect(measurements.response.max).toBe(199_000)
  expect(measurements.kinds.meter.service.max).toBe(180_000)
  expect(served.until).toBe(200)
})

test('what finds no room in the backlog is dropped and counted, and nothing else', () => {
  const { measurements, executed, served, last } = run({ stages: '1k:1s', work: () => 10, backlog: 5 })
  const { due, done, dropped, refused } = measurements.kinds.meter
  expect(due).toBe(1_000)
  expect(done).toBe(executed.length)
  expect(done + dropped).toBe(1_000)
  expect(dropped).toBeGreaterThan(800)
  expect(refused).toBe(executed.filter((number) => number % 10 === 9).length)
  expect(served.backlogPeak).toBe(5)
  expect(last).toMatchObject({ done, dropped, waiting: 0 })
  expect(executed).toEqual([...executed].sort((a, b) => a - b))
  // No operation waits longer than the backlog in front of it.
  expect(measurements.response.max).toBeLessThanOrEqual(60_500)
})

test('a test that is stopped keeps what was done', () => {
  const { measurements, executed } = run({ stages: '1k:1s', work: () => 2, stopAfter: 7 })
  expect(executed).toHaveLength(7)
  expect(measurements.total('done')).toBe(7)
  expect(measurements.response.count).toBe(7)
})

test('histograms of several threads merge to that of one', () => {
  const [whole, left, right] = [new Measurements(1_000), new Measurements(1_000), new Measurements(1_000)]
  for (let number = 0; number < 5_000; number++) {
    const due = number * 0.7
    const done = due + ((number * 7_919) % 1_000) / 3
    for (const part of [whole, number % 3 === 0 ? left : right]) {
      const kind = number % 5 === 0 ? 'settle' : 'meter'
      part.cameDue(kind, due, 0)
      if (number % 7 === 0) part.woke((number % 13) - 1)
      part.wasDone(kind, due, due + 0.1, done, number % 11 === 0)
    }
  }
  const merged = new Measurements(1_000)
  merged.add(right.save())
  merged.add(left.save())
  expect(merged.save()).toEqual(whole.save())
  expect(merged.wake.count).toBeGreaterThan(600)
  expect(merged.total('refused')).toBe(Math.ceil(5_000 / 11))
})
