/** What a process can wait for: events, conditions, the end of another process, activation. */
import { expect, test } from 'vitest'
import {
  acquire,
  allOf,
  anyOf,
  hold,
  Interrupted,
  join,
  type Process,
  type ProcessError,
  type Processes,
  passivate,
} from '#engine/process.ts'
import { setting } from './setting.ts'

test('an event wakes all who wait, in the order in which they came, with its value', () => {
  const { kernel, processes, story, note } = setting()
  const gun = processes.event<string>('gun')
  function* runner(name: string, delay: number): Process {
    yield hold(delay)
    const word = yield* gun
    note(`${name} hears ${word}`)
  }
  for (const [i, name] of ['Ann', 'Bob', 'Cid'].entries()) processes.start(runner(name, 3 - i))
  processes.start(runner('Dan', 8))
  function* starter(): Process {
    yield hold(5)
    expect([gun.waiting, gun.triggered]).toEqual([3, false])
    gun.succeed('go')
    note('shot')
  }
  processes.start(starter())
  kernel.runUntil(100)
  expect(story).toEqual(['5 shot', '5 Cid hears go', '5 Bob hears go', '5 Ann hears go', '8 Dan hears go'])
  expect([gun.triggered, gun.value, gun.time]).toEqual([true, 'go', 5])
})

test('an event that fails throws in all current and later waiters; without a waiter it is an error', () => {
  const { kernel, processes, story, note } = setting()
  const power = processes.event('power')
  function* user(): Process {
    try {
      yield power
    } catch (error) {
      note((error as Error).message)
    }
  }
  processes.start(user())
  kernel.runUntil(2)
  power.fail(new Error('cut'))
  processes.start(user())
  expect(story).toEqual(['2 cut', '2 cut'])
  expect(() => processes.event('other').fail(new Error('unseen'))).toThrow('unseen')
})

test('anyOf: the first by order of events wins, and what else was waited for is given up', () => {
  const { kernel, processes, story, note } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  const soldOut = processes.event('sold out')
  const box = processes.store<string>('box')
  function* holder(): Process {
    const ticket = yield acquire(desk)
    yield hold(20)
    desk.release(ticket)
  }
  function* customer(patience: number): Process {
    const { index, value } = yield* anyOf(acquire(desk), soldOut, hold(patience), box.get())
    note(`${index} ${value}`)
    if (index === 0) desk.release(value as number)
  }
  processes.start(holder())
  processes.start(customer(5))
  processes.start(customer(9))
  processes.start(customer(30))
  kernel.runUntil(7)
  expect([desk.queueLength, box.getQueueLength, soldOut.waiting]).toEqual([2, 2, 2])
  box.put('gift')
  soldOut.succeed()
  kernel.runUntil(100)
  expect(story).toEqual(['5 2 0', '7 3 gift', '7 1 undefined'])
  expect([desk.queueLength, desk.busy, box.getQueueLength, kernel.pending]).toEqual([0, 0, 0, 0])
})

test('anyOf with a free unit takes it immediately and starts nothing else', () => {
  const { kernel, processes, story, note } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  const box = processes.store<string>('box')
  box.put('stays')
  function* customer(): Process {
    const { index, value } = yield anyOf(acquire(desk), box.get())
    note(`${index} ${value}`)
    desk.release(value)
  }
  processes.start(customer())
  kernel.runUntil(10)
  expect(story).toEqual(['0 0 0'])
  expect(box.items).toEqual(['stays'])
})

test('allOf waits for all and answers in the order of its arguments', () => {
  const { kernel, processes, story, note } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  const box = processes.store<string>('box')
  function* customer(): Process {
    const [ticket, , word] = yield* allOf(acquire(desk), hold(4), box.get())
    note(`${ticket} ${word}`)
    desk.release(ticket)
    note(JSON.stringify(yield allOf()))
  }
  processes.start(customer())
  kernel.runUntil(2)
  box.put('gift')
  kernel.runUntil(10)
  expect(story).toEqual(['4 0 gift', '4 []'])
})

