/** Orders of waiting, several units in one request, queue limits, and who waits. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Kernel } from '#engine/kernel.ts'
import { REFUSED, Resource, type ResourceOptions } from '#engine/resources/resource.ts'
import { RecordedLevel } from '#engine/statistics/recorded-level.ts'

function setting(options: Partial<ResourceOptions>) {
  const kernel = new Kernel()
  const story: string[] = []
  const resource = new Resource(kernel, 'desk', {
    capacity: 1,
    granted: (entity) => void story.push(`${kernel.now} ${entity} starts`),
    preempted: (entity) => void story.push(`${kernel.now} ${entity} is preempted`),
    reneged: (entity) => void story.push(`${kernel.now} ${entity} reneges`),
    ...options,
  })
  return { kernel, story, resource }
}

/** Serves five requests, one after another, whose priority and work are given; returns who went when. */
function orderOf(discipline: ResourceOptions['discipline'] & string, requests: readonly (readonly [number, number])[]) {
  const { resource, story } = setting({ discipline })
  const tickets = requests.map(([priority, work], entity) => resource.request(entity, priority, Infinity, 1, work))
  for (let served = 0; served < requests.length; served++)
    resource.release(tickets[Number(story[served].split(' ')[1])])
  return story.map((line) => Number(line.split(' ')[1]))
}

const requests = [
  [2, 9],
  [1, 5],
  [2, 3],
  [1, 5],
  [1, 4],
  [2, 3],
] as const

test.each([
  ['fifo', [0, 1, 2, 3, 4, 5]],
  ['lifo', [0, 5, 4, 3, 2, 1]],
  ['priority', [0, 1, 3, 4, 2, 5]],
  ['sjf', [0, 4, 1, 3, 2, 5]],
] as const)('%s serves in its order', (discipline, order) => {
  expect(orderOf(discipline, requests)).toEqual(order)
})

test('sjf without priorities is by length alone', () => {
  expect(
    orderOf('sjf', [
      [0, 1],
      [0, 5.5],
      [0, 2],
      [0, 5.25],
      [0, 2],
    ]),
  ).toEqual([0, 2, 4, 3, 1])
})

test('an unknown discipline, and a queue limit that is none, are refused', () => {
  expect(() => setting({ discipline: 'random' as never })).toThrow(
    "'desk': discipline 'random': give fifo, lifo, priority, sjf",
  )
  for (const queueLimit of [-1, 1.5, Number.NaN])
    expect(() => setting({ queueLimit })).toThrow(`queueLimit ${queueLimit}`)
})

test('a full queue refuses: the request is counted and gone', () => {
  const { resource, story } = setting({ queueLimit: 1 })
  const [first, , third] = [0, 1, 2].map((entity) => resource.request(entity))
  expect(third).toBe(REFUSED)
  expect(resource.usage!.refused).toBe(1)
  resource.release(first)
  expect(story).toEqual(['0 0 starts', '0 1 starts'])
  expect(resource.queueLength).toBe(0)
})

test('who waits and who holds, in their order', () => {
  const { kernel, resource } = setting({ discipline: 'priority', capacity: 3 })
  resource.request(7, 0, Infinity, 2)
  kernel.runUntil(5)
  const ticket = resource.request(8, 3, Infinity, 3)
  const first = resource.request(9, 1, Infinity, 2)
  expect(resource.holdings()).toEqual([{ ticket: 0, entity: 7, priority: 0, units: 2, since: 0 }])
  expect(resource.waiters()).toEqual([
    { ticket: first, entity: 9, priority: 1, units: 2, since: 5 },
    { ticket, entity: 8, priority: 3, units: 3, since: 5 },
  ])
})

test('when the first of the queue gives up, those behind it who want less are served', () => {
  const { kernel, resource, story } = setting({ capacity: 3 })
  resource.request(0, 0, Infinity, 2)
  resource.request(1, 0, 10, 3)
  const third = resource.request(2, 0, Infinity, 3)
  resource.request(3)
  kernel.runUntil(20)
  expect(story).toEqual(['0 0 starts', '10 1 reneges'])
  resource.withdraw(third)
  expect(story.at(-1)).toBe('20 3 starts')
})

