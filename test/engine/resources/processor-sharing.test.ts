import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Kernel } from '#engine/kernel.ts'
import { acquire, anyOf, hold, Interrupted, type Process, Processes } from '#engine/process.ts'
import { serve } from '#engine/processes/serving.ts'
import { distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { ProcessorSharing } from '#engine/resources/processor-sharing.ts'

function setting(options: { servers?: number; limit?: number } = {}) {
  const kernel = new Kernel()
  const story: string[] = []
  const cpu = new ProcessorSharing(kernel, 'cpu', {
    ...options,
    done: (entity) => void story.push(`${kernel.now} ${entity}`),
  })
  return { kernel, cpu, story }
}

test('jobs share the processor equally', () => {
  const { kernel, cpu, story } = setting()
  cpu.submit(0, 30)
  kernel.runUntil(10)
  cpu.submit(1, 10)
  kernel.runUntil(100)
  // Alone until 10, half each until job 1 has had its 10, alone again.
  expect(story).toEqual(['30 1', '40 0'])
  expect([cpu.present.area(kernel.now), cpu.sojourn.sum]).toEqual([60, 60])
})

test('with several processors, so many jobs are not slowed; with a limit, others wait in line', () => {
  const two = setting({ servers: 2 })
  for (const entity of [0, 1, 2]) two.cpu.submit(entity, 20)
  two.kernel.runUntil(100)
  expect(two.story).toEqual(['30 0', '30 1', '30 2'])

  const limited = setting({ limit: 2 })
  for (const entity of [0, 1, 2]) limited.cpu.submit(entity, 10)
  expect([limited.cpu.sharing, limited.cpu.queueLength]).toEqual([2, 1])
  limited.kernel.runUntil(100)
  expect(limited.story).toEqual(['20 0', '20 1', '30 2'])
})

test('a job that is withdrawn says what is left, and the others go faster', () => {
  const { kernel, cpu, story } = setting()
  const [first] = [cpu.submit(0, 20), cpu.submit(1, 20)]
  kernel.runUntil(10)
  expect(cpu.withdraw(first)).toBe(15)
  expect(cpu.withdraw(first)).toBe(-1)
  kernel.runUntil(100)
  expect(story).toEqual(['25 1'])
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('work %s is refused', (work) => {
  expect(() => setting().cpu.submit(0, work)).toThrow(`'cpu': work ${work}: give a number of ticks, 0 or more`)
})

const arrivals = fc.array(fc.record({ gap: fc.nat(20), work: fc.nat(40) }), { minLength: 1, maxLength: 25 })

/** Serves in steps of a hundredth of a tick, each present job by its share. */
function bySmallSteps(jobs: readonly { at: number; work: number }[], servers: number): number[] {
  const left = jobs.map(({ work }) => work * 100 * 1000)
  const ends = jobs.map(() => Number.NaN)
  for (let step = 0; ends.some(Number.isNaN); step++) {
    const present = jobs.flatMap(({ at }, i) => (at * 100 <= step && Number.isNaN(ends[i]) ? [i] : []))
    for (const i of present) if (left[i] <= 1e-6) ends[i] = step / 100
    const sharing = present.filter((i) => Number.isNaN(ends[i]))
    for (const i of sharing) left[i] -= 1000 * Math.min(1, servers / sharing.length)
  }
  return ends
}

test('any arrivals end as when served in small steps', () => {
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (gaps, servers) => {
      const { kernel, cpu, story } = setting({ servers })
      let at = 0
      const jobs = gaps.map(({ gap, work }) => ({ at: (at += gap), work }))
      for (const [entity, { at, work }] of jobs.entries()) {
        kernel.runUntil(at)
        cpu.submit(entity, work)
      }
      kernel.runUntil(Infinity)
      const ends = bySmallSteps(jobs, servers)
      expect(story.length).toBe(jobs.length)
      for (const line of story) {
        const [time, entity] = line.split(' ').map(Number)
        expect(Math.abs(time - ends[entity])).toBeLessThanOrEqual(1.5)
      }
    }),
    { numRuns: 60 },
  )
})

test('a processor restored in the middle continues identically', () => {
  fc.assert(
    fc.property(arrivals, fc.nat(25), fc.option(fc.integer({ min: 1, max: 3 })), (gaps, cut, limit) => {
      const options = limit === null ? {} : { limit }
      const play = ({ kernel, cpu }: ReturnType<typeof setting>, from: number, to: number) => {
        gaps.slice(from, to).forEach(({ gap, work }, i) => {
          kernel.runUntil(kernel.now + gap)
          cpu.submit(from + i, work)
        })
      }
      const first = setting(options)
      play(first, 0, cut)
      const saved = structuredClone({ kernel: first.kernel.save(), cpu: first.cpu.save() })
      const second = setting(options)
      second.kernel.restore(saved.kernel)
      second.cpu.restore(saved.cpu)
      for (const world of [first, second]) {
        play(world, cut, gaps.length)
        world.kernel.runUntil(10_000)
      }
      expect(second.kernel.digest.hex()).toBe(first.kernel.digest.hex())
      expect(first.story.slice(first.story.length - second.story.length)).toEqual(second.story)
      expect(second.cpu.save()).toEqual(first.cpu.save())
    }),
    { numRuns: 100 },
  )
})

test('M/M/1 with processor sharing has the mean time in system of theory, 1 / (mu - lambda), as has M/D/1', () => {
  for (const law of [distribution({ exponential: { mean: 700 } }), distribution({ constant: 700 })]) {
    const { kernel, cpu } = setting()
    const streams = new Streams('sharing')
    const [gaps, works] = [streams.stream('gaps'), streams.stream('works')]
    const gap = distribution({ exponential: { mean: 1000 } })
    const arrive = kernel.on('arrive', 4, (left) => {
      cpu.submit(left, law.sample(works))
      if (left > 0) kernel.after(Math.round(gap.sample(gaps)), arrive, left - 1)
    })
    kernel.after(0, arrive, 60_000)
    kernel.runUntil(Infinity)
    expect(cpu.sojourn.mean / (700 / 0.3)).toBeCloseTo(1, 1)
  }
})

test('processes are served, interrupted and preempted by time', () => {
  const kernel = new Kernel()
  const processes = new Processes(kernel, { unit: 'second' })
  const story: string[] = []
  const cpu = processes.sharing('cpu')
  const desk = processes.resource('desk', { capacity: 1 })
  function* user(name: string, work: number): Process {
    try {
      yield serve(cpu, work)
      story.push(`${processes.now} ${name} done`)
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      story.push(`${processes.now} ${name} stopped`)
    }
  }
  function* hasty(): Process {
    const { index } = yield anyOf(serve(cpu, 100), hold(2))
    story.push(`${processes.now} hasty ${index}`)
    desk.release(yield acquire(desk))
  }
  processes.start(user('Ann', 3))
  const bob = processes.start(user('Bob', 9))
  processes.start(hasty())
  kernel.runUntil(3000)
  bob.interrupt()
  kernel.runUntil(100_000)
  expect(story).toEqual(['2 hasty 1', '3 Bob stopped', '4.834 Ann done'])
  expect([cpu.sharing, kernel.pending]).toEqual([0, 0])
})
