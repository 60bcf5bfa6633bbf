import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BinaryHeap } from '#engine/future-event-list/binary-heap.ts'
import { tagOf } from '#engine/future-event-list/event-records.ts'
import type { FutureEventList, Handle } from '#engine/future-event-list/future-event-list.ts'
import { TimingWheel } from '#engine/future-event-list/timing-wheel.ts'
import { often } from '../house/effort.ts'

const epoch = 1_700_000_000_000
const structures: Record<string, (start: number) => FutureEventList> = {
  wheel: (start) => new TimingWheel(start),
  heap: (start) => new BinaryHeap(start),
}

/** The obvious list: an array, sorted at each question by T-06's (time, rank, entity, sequence). */
class SortedArray {
  private events: { handle: Handle; time: number; rank: number; entity: number; sequence: number; a: number }[] = []
  private sequence = 0

  insert(handle: Handle, time: number, rank: number, entity: number, a: number): void {
    this.events.push({ handle, time, rank, entity, a, sequence: this.sequence++ })
  }

  cancel(handle: Handle): boolean {
    const before = this.events.length
    this.events = this.events.filter((event) => event.handle !== handle)
    return this.events.length < before
  }

  reschedule(handle: Handle, time: number): boolean {
    const event = this.events.find((event) => event.handle === handle)
    if (!event) return false
    event.time = time
    event.sequence = this.sequence++
    return true
  }

  next(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.events.map((event) => event.time))
  }

  take(end: number) {
    this.events.sort((x, y) => x.time - y.time || x.rank - y.rank || x.entity - y.entity || x.sequence - y.sequence)
    return this.events.length > 0 && this.events[0].time < end ? this.events.shift() : undefined
  }
}

type Step =
  | { do: 'insert'; delay: number; rank: number; entity: number }
  | { do: 'cancel' | 'reschedule'; which: number; delay: number }
  | { do: 'take'; count: number; within: number }
  | { do: 'next' | 'save' }

/** Delays of every size, most of them shared by several events, many of them 0. */
const delay = fc.oneof(
  fc.constantFrom(0, 0, 0, 1, 2, 1023, 1024, 3_600_000),
  fc.nat(5),
  fc.nat(3000),
  fc.nat(5_000_000),
  fc.maxSafeNat().map((x) => x % (100 * 365 * 86_400_000)),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('insert' as const),
      delay,
      rank: fc.nat(3),
      entity: fc.integer({ min: -2, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'reschedule' as const), which: fc.nat(), delay }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      count: fc.nat(4),
      within: fc.oneof(delay, fc.constant(Number.POSITIVE_INFINITY)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('next' as const, 'save' as const) }) },
)

function agrees(create: (start: number) => FutureEventList, start: number, steps: readonly Step[]): void {
  let list = create(start)
  const model = new SortedArray()
  const handles: Handle[] = []
  let now = start
  let count = 0
  const takeBoth = (end: number): boolean => {
    list.until(end)
    const record = list.take()
    const expected = model.take(end)
    if (expected === undefined) {
      expect(record).toBe(-1)
      return false
    }
    expect({ time: list.now, entity: list.words[record + 3], a: list.words[record + 4] }).toEqual({
      time: expected.time,
      entity: expected.entity,
      a: expected.a,
    })
    now = list.now
    return true
  }
  for (const step of steps) {
    if (step.do === 'insert') {
      const handle = list[step.delay < 2 ** 31 ? 'insert' : 'insertFar'](
        step.delay,
        tagOf(step.rank, 0),
        step.entity,
        count,
        0,
      )
      model.insert(handle, now + step.delay, step.rank, step.entity, count++)
      handles.push(handle)
    } else if (step.do === 'cancel' && handles.length > 0) {
      const handle = handles[step.which % handles.length]
      expect(list.cancel(handle)).toBe(model.cancel(handle))
    } else if (step.do === 'reschedule' && handles.length > 0) {
      const handle = handles[step.which % handles.length]
      expect(list.reschedule(handle, step.delay)).toBe(model.reschedule(handle, now + step.delay))
    } else if (step.do === 'take') {
      const end = now + step.within
      let left = step.count
      while (left > 0 && takeBoth(end)) left--
      if (left > 0 && end !== Number.POSITIVE_INFINITY) list.moveTo((now = end))
    } else if (step.do === 'next') {
      expect(list.next()).toBe(model.next())
    } else if (step.do === 'save') {
      const state = structuredClone(list.save())
      list = create(start)
      expect(list.restore(state, Int32Array.of(0))).toBe(-1)
    }
  }
  while (takeBoth(Number.POSITIVE_INFINITY));
  expect(list.size).toBe(0)
  expect(list.next()).toBe(Number.POSITIVE_INFINITY)
}

