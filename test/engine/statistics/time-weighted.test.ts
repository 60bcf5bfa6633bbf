import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeWeighted } from '#engine/statistics/time-weighted.ts'

test('a queue of 2 for 30 ms, 5 for 10 ms and 0 for 60 ms is 1.1 long on average', () => {
  const queue = new TimeWeighted(1000)
  queue.set(1000, 2)
  queue.set(1030, 5)
  queue.set(1040, 0)
  expect(queue.area(1100)).toBe(110)
  expect(queue.mean(1100)).toBe(1.1)
  expect(queue.max).toBe(5)
})

test('add counts up and down', () => {
  const busy = new TimeWeighted(0)
  busy.add(10, 1)
  busy.add(20, 1)
  busy.add(40, -2)
  expect([busy.value, busy.max, busy.area(50)]).toEqual([0, 2, 50])
})

test('reset forgets the warm-up but not the value', () => {
  const busy = new TimeWeighted(0, 9)
  busy.set(50, 3)
  busy.reset(100)
  expect(busy.mean(100)).toBe(3)
  busy.set(110, 1)
  expect([busy.mean(120), busy.max]).toEqual([2, 3])
})

test('time that runs backwards is an error', () => {
  const busy = new TimeWeighted(10)
  expect(() => busy.set(9, 1)).toThrow('before 10 ms')
})

test('the area is exact at epoch times, for a year of a hundred thousand servers', () => {
  const start = Date.UTC(2023, 0, 1)
  const year = 365 * 86_400_000
  const servers = new TimeWeighted(start, 100_000)
  servers.set(start + 1, 99_999)
  expect(servers.area(start + year)).toBe(99_999 * year + 1)
})

const changes = fc.array(fc.tuple(fc.nat(1000), fc.nat(50)), { maxLength: 40 })

test('the area is the sum over every millisecond, and a restored average continues as if it had never stopped', () => {
  fc.assert(
    fc.property(changes, fc.nat(40), (steps, stop) => {
      let quantity = new TimeWeighted(500, 4)
      let now = 500
      let area = 0
      steps.forEach(([gap, value], i) => {
        if (i === stop) {
          const resumed = new TimeWeighted()
          resumed.restore(quantity.save())
          quantity = resumed
        }
        area += quantity.value * gap
        now += gap
        quantity.set(now, value)
      })
      expect(quantity.area(now)).toBe(area)
      expect(quantity.max).toBe(Math.max(4, ...steps.map(([, value]) => value)))
    }),
  )
})
