import { expect, test } from 'vitest'
import { type EventKind, Kernel, NO_EVENT } from '#engine/kernel.ts'

const start = Date.UTC(2023, 5, 1)

test('T-06: one instant runs by rank, then entity, then the order of scheduling', () => {
  const kernel = new Kernel({ start })
  const ran: string[] = []
  const act = kernel.on('act', 4, (entity, a) => ran.push(`act ${entity} ${a}`))
  const close = kernel.on('close', 0, (entity, a) => ran.push(`close ${entity} ${a}`))
  kernel.at(start + 5, act, 2, 1)
  kernel.at(start + 5, act, 1, 2)
  kernel.at(start + 5, act, 2, 3)
  kernel.at(start + 5, close, 9, 4)
  kernel.at(start + 4, act, -7, 5)
  expect(kernel.runUntil(start + 6)).toBe(5)
  expect(ran).toEqual(['act -7 5', 'close 9 4', 'act 1 2', 'act 2 1', 'act 2 3'])
})

test('an event scheduled at now runs next when its rank is lower than all that wait', () => {
  const kernel = new Kernel({ start })
  const ran: string[] = []
  let settle: EventKind = -1
  const act = kernel.on('act', 4, (entity) => {
    ran.push(`act ${entity}`)
    if (entity === 1) kernel.at(kernel.now, settle, 1)
  })
  settle = kernel.on('settle', 1, (entity) => ran.push(`settle ${entity}`))
  for (const entity of [1, 2, 3]) kernel.at(start, act, entity)
  kernel.runUntil(Number.POSITIVE_INFINITY)
  expect(ran).toEqual(['act 1', 'settle 1', 'act 2', 'act 3'])
  expect(kernel.now).toBe(start)
})

test('runUntil leaves the event at its end for the next call and moves the clock there', () => {
  const kernel = new Kernel({ start })
  const ran: number[] = []
  const tick = kernel.on('tick', 0, () => ran.push(kernel.now - start))
  kernel.at(start + 10, tick, 0)
  expect(kernel.nextTime()).toBe(start + 10)
  expect(kernel.runUntil(start + 10)).toBe(0)
  expect(kernel.now).toBe(start + 10)
  expect(kernel.runUntil(start + 11)).toBe(1)
  expect(kernel.nextTime()).toBe(Number.POSITIVE_INFINITY)
  expect(ran).toEqual([10])
})

test('a handle is good once', () => {
  const kernel = new Kernel({ start })
  let ran = 0
  const tick = kernel.on('tick', 0, () => ran++)
  const taken = kernel.after(1, tick, 0)
  const moved = kernel.after(2, tick, 0)
  expect(kernel.cancel(taken)).toBe(true)
  expect(kernel.cancel(taken)).toBe(false)
  expect(kernel.reschedule(moved, start + 9)).toBe(true)
  kernel.runUntil(start + 9)
  expect(ran).toBe(0)
  kernel.runUntil(start + 10)
  expect(ran).toBe(1)
  expect(kernel.cancel(moved)).toBe(false)
  expect(kernel.reschedule(moved, start + 20)).toBe(false)
  expect(kernel.cancel(NO_EVENT)).toBe(false)
})