test('an interrupted allOf releases what it had acquired', () => {
  const { kernel, processes, story, note } = setting()
  const [desk, lamp] = ['desk', 'lamp'].map((name) => processes.resource(name, { capacity: 1 }))
  const box = processes.store<number>('box')
  const tank = processes.container('tank', { capacity: 10, level: 5 })
  for (const item of [1, 2]) box.put(item)
  function* holder(): Process {
    const ticket = yield acquire(lamp)
    yield hold(20)
    lamp.release(ticket)
  }
  function* customer(): Process {
    try {
      yield allOf(acquire(desk), box.get(), tank.get(5), anyOf(acquire(lamp), hold(50)))
    } catch (error) {
      note(error instanceof Interrupted && error.cause)
    }
  }
  processes.start(holder())
  const waiting = processes.start(customer())
  kernel.runUntil(3)
  expect([desk.busy, box.level, tank.level, lamp.queueLength]).toEqual([1, 1, 0, 1])
  waiting.interrupt('fire')
  expect([desk.busy, box.items, tank.level, lamp.queueLength]).toEqual([0, [1, 2], 5, 0])
  kernel.runUntil(100)
  expect(story).toEqual(['3 fire'])
})

test('conditions may be nested', () => {
  const { kernel, processes, story, note } = setting()
  const [left, right] = [processes.event<number>('left'), processes.event<number>('right')]
  function* guest(): Process {
    const { index, value } = yield* anyOf(allOf(left, right), hold(10))
    note(`${index} ${JSON.stringify(value)}`)
  }
  processes.start(guest())
  kernel.runUntil(1)
  left.succeed(1)
  kernel.runUntil(2)
  right.succeed(2)
  processes.start(guest())
  expect(story).toEqual(['2 0 [1,2]', '2 0 [1,2]'])
  expect(kernel.pending).toBe(0)
})

test('a condition that is empty, not waitable, or repeats a waitable is refused', () => {
  const { processes } = setting()
  const gun = processes.event('gun')
  expect(() => anyOf()).toThrow('would wait forever')
  expect(() => allOf('5' as never)).toThrow('has nothing to wait for')
  expect(() => anyOf(gun, gun)).toThrow('given twice')
})

test('join: the result of a process, now or later; its failure is thrown where it is waited for', () => {
  const { kernel, processes, story, note } = setting()
  function* wash(time: number): Process<string> {
    yield hold(time)
    if (time > 5) throw new Error('broke down')
    return `clean after ${time}`
  }
  function* car(): Process {
    const washing = processes.start(wash(5), 'wash')
    note(yield* join(washing))
    note(yield washing)
    expect([washing.alive, washing.result]).toEqual([false, 'clean after 5'])
    try {
      yield join(processes.start(wash(7), 'long wash'))
    } catch (error) {
      note((error as ProcessError).message.replace(/\(.*\) /, ''))
    }
    const [a, b] = yield* allOf(processes.start(wash(1)), processes.start(wash(2)))
    note(`${a}, ${b}`)
  }
  processes.start(car())
  kernel.runUntil(100)
  expect(story).toEqual([
    '5 clean after 5',
    '5 clean after 5',
    '12 long wash at time 12: Error: broke down',
    '14 clean after 1, clean after 2',
  ])
})

test('a failure that only passes through a process names both', () => {
  const { kernel, processes } = setting()
  function* inner(): Process {
    yield hold(2)
    throw new Error('mine')
  }
  function* outer(): Process {
    yield join(processes.start(inner(), 'inner'))
  }
  processes.start(outer(), 'outer')
  expect(() => kernel.runUntil(10)).toThrow(/^outer .*inner .* at time 2: Error: mine/s)
})

function fullStore(processes: Processes) {
  const store = processes.store<number>('full', { capacity: 1 })
  store.put(0)
  return store
}

const waits: readonly (readonly [what: string, wish: (of: ReturnType<typeof setting>) => unknown])[] = [
  ['a delay', () => hold(50)],
  ['a unit', ({ processes }) => acquire(processes.resource('desk', { capacity: 0 }))],
  ['an event', ({ processes }) => processes.event('gun')],
  ['an item', ({ processes }) => processes.store('box').get()],
  ['room', ({ processes }) => fullStore(processes).put(0)],
  ['an amount', ({ processes }) => processes.container('tank').get(3)],
  ['activation', () => passivate()],
  ['a condition', () => anyOf(hold(50), hold(60))],
]

