import { expect, test } from 'vitest'
import { acquire, hold, Kernel, Observations, type Process, RecordedLevel, Simulation } from '#engine/index.ts'

/** An M/M/1 queue by processes, run for so long. */
function queue(seed: string, warmUp?: number) {
  const sim = new Simulation({ seed, unit: 'minute' })
  const desk = sim.resource('desk', { capacity: 1, record: true })
  const gap = sim.sampler('gaps', { exponential: { mean: 2 } })
  const service = sim.sampler('services', { exponential: { mean: 1 } })
  const times = sim.reset(new Observations())
  function* customer(): Process {
    const came = sim.now
    const ticket = yield acquire(desk)
    yield hold(service())
    desk.release(ticket)
    times.add(sim.now, sim.now - came)
  }
  sim.source(gap, customer)
  if (warmUp !== undefined) sim.warmUp(warmUp)
  return { sim, desk, times }
}

test('a simulation speaks its own unit of time: M/M/1 waits 1 minute and stays 2 on average', () => {
  const { sim, desk, times } = queue('unit')
  sim.run(100_000)
  const { meanWait, utilization, granted, requests } = sim.summary(desk)
  expect(sim.now).toBe(100_000)
  expect(meanWait).toBeCloseTo(1, 1)
  expect(utilization).toBeCloseTo(0.5, 1)
  expect(times.tally.mean).toBeCloseTo(2, 1)
  expect(requests - granted).toBe(desk.queueLength)
})

test('one seed gives one history, another seed or replication another', () => {
  const digest = (seed: string) => queue(seed).sim.run(1000).kernel.digest.hex()
  expect(digest('a')).toBe(digest('a'))
  expect(digest('a')).not.toBe(digest('b'))
})

test('a warm-up changes nothing but the statistics, which begin at its end', () => {
  const [plain, warm] = [queue('warm'), queue('warm', 400)]
  plain.sim.run(400)
  const [busyThen, queueThen] = [plain.desk.busy, plain.desk.queueLength]
  const kept = plain.times.tally.count
  for (const { sim } of [plain, warm]) sim.run(1000)
  expect(warm.times.tally.count).toBe(plain.times.tally.count - kept)
  const history = (warm.desk.usage!.busy as RecordedLevel).history()
  expect([history.times[0], history.values[0]]).toEqual([400 * 60_000, busyThen])
  expect((warm.desk.usage!.queue as RecordedLevel).history().values[0]).toBe(queueThen)
  expect([...warm.times.history().times].every((time) => time >= 400)).toBe(true)
})

test('a source starts so many, the first when it is said to', () => {
  const sim = new Simulation({ unit: 'tick' })
  const came: string[] = []
  function* guest(number: number): Process {
    came.push(`${sim.now} ${number} ${sim.processes.current?.name}`)
    yield hold(1)
  }
  const source = sim.source(() => 5, guest, { count: 3, first: 0, name: 'guest' })
  sim.run()
  expect(came).toEqual(['0 1 guest 1', '5 2 guest 2', '10 3 guest 3'])
  expect([source.alive, source.name]).toEqual([false, 'source 1'])
})

test('observations and recorded levels can be saved and restored', () => {
  const observations = new Observations()
  for (const x of [3, 1, 2]) observations.add(x * 10, x)
  const copy = new Observations()
  copy.restore(structuredClone(observations.save()))
  expect(copy).toEqual(observations)
  const level = new RecordedLevel(5, 1)
  for (const [now, value] of [
    [7, 2],
    [7, 3],
    [9, 3],
    [12, 0],
  ])
    level.set(now, value)
  const restored = new RecordedLevel()
  restored.restore(structuredClone(level.save()))
  expect(restored).toEqual(level)
  expect(restored.history()).toEqual({ times: Float64Array.of(5, 7, 12), values: Float64Array.of(1, 3, 0) })
})

test('the trace shows each executed event, and leaves the history as it is', () => {
  const run = (traced: boolean) => {
    const kernel = new Kernel({ start: 100 })
    const seen: unknown[] = []
    const second = kernel.on('second', 5, () => {})
    const first = kernel.on('first', 2, (entity, a, b) => void kernel.after(2 ** 31, second, entity + 1, -a, b))
    kernel.after(3, first, 7, 8, -9)
    kernel.cancel(kernel.after(4, first, 1))
    if (traced) kernel.trace = (event) => void seen.push(event)
    kernel.runUntil(Infinity)
    return { seen, digest: kernel.digest.hex() }
  }
  const { seen, digest } = run(true)
  expect(seen).toEqual([
    { number: 1, time: 103, kind: 'first', rank: 2, entity: 7, a: 8, b: -9 },
    { number: 2, time: 103 + 2 ** 31, kind: 'second', rank: 5, entity: 8, a: -8, b: -9 },
  ])
  expect(digest).toBe(run(false).digest)
})
