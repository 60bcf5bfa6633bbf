import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acquire, anyOf, hold, type Process } from '#engine/process.ts'
import { setting } from './setting.ts'

test('a store hands items out as they came, and a full one lets the next put wait', () => {
  const { kernel, processes, story, note } = setting()
  const belt = processes.store<number>('belt', { capacity: 2 })
  function* maker(): Process {
    for (let part = 1; part <= 4; part++) {
      yield belt.put(part)
      note(`put ${part}`)
    }
  }
  function* user(): Process {
    for (;;) {
      yield hold(5)
      note(`got ${yield* belt.get()}`)
    }
  }
  processes.start(maker())
  processes.start(user())
  kernel.runUntil(25)
  expect(story).toEqual(['0 put 1', '0 put 2', '5 got 1', '5 put 3', '10 got 2', '10 put 4', '15 got 3', '20 got 4'])
  expect(belt.usage.level.area(kernel.now)).toBe(2 * 15 + 5)
  expect([belt.usage.putWait.count, belt.usage.putWait.sum, belt.usage.getWait.count]).toEqual([4, 10, 4])
})

test('a filter takes the first item that it accepts; others do not wait behind it', () => {
  const { kernel, processes, story, note } = setting()
  const box = processes.store<string>('box')
  function* taker(name: string, filter?: (item: string) => boolean): Process {
    note(`${name} gets ${yield* box.get(filter)}`)
  }
  processes.start(taker('picky', (item) => item.startsWith('b')))
  processes.start(taker('any'))
  for (const item of ['apple', 'cherry', 'berry', 'banana']) box.put(item)
  kernel.runUntil(1)
  expect(story).toEqual(['0 any gets apple', '0 picky gets berry'])
  expect(box.items).toEqual(['cherry', 'banana'])
})

test('a store with priority hands out the lowest number first, equal ones as they came', () => {
  const { processes, story, note } = setting()
  const jobs = processes.store<{ name: string; rank: number }>('jobs', { priority: ({ rank }) => rank })
  for (const [name, rank] of [
    ['a', 2],
    ['b', 1],
    ['c', 2],
    ['d', 1],
    ['e', 0],
  ] as const)
    jobs.put({ name, rank })
  function* worker(): Process {
    for (let i = 0; i < 5; i++) note((yield* jobs.get()).name)
  }
  processes.start(worker())
  expect(story.map((line) => line.slice(2))).toEqual(['e', 'b', 'd', 'a', 'c'])
  expect(() => jobs.put({ name: 'x', rank: Number.NaN })).toThrow("store 'jobs': priority of an item is NaN")
})

test('a put that is given up leaves the line', () => {
  const { kernel, processes, story, note } = setting()
  const box = processes.store<string>('box', { capacity: 1 })
  box.put('first')
  function* sender(item: string, patience: number): Process {
    note(`${item} ${(yield anyOf(box.put(item), hold(patience))).index}`)
  }
  processes.start(sender('second', 3))
  processes.start(sender('third', 50))
  kernel.runUntil(5)
  function* taker(): Process {
    note(yield box.get())
  }
  processes.start(taker())
  kernel.runUntil(10)
  expect(story).toEqual(['3 second 1', '5 first', '5 third 0'])
  expect([box.items, box.putQueueLength]).toEqual([['third'], 0])
})

test('a container: who comes first is served first, and a large amount is not overtaken', () => {
  const { kernel, processes, story, note } = setting()
  const tank = processes.container('tank', { capacity: 100, level: 10, record: true })
  function* car(name: string, amount: number): Process {
    yield tank.get(amount)
    note(`${name} has ${amount}`)
  }
  processes.start(car('big', 40))
  processes.start(car('small', 5))
  function* truck(): Process {
    yield hold(7)
    yield tank.put(80)
    note(`level ${tank.level}`)
    yield tank.put(60)
    note(`full ${tank.level}`)
  }
  processes.start(truck())
  kernel.runUntil(10)
  expect(story).toEqual(['7 level 45', '7 big has 40', '7 small has 5'])
  expect([tank.level, tank.putQueueLength]).toEqual([45, 1])
  processes.start(car('late', 30))
  expect([tank.level, tank.putQueueLength]).toEqual([75, 0])
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 101])('an amount of %s is refused on both sides', (amount) => {
  const { processes } = setting()
  const tank = processes.container('tank', { capacity: 100, level: 100 })
  expect(() => tank.put(amount)).toThrow("of container 'tank': give an amount above 0, up to its capacity 100")
  expect(() => tank.get(amount)).toThrow("of container 'tank'")
})

test('stores and containers with impossible sizes are refused', () => {
  const { processes } = setting()
  for (const capacity of [0, 1.5, -1, Number.NaN]) {
    expect(() => processes.store('box', { capacity })).toThrow('capacity')
  }
  expect(() => processes.container('tank', { capacity: 0 })).toThrow('capacity 0')
  expect(() => processes.container('tank', { capacity: 5, level: 6 })).toThrow('level 6')
})

test('a store that a kernel handler fills wakes its readers within the same event', () => {
  const { kernel, processes, story, note } = setting()
  const pipe = processes.store<number>('pipe')
  function* echo(): Process {
    for (;;) {
      const item = yield* pipe.get()
      note(item)
      if (item < 3) pipe.put(item + 1)
    }
  }
  processes.start(echo())
  kernel.at(
    4,
    kernel.on('fill', 0, () => void pipe.put(1)),
    0,
  )
  kernel.runUntil(10)
  expect(story).toEqual(['4 1', '4 2', '4 3'])
})

test('nothing is lost or made in any sequence of puts, gets and interrupts', () => {
  const step = fc.record({
    do: fc.constantFrom('put' as const, 'get' as const, 'filter' as const, 'stop' as const),
    which: fc.nat(20),
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
      const { processes } = setting()
      const box = processes.store<number>('box', { capacity })
      const taken: number[] = []
      let puts = 0
      let withdrawn = 0
      const running = steps.map((step) => {
        if (step.do === 'put') {
          const item = puts++
          return processes.start(
            (function* (): Process {
              try {
                yield box.put(item)
              } catch {
                withdrawn++
              }
            })(),
          )
        }
        if (step.do === 'stop') return null
        const filter = step.do === 'filter' ? (item: number) => item % 2 === step.which % 2 : undefined
        return processes.start(
          (function* (): Process {
            try {
              taken.push(yield* box.get(filter))
            } catch {}
          })(),
        )
      })
      for (const [i, { which, do: what }] of steps.entries()) {
        const handle = running[(i + which) % running.length]
        if (what === 'stop' && handle?.alive) handle.interrupt()
      }
      expect(taken.length + box.level + box.putQueueLength + withdrawn).toBe(puts)
      expect(new Set([...taken, ...box.items]).size).toBe(taken.length + box.level)
      expect(box.level).toBeLessThanOrEqual(capacity)
      if (box.putQueueLength > 0) expect(box.level).toBe(capacity)
    }),
    { numRuns: 200 },
  )
})

test('several units in one request, all or none', () => {
  const { kernel, processes, story, note } = setting()
  const crew = processes.resource('crew', { capacity: 3 })
  function* job(name: string, units: number, time: number): Process {
    const ticket = yield acquire(crew, { units })
    note(`${name} starts, ${crew.busy} busy`)
    yield hold(time)
    crew.release(ticket)
  }
  processes.start(job('two', 2, 10))
  processes.start(job('three', 3, 10))
  processes.start(job('one', 1, 10))
  kernel.runUntil(100)
  expect(story).toEqual(['0 two starts, 2 busy', '10 three starts, 3 busy', '20 one starts, 1 busy'])
})
