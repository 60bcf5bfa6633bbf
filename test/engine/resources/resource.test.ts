import { expect, test } from 'vitest'
import { type EventKind, Kernel } from '#engine/kernel.ts'
import { Resource, type ResourceOptions, type Ticket } from '#engine/resources/resource.ts'
import { WorkingHours } from '#engine/resources/working-hours.ts'

/** Customers come at given times, each with a service time, a priority and patience; what happens is written down. */
type Customer = { at: number; service: number; priority?: number; patience?: number }

function desk(options: Partial<ResourceOptions>, customers: readonly Customer[]) {
  const kernel = new Kernel()
  const story: string[] = []
  const services = new Int32Array(customers.length).fill(-1)
  const tell = (what: string) => story.push(`${kernel.now} ${what}`)
  let leave: EventKind = -1
  const resource = new Resource(kernel, 'desk', {
    capacity: 1,
    ...options,
    granted: (customer, ticket) => {
      tell(`${customer} starts`)
      services[customer] = kernel.after(customers[customer].service, leave, customer, ticket)
    },
    reneged: (customer) => tell(`${customer} reneges`),
    preempted: (customer) => {
      kernel.cancel(services[customer])
      tell(`${customer} is preempted`)
    },
  })
  const come = kernel.on('come', 4, (customer) => {
    const { priority = 0, patience = Number.POSITIVE_INFINITY } = customers[customer]
    resource.request(customer, priority, patience)
  })
  leave = kernel.on('leave', 1, (customer, ticket) => {
    tell(`${customer} leaves`)
    resource.release(ticket)
  })
  customers.forEach(({ at }, customer) => void kernel.at(at, come, customer))
  return { kernel, resource, services, story }
}

test('first come, first served', () => {
  const { kernel, story, resource } = desk({}, [
    { at: 0, service: 10 },
    { at: 1, service: 5 },
    { at: 2, service: 5 },
  ])
  kernel.runUntil(100)
  expect(story).toEqual(['0 0 starts', '10 0 leaves', '10 1 starts', '15 1 leaves', '15 2 starts', '20 2 leaves'])
  const usage = resource.usage!
  expect([usage.requests, usage.released, usage.wait.count, usage.wait.sum]).toEqual([3, 3, 3, 22])
  expect([usage.busy.area(100), usage.queue.area(100), usage.utilization(100)]).toEqual([20, 22, 0.2])
})

test('by priority, lower numbers first, equal ones as they came', () => {
  const { kernel, story } = desk({ discipline: 'priority' }, [
    { at: 0, service: 10 },
    { at: 1, service: 1, priority: 5 },
    { at: 2, service: 1, priority: 3 },
    { at: 3, service: 1, priority: 5 },
    { at: 4, service: 1, priority: -1 },
  ])
  kernel.runUntil(100)
  expect(story.filter((line) => line.endsWith('starts'))).toEqual([
    '0 0 starts',
    '10 4 starts',
    '11 2 starts',
    '12 1 starts',
    '13 3 starts',
  ])
})

test('who loses patience leaves the queue; a turn that comes at that very instant comes first or not by rank', () => {
  const { kernel, story, resource } = desk({}, [
    { at: 0, service: 10 },
    { at: 1, service: 5, patience: 4 },
    { at: 2, service: 5, patience: 8 },
  ])
  kernel.runUntil(100)
  expect(story).toEqual(['0 0 starts', '5 1 reneges', '10 0 leaves', '10 2 starts', '15 2 leaves'])
  expect(resource.usage!.reneged).toBe(1)
  expect(kernel.pending).toBe(0)
})

test('preemption takes the unit of the worst priority, of equal ones the last granted', () => {
  const { kernel, story, resource } = desk({ capacity: 2, discipline: 'priority', preemptive: true }, [
    { at: 0, service: 10, priority: 5 },
    { at: 1, service: 10, priority: 5 },
    { at: 2, service: 10, priority: 1 },
    { at: 3, service: 10, priority: 5 },
    { at: 4, service: 1, priority: 0 },
  ])
  kernel.runUntil(100)
  expect(story).toEqual([
    '0 0 starts',
    '1 1 starts',
    '2 2 starts',
    '2 1 is preempted',
    '4 4 starts',
    '4 0 is preempted',
    '5 4 leaves',
    '5 3 starts',
    '12 2 leaves',
    '15 3 leaves',
  ])
  expect(resource.usage!.preempted).toBe(2)
})

