/** What a process can do wrong, and that the error says which process, when and why. */
import { expect, test } from 'vitest'
import { Kernel } from '#engine/kernel.ts'
import {
  type Acquisition,
  acquire,
  anyOf,
  hold,
  Interrupted,
  join,
  Preempted,
  type Process,
  ProcessError,
  Processes,
  passivate,
} from '#engine/process.ts'
import { Resource } from '#engine/resources/resource.ts'
import { setting } from './setting.ts'

function faultOf(run: () => unknown): ProcessError {
  try {
    run()
  } catch (error) {
    if (error instanceof ProcessError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const mistakes: readonly (readonly [what: string, wish: () => unknown, reason: RegExp])[] = [
  ['undefined', () => undefined, /it yields undefined; .*to end the process, `return`/],
  ['null', () => null, /it yields null/],
  ['a text', () => '5', /it yields the text "5"/],
  ['a bigint', () => 5n, /it yields the bigint 5/],
  ['a boolean', () => true, /it yields the boolean true/],
  ['a function', () => acquire, /it yields the function acquire; call it/],
  ['a promise', () => Promise.resolve(), /it yields an object \(Promise\); a promise ends by the wall clock/],
  ['a generator', () => (function* () {})(), /it yields a generator; `yield\*` runs it as part of this process/],
  ['a plain object', () => ({ resource: null }), /it yields an object \(Object\)/],
  ['a negative delay', () => hold(-3), /hold\(-3\): a time is a whole number of ticks, 0 or more/],
  ['a fraction of a tick', () => hold(1.5), /hold\(1.5\): .*choose a time unit of more than one tick/],
  ['no number', () => hold(Number.NaN), /hold\(NaN\)/],
  ['an endless delay', () => hold(Number.POSITIVE_INFINITY), /it would wait forever; use passivate\(\)/],
  ['a delay beyond the clock', () => hold(2 ** 60), /hold\(1152921504606847000\): a time is a whole number/],
]

test.each(mistakes)('to yield %s is an error with process, time and line', (_, wish, reason) => {
  const { kernel, processes, story, note } = setting()
  function* faulty(): Process {
    yield hold(7)
    yield wish() as never
    note('continues')
  }
  function* sound(): Process {
    yield hold(9)
    note('sound')
  }
  processes.start(faulty(), 'Ann')
  processes.start(sound())
  const fault = faultOf(() => kernel.runUntil(100))
  expect(fault).toMatchObject({ process: 'Ann', time: 7, reason: expect.stringMatching(reason) })
  expect(fault.message).toMatch(/^Ann \(faulty, faults\.test\.ts:\d+\) at time 7: /)
  kernel.runUntil(100)
  expect(story).toEqual(['9 sound'])
})

test('times of errors are in the unit of the model', () => {
  const { kernel, processes } = setting('minute')
  function* faulty(): Process {
    yield hold(2.5)
    yield hold(-1)
  }
  processes.start(faulty(), 'Ann')
  expect(faultOf(() => kernel.runUntil(1e9)).message).toMatch(
    /^Ann \(.*\) at 2.5 minutes: hold\(-1\): .* minutes, 0 or more$/,
  )
})

test('an error thrown in a process names process, time and line, and keeps its cause', () => {
  const { kernel, processes } = setting()
  const cause = new RangeError('mine')
  function* faulty(): Process {
    yield hold(5)
    throw cause
  }
  processes.start(faulty(), 'Ann')
  const fault = faultOf(() => kernel.runUntil(100))
  expect(fault.message).toMatch(/^Ann \(faults\.test\.ts:\d+\) at time 5: RangeError: mine$/)
  expect(fault.cause).toBe(cause)
})

test('what is not an error can be thrown too', () => {
  const { kernel, processes } = setting()
  function* faulty(): Process {
    yield hold(5)
    throw 'a text'
  }
  processes.start(faulty(), 'Ann')
  expect(faultOf(() => kernel.runUntil(100)).reason).toBe('threw a text')
})

test('two processes that fail within one event are both named, and a third one continues', () => {
  const { kernel, processes, story, note } = setting()
  const gun = processes.event('gun')
  function* runner(fails: boolean): Process {
    yield gun
    if (fails) throw new Error('fell')
    note('runs')
  }
  for (const fails of [true, false, true]) processes.start(runner(fails))
  const shoot = kernel.on('shoot', 0, () => gun.succeed())
  kernel.at(3, shoot, 0)
  const fault = faultOf(() => kernel.runUntil(100))
  expect(fault.message).toMatch(/^process 1 .* at time 3: Error: fell\nand process 3 .* at time 3: Error: fell$/)
  expect(fault.others.map(({ process }) => process)).toEqual(['process 3'])
  expect(story).toEqual(['3 runs'])
})

test('a stored acquire waits for its own resource', () => {
  const { kernel, processes, story, note } = setting()
  const [first, second] = ['first', 'second'].map((name) => processes.resource(name, { capacity: 1 }))
  function* customer(): Process {
    const later = acquire(first)
    const now = yield acquire(second)
    const then = yield later
    note(`${first.busy} ${second.busy}`)
    first.release(then)
    second.release(now)
  }
  processes.start(customer())
  kernel.runUntil(100)
  expect(story).toEqual(['0 1 1'])
})

test('the same acquire yielded twice is an error', () => {
  const { kernel, processes } = setting()
  const desk = processes.resource('desk', { capacity: 2 })
  function* customer(): Process {
    const wish: Acquisition = acquire(desk)
    yield wish
    yield hold(3)
    yield wish
  }
  processes.start(customer(), 'Ann')
  const fault = faultOf(() => kernel.runUntil(100))
  expect(fault).toMatchObject({
    process: 'Ann',
    time: 3,
    reason: expect.stringMatching(/same acquire\(\) of 'desk' twice/),
  })
  expect(desk.busy).toBe(0)
})

test('a process that ends while it holds units is an error, and the next one gets them', () => {
  const { kernel, processes, story, note } = setting()
  const [desk, lamp] = ['desk', 'lamp'].map((name) => processes.resource(name, { capacity: 1 }))
  function* careless(): Process {
    yield acquire(desk)
    yield hold(1)
    yield acquire(lamp)
    yield hold(4)
  }
  function* next(): Process {
    const ticket = yield acquire(desk)
    note('has the desk')
    desk.release(ticket)
  }
  processes.start(careless(), 'Ann')
  processes.start(next(), 'Bob')
  const fault = faultOf(() => kernel.runUntil(100))
  expect(fault).toMatchObject({ process: 'Ann', time: 5 })
  expect(fault.reason).toBe(
    "it ends while it holds a unit of 'desk' since 0, 'lamp' since 1; release() it, or transfer() it",
  )
  expect(story).toEqual(['5 has the desk'])
  expect([desk.busy, lamp.busy]).toEqual([0, 0])
})

test('a process that fails gives its units back', () => {
  const { kernel, processes } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  function* faulty(): Process {
    yield acquire(desk)
    throw new Error('mine')
  }
  expect(() => processes.start(faulty())).toThrow('mine')
  kernel.runUntil(1)
  expect(desk.busy).toBe(0)
})

test('`finally` blocks run when a process is stopped by its own mistake', () => {
  const { processes, story, note } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  function* faulty(): Process {
    const ticket = yield acquire(desk)
    try {
      yield undefined as never
    } finally {
      note('clears up')
      desk.release(ticket)
    }
  }
  expect(() => processes.start(faulty())).toThrow('it yields undefined')
  expect(story).toEqual(['0 clears up'])
})

const releases: readonly (readonly [what: string, body: (p: Processes) => Process, reason: RegExp])[] = [
  [
    'twice',
    function* (p) {
      const desk = p.resource('desk', { capacity: 1 })
      const ticket = yield acquire(desk)
      desk.release(ticket)
      desk.release(ticket)
    },
    /releases ticket 0 of 'desk', which holds nothing; it was released before/,
  ],
  [
    'what patience did not wait for',
    function* (p) {
      const desk = p.resource('desk', { capacity: 0 })
      desk.release(yield acquire(desk, 0, 5))
    },
    /releases ticket -1 of 'desk', which holds nothing: -1 says that patience ended/,
  ],
  [
    'what a full queue refused',
    function* (p) {
      const desk = p.resource('desk', { capacity: 0, queueLimit: 0 })
      desk.release(yield acquire(desk))
    },
    /-2 says that the queue was full/,
  ],
  [
    'what was never acquired',
    function* (p) {
      p.resource('desk', { capacity: 1 }).release(17)
      yield 0
    },
    /releases ticket 17 of 'desk', which holds nothing/,
  ],
  [
    'what another process holds',
    function* (p) {
      const desk = p.resource('desk', { capacity: 1 })
      let theirs = -1
      p.start(
        (function* (): Process {
          theirs = yield acquire(desk)
          yield hold(50)
          desk.release(theirs)
        })(),
        'Bob',
      )
      yield hold(1)
      desk.release(theirs)
    },
    /releases ticket 0 of 'desk', which Bob holds; transfer\(\) it first/,
  ],
]

test.each(releases)('to release %s is an error', (_, body, reason) => {
  const { kernel, processes } = setting()
  expect(
    faultOf(() => {
      processes.start(body(processes), 'Ann')
      kernel.runUntil(100)
    }),
  ).toMatchObject({ process: 'Ann', reason: expect.stringMatching(reason) })
})

test('what was preempted may be released in a `finally` block', () => {
  const { kernel, processes, story, note } = setting()
  const desk = processes.resource('desk', { capacity: 1, discipline: 'priority', preemptive: true })
  function* clerk(priority: number): Process {
    const ticket = yield acquire(desk, priority)
    try {
      yield hold(10)
    } catch (error) {
      note((error as Error).name)
    } finally {
      note(desk.release(ticket))
    }
  }
  processes.start(clerk(2))
  kernel.runUntil(4)
  processes.start(clerk(1))
  kernel.runUntil(100)
  expect(story).toEqual(['4 Preempted', '4 false', '14 true'])
})

test('an uncaught preemption is an error of that process', () => {
  const { kernel, processes } = setting()
  const desk = processes.resource('desk', { capacity: 1, discipline: 'priority', preemptive: true })
  function* clerk(priority: number): Process {
    const ticket = yield acquire(desk, priority)
    yield hold(10)
    desk.release(ticket)
  }
  processes.start(clerk(2), 'Ann')
  kernel.runUntil(4)
  const fault = faultOf(() => processes.start(clerk(1), 'Bob'))
  expect(fault).toMatchObject({ process: 'Ann', time: 4, cause: expect.any(Preempted) })
  kernel.runUntil(100)
  expect(desk.busy).toBe(0)
})

test('resources of another kernel, of other processes and of no processes are refused', () => {
  const { processes } = setting()
  const foreign = new Processes(new Kernel())
  const bare = new Resource(processes.kernel, 'bare', { capacity: 1, granted: () => {} })
  const wishes = [
    () => acquire(foreign.resource('desk', { capacity: 1 })),
    () => acquire(bare),
    () => anyOf(acquire(foreign.resource('lamp', { capacity: 1 })), hold(3)),
    () => foreign.event('gun'),
    () => foreign.store('box').get(),
    () => foreign.container('tank', { level: 1 }).get(1),
  ]
  for (const wish of wishes) {
    function* customer(): Process {
      yield wish() as never
    }
    expect(faultOf(() => processes.start(customer(), 'Ann'))).toMatchObject({
      process: 'Ann',
      reason: expect.stringMatching(/belongs to (other Processes|a kernel alone)/),
    })
  }
})

const others: readonly (readonly [what: string, body: (p: Processes) => Process, reason: RegExp])[] = [
  [
    'to interrupt a process that has ended',
    function* (p) {
      const ended = p.start((function* (): Process {})(), 'Bob')
      yield hold(1)
      ended.interrupt()
    },
    /it interrupts Bob, which has ended; ask `alive` first/,
  ],
  [
    'to interrupt oneself',
    function* (p) {
      yield hold(1)
      p.current?.interrupt()
    },
    /it interrupts itself/,
  ],
  [
    'to activate who is not passive',
    function* (p) {
      const busy = p.start(
        (function* (): Process {
          yield hold(9)
        })(),
        'Bob',
      )
      yield hold(1)
      busy.activate()
    },
    /it activates Bob, which is not passive; it holds/,
  ],
  [
    'to activate who has ended',
    function* (p) {
      const ended = p.start((function* (): Process {})(), 'Bob')
      yield hold(1)
      ended.activate()
    },
    /it activates Bob, which has ended/,
  ],
  [
    'to wait for one`s own end',
    function* (p) {
      yield hold(1)
      yield join(p.current!)
    },
    /it waits for its own end/,
  ],
  [
    'to let an event happen twice',
    function* (p) {
      const gun = p.event('gun')
      gun.succeed()
      yield hold(2)
      gun.succeed()
    },
    /event 'gun' has already happened, at time 0/,
  ],
  [
    'to ask for more units than there are',
    function* (p) {
      yield acquire(p.resource('desk', { capacity: 2 }), { units: 3 })
    },
    /3 units of 'desk': request a whole number from 1 to its 2/,
  ],
  [
    'to ask for half a unit',
    function* (p) {
      yield acquire(p.resource('desk', { capacity: 2 }), { units: 0.5 })
    },
    /0.5 units of 'desk'/,
  ],
  [
    'to run the kernel from inside',
    function* (p) {
      yield hold(1)
      p.kernel.runUntil(5)
    },
    /the kernel is running/,
  ],
  [
    'to go round without time passing',
    function* (p) {
      const done = p.event('done')
      done.succeed()
      for (;;) yield done
    },
    /times without time passing/,
  ],
  [
    'to hold for less than a tick over and over',
    function* () {
      yield hold(3)
      for (;;) yield hold(0)
    },
    /delays of 0 have come 2000000 times without time passing/,
  ],
  [
    'to start something that is not a generator',
    function* (p) {
      p.start(function* (): Process {} as never, 'Ann')
      yield hold(1)
    },
    /start\(\) was given no generator; call it/,
  ],
]

test.each(others)('%s is an error', (_, body, reason) => {
  const { kernel, processes } = setting()
  expect(
    faultOf(() => {
      processes.start(body(processes), 'Ann')
      kernel.runUntil(100)
    }),
  ).toMatchObject({ process: 'Ann', reason: expect.stringMatching(reason) })
})

test('an uncaught interrupt is an error of the interrupted process', () => {
  const { kernel, processes } = setting()
  function* sleeper(): Process {
    yield hold(50)
  }
  const asleep = processes.start(sleeper(), 'Ann')
  kernel.runUntil(4)
  const fault = faultOf(() => asleep.interrupt('fire'))
  expect(fault.message).toMatch(/^Ann.* at time 4: Interrupted: interrupted \(fire\)/)
  expect(fault.cause).toBeInstanceOf(Interrupted)
  expect(kernel.pending).toBe(0)
})

test('processes that wait forever are reported at the end: since when, for what, and which process holds it', () => {
  const { kernel, processes } = setting()
  const [left, right] = ['left', 'right'].map((name) => processes.resource(name, { capacity: 1 }))
  function* philosopher(first: typeof left, second: typeof left): Process {
    const fork = yield acquire(first)
    yield hold(2)
    const other = yield acquire(second)
    second.release(other)
    first.release(fork)
  }
  function* guest(): Process {
    yield passivate()
  }
  processes.start(philosopher(left, right), 'Plato')
  processes.start(philosopher(right, left), 'Kant')
  processes.start(guest(), 'Ann')
  kernel.runUntil(10)
  expect(processes.waiting().map(({ name, since, for: what }) => `${name} ${since} ${what}`)).toEqual([
    'Ann 0 activate()',
    "Plato 2 a unit of 'right' (held by Kant)",
    "Kant 2 a unit of 'left' (held by Plato)",
  ])
  expect(processes.waiting(left).map(({ name }) => name)).toEqual(['Kant'])
  expect(() => processes.checkFinished()).toThrow(
    /3 processes wait forever\n {2}Ann waits since 0 for activate\(\)\n {2}Plato/,
  )
})

test('no process counts as waiting forever while events are pending', () => {
  const { kernel, processes } = setting()
  function* guest(): Process {
    yield passivate()
  }
  processes.start(guest())
  kernel.after(
    5,
    kernel.on('later', 0, () => {}),
    0,
  )
  processes.checkFinished()
  kernel.runUntil(10)
  expect(() => processes.checkFinished()).toThrow('1 process waits forever')
})

test('a restored kernel with events of processes says that they cannot be restored', () => {
  const { kernel, processes } = setting()
  function* sleeper(): Process {
    yield hold(50)
  }
  processes.start(sleeper())
  const other = setting()
  other.kernel.restore(kernel.save())
  expect(() => other.kernel.runUntil(100)).toThrow('processes cannot be saved and restored')
})