for (const [name, create] of Object.entries(structures)) {
  test(`${name}: any sequence of schedule, cancel, reschedule, take, save agrees with a sorted array`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, epoch, epoch + 1023, 2 ** 40 - 1),
        fc.array(step, { maxLength: 200, size: 'max' }),
        (start, steps) => agrees(create, start, steps),
      ),
      { numRuns: often(120, 400) },
    )
  })

  test(`${name}: ten thousand events of one instant in any order`, () => {
    const list = create(epoch)
    let seed = 7
    for (let i = 0; i < 10_000; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0
      list.insert(1, tagOf((seed >>> 8) & 1, 0), (seed >>> 9) % 500, i, 0)
    }
    let before = [-1, -1, -1]
    for (let record = list.take(); record >= 0; record = list.take()) {
      const key = [list.words[record + 2] >>> 27, list.words[record + 3], list.words[record + 4]]
      const at = key.findIndex((part, i) => part !== before[i])
      expect(key[at]).toBeGreaterThan(before[at])
      before = key
    }
    expect(list.size).toBe(0)
  })

  test(`${name}: times up to 2^53 - 1`, () => {
    const list = create(0)
    const times = [Number.MAX_SAFE_INTEGER, 2 ** 52, 2 ** 50 + 1, 2 ** 50, 2 ** 40, 2 ** 30, 2 ** 30 - 1, 1]
    for (const time of times) list.insertFar(time, 0, 0, 0, 0)
    const taken: number[] = []
    while (list.take() >= 0) taken.push(list.now)
    expect(taken).toEqual(times.reverse())
  })

  test(`${name}: a handle outlives growth, and a reused record does not answer to it`, () => {
    const list = create(epoch)
    const first = list.insert(5, 0, 1, 0, 0)
    for (let i = 0; i < 100_000; i++) list.insert(i, 0, i, 0, 0)
    expect(list.cancel(first)).toBe(true)
    for (let i = 0; i < 1000; i++) {
      const handle = list.insert(5, 0, 1, 0, 0)
      expect(list.cancel(first)).toBe(false)
      expect(list.cancel(handle)).toBe(true)
    }
    expect(list.size).toBe(100_000)
  })
}

/** Bytes of a saved list. */
function bytesOf(list: FutureEventList): number {
  return Object.values(list.save()).reduce<number>(
    (sum, part) => sum + (ArrayBuffer.isView(part) ? part.byteLength : 0),
    0,
  )
}

test('wheel: a pending event takes less than 40 bytes, apart from the fixed head', () => {
  const list = new TimingWheel(epoch)
  const head = bytesOf(list)
  for (let i = 0; i < 200_000; i++) list.insert(1 + ((Math.imul(i, 0x9e3779b1) >>> 4) % 100_000_000), 0, i, 0, 0)
  expect((bytesOf(list) - head) / list.size).toBeLessThan(40)
})

test('wheel: timers that are moved or replaced forever take no more room', () => {
  const list = new TimingWheel(epoch)
  const handles = Array.from({ length: 100 }, (_, i) => list.insert(1 + i, 0, i, 0, 0))
  const after = (rounds: number): number => {
    for (let i = 0; i < rounds; i++) {
      const victim = (Math.imul(i, 0x9e3779b1) >>> 8) % 100
      const delay = 1_000_000 + (Math.imul(i, 0x85ebca6b) >>> 5)
      if (i % 3 > 0) expect(list.reschedule(handles[victim], delay)).toBe(true)
      else {
        list.cancel(handles[victim])
        handles[victim] = list.insert(delay, 0, victim, 0, 0)
      }
    }
    return bytesOf(list)
  }
  const soon = after(20_000)
  expect(after(100_000)).toBeLessThan(soon * 1.2)
})
