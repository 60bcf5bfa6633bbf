import { expect, test } from 'vitest'
import { Kernel } from '#engine/kernel.ts'
import { acquire, hold, Preempted, type Process, Processes } from '#engine/process.ts'

function setting() {
  const kernel = new Kernel()
  const processes = new Processes(kernel)
  const story: string[] = []
  return { kernel, processes, story, tell: (what: string) => void story.push(`${kernel.now} ${what}`) }
}

test('a process lives from yield to yield', () => {
  const { kernel, processes, story, tell } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  function* customer(name: string, service: number): Process {
    tell(`${name} comes`)
    const ticket = yield acquire(desk)
    tell(`${name} starts`)
    yield hold(service)
    desk.release(ticket)
    tell(`${name} leaves`)
  }
  function* source(): Process {
    for (const name of ['Ann', 'Bob']) {
      processes.start(customer(name, 10))
      yield hold(3)
    }
  }
  processes.start(source())
  kernel.runUntil(100)
  expect(story).toEqual([
    '0 Ann comes',
    '0 Ann starts',
    '3 Bob comes',
    '10 Ann leaves',
    '10 Bob starts',
    '20 Bob leaves',
  ])
})

test('who loses patience gets -1', () => {
  const { kernel, processes, story, tell } = setting()
  const desk = processes.resource('desk', { capacity: 1 })
  function* customer(patience: number): Process {
    const ticket = yield acquire(desk, 0, patience)
    tell(ticket < 0 ? 'gives up' : 'starts')
    if (ticket < 0) return
    yield hold(10)
    desk.release(ticket)
  }
  for (const patience of [5, 5, 15]) processes.start(customer(patience))
  kernel.runUntil(100)
  expect(story).toEqual(['0 starts', '5 gives up', '10 starts'])
})

test('who is preempted, while it holds or waits for something else, catches it where it was', () => {
  const { kernel, processes, story, tell } = setting()
  const desk = processes.resource('desk', { capacity: 1, discipline: 'priority', preemptive: true })
  const stamp = processes.resource('stamp', { capacity: 1 })
  function* clerk(name: string, priority: number, start: number, wantsStamp: boolean): Process {
    yield hold(start)
    let ticket = yield acquire(desk, priority)
    for (let done = false; !done; ) {
      try {
        if (wantsStamp) yield acquire(stamp)
        yield hold(10)
        done = true
      } catch (lost) {
        if (!(lost instanceof Preempted)) throw lost
        tell(`${name} is preempted`)
        ticket = yield acquire(desk, priority)
        tell(`${name} begins again`)
      }
    }
    desk.release(ticket)
    tell(`${name} is done`)
  }
  function* thief(): Process {
    yield acquire(stamp)
    yield hold(600)
  }
  processes.start(thief())
  processes.start(clerk('low', 5, 0, false))
  processes.start(clerk('high', 1, 4, false))
  processes.start(clerk('stamped', 5, 30, true))
  processes.start(clerk('last', 1, 34, false))
  kernel.runUntil(100)
  expect(story).toEqual([
    '4 low is preempted',
    '14 high is done',
    '14 low begins again',
    '24 low is done',
    '34 stamped is preempted',
    '44 last is done',
    '44 stamped begins again',
  ])
  expect(stamp.queueLength).toBe(1)
})

test('an error in a process is thrown by runUntil, and the others can continue', () => {
  const { kernel, processes, story, tell } = setting()
  function* faulty(): Process {
    yield hold(5)
    throw new Error('broken')
  }
  function* sound(): Process {
    yield hold(9)
    tell('sound')
  }
  processes.start(faulty())
  processes.start(sound())
  expect(() => kernel.runUntil(100)).toThrow(/^process 1 \(.*\) at time 5: Error: broken$/)
  kernel.runUntil(100)
  expect(story).toEqual(['9 sound'])
})