test('capacity that changes: more serves those who wait, less lets holders finish', () => {
  const { kernel, story, resource } = desk({ capacity: 1 }, [
    { at: 0, service: 10 },
    { at: 0, service: 10 },
    { at: 0, service: 10 },
  ])
  const resize = kernel.on('resize', 0, (capacity) => resource.resize(capacity))
  kernel.at(2, resize, 2)
  kernel.at(4, resize, 0)
  kernel.at(20, resize, 1)
  kernel.runUntil(5)
  expect([resource.busy, resource.capacity, resource.queueLength]).toEqual([2, 0, 1])
  kernel.runUntil(100)
  expect(story).toEqual(['0 0 starts', '2 1 starts', '10 0 leaves', '12 1 leaves', '20 2 starts', '30 2 leaves'])
  expect(resource.usage!.capacity.area(100)).toBe(2 * 1 + 2 * 2 + 80)
})

test('outside working hours no customer is served; a preemptive desk drops its customers at closing time', () => {
  const hour = 3_600_000
  const hours = new WorkingHours(
    [
      { day: 3, from: 9 * hour, to: 10 * hour },
      { day: 4, from: 9 * hour, to: 10 * hour },
    ],
    0,
  )
  const customers = [
    { at: 0, service: 2 * hour },
    { at: 9.5 * hour, service: hour },
  ]
  const polite = desk({ hours }, customers)
  polite.kernel.runUntil(48 * hour)
  expect(polite.story).toEqual([
    `${9 * hour} 0 starts`,
    `${11 * hour} 0 leaves`,
    `${33 * hour} 1 starts`,
    `${34 * hour} 1 leaves`,
  ])
  const strict = desk({ hours, preemptive: true }, customers)
  strict.kernel.runUntil(48 * hour)
  expect(strict.story.slice(0, 2)).toEqual([`${9 * hour} 0 starts`, `${10 * hour} 0 is preempted`])
})

test('a ticket is good once', () => {
  const kernel = new Kernel()
  const tickets: Ticket[] = []
  const resource = new Resource(kernel, 'desk', { capacity: 1, granted: (_, ticket) => tickets.push(ticket) })
  const first = resource.request(1)
  const second = resource.request(2)
  expect(tickets).toEqual([first])
  expect([resource.release(second), resource.withdraw(first)]).toEqual([false, false])
  expect([resource.withdraw(second), resource.withdraw(second)]).toEqual([true, false])
  expect([resource.release(first), resource.release(first), resource.busy]).toEqual([true, false, 0])
  expect(() => resource.resize(1.5)).toThrow('whole number of units')
})

test('a queue continues unchanged across save and restore', () => {
  const random = (i: number) => (Math.imul(i + 1, 0x9e3779b1) >>> 8) % 1000
  const customers = Array.from({ length: 400 }, (_, i) => ({
    at: random(i) * 10,
    service: (1 + random(i + 1000) / 4) | 0,
    priority: random(i + 2000) % 3,
    patience: random(i + 3000) % 7 === 0 ? Number.POSITIVE_INFINITY : random(i + 4000),
  }))
  for (const options of [
    {},
    { discipline: 'priority' as const },
    { discipline: 'priority' as const, preemptive: true },
  ]) {
    const whole = desk({ capacity: 5, ...options }, customers)
    whole.kernel.runUntil(30_000)
    const first = desk({ capacity: 5, ...options }, customers)
    first.kernel.runUntil(4000)
    const saved = structuredClone({ kernel: first.kernel.save(), resource: first.resource.save() })
    const second = desk({ capacity: 5, ...options }, customers)
    second.kernel.restore(saved.kernel)
    second.resource.restore(saved.resource)
    second.services.set(first.services)
    second.kernel.runUntil(30_000)
    expect([...first.story, ...second.story]).toEqual(whole.story)
    expect(second.kernel.digest.hex()).toBe(whole.kernel.digest.hex())
    expect([...second.resource.usage!.save()]).toEqual([...whole.resource.usage!.save()])
  }
})

test('with statistics off there are none, and the history is the same', () => {
  const customers = [
    { at: 0, service: 10 },
    { at: 1, service: 5 },
  ]
  const [on, off] = [true, false].map((statistics) => desk({ statistics }, customers))
  on.kernel.runUntil(50)
  off.kernel.runUntil(50)
  expect(off.resource.usage).toBeNull()
  expect(off.kernel.digest.hex()).toBe(on.kernel.digest.hex())
})
