import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ModelTime } from '#engine/model-time.ts'

const table = [
  ['tick', 7, 7],
  ['millisecond', 7, 7],
  ['second', 1.5, 1500],
  ['minute', 2.5, 150_000],
  ['hour', 1 / 3, 1_200_000],
  ['day', 2, 172_800_000],
  ['week', 1, 604_800_000],
  [1_000_000, 0.0000015, 2],
  ['second', 0.0005, 1],
  ['second', 0.00049, 0],
  ['second', -0.0001, 0],
  ['second', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
] as const

test.each(table)('with unit %s, %s is %s ticks', (unit, time, ticks) => {
  expect(new ModelTime(unit).ticks(time)).toBe(ticks)
})

test('ticks survive the way to units and back, in any unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 0, max: 2 ** 51 }), (unit, ticks) => {
      const time = new ModelTime(unit)
      expect(time.ticks(time.units(ticks))).toBe(ticks)
    }),
  )
})

test.each([
  [1, 1.5, 'a time is a whole number of ticks, 0 or more'],
  ['millisecond', 0.1, 'a time is a whole number of milliseconds, 0 or more'],
  ['minute', -1, '-1: a time is a number of minutes, 0 or more'],
  ['minute', Number.NaN, 'NaN: a time is a number of minutes'],
  ['day', 1e12, 'a time is a number of days'],
] as const)('with unit %s, %s is refused', (unit, time, message) => {
  expect(() => new ModelTime(unit).ticks(time)).toThrow(message)
})

test.each(['fortnight', 0, -1, 1.5, Number.NaN, 2 ** 52])('unit %s is refused', (unit) => {
  expect(() => new ModelTime(unit as never)).toThrow(/time unit .*: give tick, .*, or a whole number of ticks from 1/)
})
