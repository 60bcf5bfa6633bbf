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

/** A run with ties, cancellations, reschedules and far timers, as deep as one likes. */
function workload(kernel: Kernel, names: readonly string[] = ['act', 'close', 'never']) {
  const pending = new Int32Array(64).fill(NO_EVENT)
  const random = new Int32Array([7])
  const draw = (below: number) => {
    random[0] = Math.imul(random[0], 1664525) + 1013904223
    return (random[0] >>> 8) % below
  }
  const handlers: Record<string, (entity: number) => void> = {
    act: (entity) => {
      kernel.digest.fold(draw(1000) / 8)
      pending[entity] = kernel.after(draw(4) === 0 ? 0 : draw(100_000_000) * draw(90), kinds.close, entity, draw(9))
      const other = draw(64)
      if (draw(3) === 0) kernel.cancel(pending[other])
      else kernel.reschedule(pending[other], kernel.now + draw(50))
    },
    close: (entity) => void kernel.after(draw(5000), kinds.act, entity),
    never: () => {},
  }
  const kinds: Record<string, EventKind> = {}
  for (const name of names) kinds[name] = kernel.on(name, name === 'close' ? 0 : 4, handlers[name])
  const begin = () => {
    for (let entity = 0; entity < 64; entity++) kernel.at(kernel.now, kinds.act, entity)
  }
  return { begin, columns: { pending, random } }
}

test('wheel and heap write one history', () => {
  const [wheel, heap] = (['wheel', 'heap'] as const).map((list) => {
    const kernel = new Kernel({ start, list })
    workload(kernel).begin()
    kernel.runUntil(start + 40 * 86_400_000)
    return { executed: kernel.executed, digest: kernel.digest.hex(), pending: kernel.pending }
  })
  expect(wheel).toEqual(heap)
  expect(wheel.executed).toBeGreaterThan(500)
})

for (const list of ['wheel', 'heap'] as const) {
  test(`${list}: a run cut in two by save and restore, with kinds numbered otherwise, ends with the same digest`, () => {
    const whole = new Kernel({ start, list })
    workload(whole).begin()
    whole.runUntil(start + 40 * 86_400_000)

    const first = new Kernel({ start, list })
    const before = workload(first)
    before.begin()
    first.runUntil(start + 3_600_000)
    const saved = structuredClone({ kernel: first.save(), columns: before.columns })

    const second = new Kernel({ list })
    const after = workload(second, ['never', 'close', 'act'])
    second.restore(saved.kernel)
    after.columns.pending.set(saved.columns.pending)
    after.columns.random.set(saved.columns.random)
    second.runUntil(start + 40 * 86_400_000)
    expect(second.digest.hex()).toBe(whole.digest.hex())
    expect(second.executed).toBe(whole.executed)
  })
}

test('a state with events of an unknown kind, another rank or another structure is refused', () => {
  const kernel = new Kernel({ start })
  kernel.after(
    5,
    kernel.on('act', 4, () => {}),
    0,
  )
  const state = kernel.save()
  expect(() => new Kernel().restore(state)).toThrow('register it with kernel.on()')
  const ranked = new Kernel()
  ranked.on('act', 3, () => {})
  expect(() => ranked.restore(state)).toThrow('another rank')
  expect(() => new Kernel({ list: 'heap' }).restore(state)).toThrow("list 'wheel'")
})

test('what cannot be scheduled is refused with what, when and how to fix it', () => {
  const kernel = new Kernel({ start })
  const act = kernel.on('act', 4, () => kernel.runUntil(start + 99))
  expect(() => kernel.at(start - 1, act, 0)).toThrow(`'act' at ${start - 1} is 1 ms in the past`)
  expect(() => kernel.at(start + 0.5, act, 0)).toThrow('whole number of milliseconds')
  for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => kernel.at(time, act, 0)).toThrow('whole number of milliseconds')
  }
  expect(() => kernel.after(-1, act, 0)).toThrow('in the past')
  expect(() => kernel.after(1, act, 2 ** 31)).toThrow('must be an int32')
  expect(() => kernel.after(1, act, 0, 0.5)).toThrow('must be an int32')
  expect(() => kernel.after(1, 1, 0)).toThrow('kind 1 is not registered')
  expect(() => kernel.on('act', 4, () => {})).toThrow('already registered')
  expect(() => kernel.on('late', 32, () => {})).toThrow('from 0 to 31')
  expect(() => kernel.runUntil(start - 1)).toThrow(`the clock shows ${start}`)
  const handle = kernel.after(5, act, 0)
  expect(() => kernel.reschedule(handle, start - 1)).toThrow('in the past')
  expect(() => kernel.runUntil(start + 9)).toThrow('the kernel is running')
  expect(kernel.executed).toBe(1)
  expect(kernel.runUntil(start + 20)).toBe(0)
})

test('the digest knows every number of an event', () => {
  const history = (time: number, name: string, entity: number, a: number, b: number) => {
    const kernel = new Kernel()
    kernel.at(
      time,
      kernel.on(name, 4, () => {}),
      entity,
      a,
      b,
    )
    kernel.runUntil(100)
    return kernel.digest.hex()
  }
  const all = [
    history(5, 'step', 1, 2, 3),
    history(6, 'step', 1, 2, 3),
    history(5, 'stop', 1, 2, 3),
    history(5, 'step', 9, 2, 3),
    history(5, 'step', 1, 9, 3),
    history(5, 'step', 1, 2, 9),
  ]
  expect(new Set(all).size).toBe(all.length)
})