test.each(waits)('an interrupt cancels the wait for %s and is thrown at its yield, with its cause', (_, wish) => {
  const all = setting()
  const { kernel, processes, story, note } = all
  const waitable = wish(all)
  function* worker(): Process {
    try {
      yield waitable as never
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      note(`stopped by ${error.cause}`)
    }
    yield hold(2)
    note('done')
  }
  const handle = processes.start(worker())
  function* boss(): Process {
    yield hold(4)
    handle.interrupt('boss')
    note('says stop')
  }
  processes.start(boss())
  kernel.runUntil(100)
  expect(story).toEqual(['4 says stop', '4 stopped by boss', '6 done'])
  expect([kernel.pending, processes.waiting(), handle.alive]).toEqual([0, [], false])
})

test('an answer that was there before the interrupt comes first', () => {
  const { kernel, processes, story, note } = setting()
  const gun = processes.event('gun')
  function* worker(): Process {
    yield gun
    note('heard')
    try {
      yield hold(10)
    } catch {
      note('interrupted')
    }
  }
  const handle = processes.start(worker())
  function* boss(): Process {
    yield hold(1)
    gun.succeed()
    handle.interrupt()
  }
  processes.start(boss())
  kernel.runUntil(100)
  expect(story).toEqual(['1 heard', '1 interrupted'])
})

test('a process that ended within the event of its interrupt is not disturbed, nor is its successor', () => {
  const { kernel, processes, story, note } = setting()
  const gun = processes.event('gun')
  function* short(): Process {
    yield gun
  }
  function* other(): Process {
    yield hold(5)
    note('undisturbed')
  }
  const handle = processes.start(short())
  function* boss(): Process {
    yield hold(1)
    gun.succeed()
    processes.start(other())
    handle.interrupt()
  }
  processes.start(boss())
  kernel.runUntil(100)
  expect(story).toEqual(['6 undisturbed'])
})

test('passivate and activate, with a value', () => {
  const { kernel, processes, story, note } = setting()
  function* waiter(): Process {
    for (;;) note(yield passivate())
  }
  const handle = processes.start(waiter())
  function* guest(): Process {
    for (const wish of ['tea', 'bill']) {
      yield hold(3)
      handle.activate(wish)
    }
  }
  processes.start(guest())
  kernel.runUntil(100)
  expect(story).toEqual(['3 tea', '6 bill'])
  expect(handle.alive).toBe(true)
})

test('a cancelled process runs its finally blocks, releases its units and leaves its queue', () => {
  const { kernel, processes, story, note } = setting()
  const [desk, lamp] = ['desk', 'lamp'].map((name) => processes.resource(name, { capacity: 1 }))
  function* worker(name: string): Process {
    yield acquire(desk)
    try {
      yield hold(10)
    } finally {
      note(`${name} goes`)
    }
  }
  function* reader(): Process {
    const ticket = yield acquire(lamp)
    yield acquire(desk)
    lamp.release(ticket)
  }
  const first = processes.start(worker('first'))
  const second = processes.start(reader())
  const third = processes.start(worker('third'))
  kernel.runUntil(3)
  second.cancel()
  expect([lamp.busy, desk.queueLength]).toEqual([0, 1])
  first.cancel()
  first.cancel()
  expect([desk.busy, third.alive, first.alive, first.result]).toEqual([1, true, false, undefined])
  third.cancel()
  kernel.runUntil(100)
  expect(story).toEqual(['3 first goes', '3 third goes'])
  expect([desk.busy, kernel.pending, processes.alive]).toEqual([0, 0, 0])
})

test('a unit is handed over to another process', () => {
  const { kernel, processes, story, note } = setting()
  const van = processes.resource('van', { capacity: 1 })
  function* driver(ticket: number): Process {
    yield hold(5)
    van.release(ticket)
    note('van is back')
  }
  function* customer(): Process {
    const ticket = yield acquire(van)
    processes.transfer(van, ticket, processes.start(driver(ticket)))
  }
  processes.start(customer())
  kernel.runUntil(100)
  expect(story).toEqual(['5 van is back'])
})

test('a mapped time unit: minutes in, whole ticks inside', () => {
  const { kernel, processes, story, note } = setting('minute')
  const desk = processes.resource('desk', { capacity: 1 })
  function* customer(): Process {
    const ticket = yield acquire(desk, 0, 1.5)
    note(ticket)
    if (ticket < 0) return
    yield hold(2.000001)
    desk.release(ticket)
  }
  processes.start(customer())
  processes.start(customer())
  kernel.runUntil(1e9)
  expect(story).toEqual(['0 0', '1.5 -1'])
  expect(desk.usage!.busy.area(kernel.now)).toBe(120_000)
})