test('a request for several units preempts just those holders of worse priority that it needs', () => {
  const { resource, story } = setting({ capacity: 4, discipline: 'priority', preemptive: true })
  resource.request(0, 1, Infinity, 1)
  resource.request(1, 3, Infinity, 1)
  resource.request(2, 2, Infinity, 2)
  resource.request(3, 1, Infinity, 4)
  expect(story.length).toBe(3)
  resource.request(4, 1, Infinity, 3)
  expect(resource.queueLength).toBe(2)
  resource.request(5, 0, Infinity, 2)
  expect(story.slice(3)).toEqual(['0 5 starts', '0 1 is preempted', '0 2 is preempted'])
  expect(resource.busy).toBe(3)
})

test('recorded levels are a time series that agrees with the averages', () => {
  const { kernel, resource } = setting({ record: true, capacity: 2 })
  const tickets = [0, 1, 2].map((entity) => resource.request(entity))
  kernel.runUntil(4)
  resource.release(tickets[0])
  kernel.runUntil(9)
  resource.release(tickets[1])
  const { busy, queue } = resource.usage!
  expect(queue).toBeInstanceOf(RecordedLevel)
  expect((queue as RecordedLevel).history()).toEqual({ times: Float64Array.of(0, 4), values: Float64Array.of(1, 0) })
  expect((busy as RecordedLevel).history()).toEqual({ times: Float64Array.of(0, 9), values: Float64Array.of(2, 1) })
  resource.usage!.reset(9)
  expect((busy as RecordedLevel).history()).toEqual({ times: Float64Array.of(9), values: Float64Array.of(1) })
})

const step = fc.record({
  do: fc.constantFrom('request' as const, 'request' as const, 'release' as const, 'withdraw' as const),
  units: fc.integer({ min: 1, max: 3 }),
  priority: fc.integer({ min: 0, max: 2 }),
  work: fc.integer({ min: 1, max: 5 }),
  which: fc.nat(30),
})

const options = fc.record({
  capacity: fc.integer({ min: 3, max: 5 }),
  discipline: fc.constantFrom('fifo' as const, 'lifo' as const, 'priority' as const, 'sjf' as const),
  preemptive: fc.boolean(),
  record: fc.boolean(),
})

test('units are conserved, and a resource restored in the middle continues identically', () => {
  fc.assert(
    fc.property(options, fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(40), (options, steps, cut) => {
      let world = setting(options)
      const tickets: number[] = []
      const play = (from: number, to: number) => {
        for (const { do: what, units, priority, work, which } of steps.slice(from, to)) {
          const { kernel, resource } = world
          kernel.runUntil(kernel.now + 1)
          if (what === 'request') tickets.push(resource.request(tickets.length, priority, Infinity, units, work))
          else if (tickets.length > 0) resource[what](tickets[which % tickets.length])
          const held = resource.holdings().reduce((sum, each) => sum + each.units, 0)
          expect(held).toBe(resource.busy)
          expect(held).toBeLessThanOrEqual(resource.capacity)
          const [first] = resource.waiters()
          if (first) expect(held + first.units).toBeGreaterThan(resource.capacity)
        }
      }
      play(0, cut)
      const saved = { kernel: world.kernel.save(), resource: world.resource.save(), tickets: [...tickets] }
      play(cut, steps.length)
      const ended = {
        story: world.story.slice(),
        usage: world.resource.usage!.save(),
        digest: world.kernel.digest.hex(),
      }
      const before = world.story.length
      world = setting(options)
      world.kernel.restore(saved.kernel)
      world.resource.restore(saved.resource)
      tickets.splice(0, tickets.length, ...saved.tickets)
      play(cut, steps.length)
      expect(world.story).toEqual(ended.story.slice(before - world.story.length))
      expect(world.resource.usage!.save()).toEqual(ended.usage)
      expect(world.kernel.digest.hex()).toBe(ended.digest)
    }),
    { numRuns: 200 },
  )
})
