import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, type Shift, WEEK, WorkingHours } from '#engine/resources/working-hours.ts'

const HOUR = 3_600_000
const china = 8 * HOUR
const office = new WorkingHours(
  [0, 1, 2, 3, 4].flatMap((day) => [
    { day, from: 9 * HOUR, to: 12 * HOUR },
    { day, from: 13 * HOUR, to: 18 * HOUR },
  ]),
  china,
)

/** Civil time at UTC+08:00. 5 June 2023 was a Monday. */
function at(day: number, hour: number): number {
  return Date.UTC(2023, 5, day) + hour * HOUR - china
}

test.each([
  ['Monday, a minute before nine', at(5, 9) - 60_000, false, at(5, 9)],
  ['Monday at nine', at(5, 9), true, at(5, 12)],
  ['Monday at noon', at(5, 12), false, at(5, 13)],
  ['Monday evening', at(5, 20), false, at(6, 9)],
  ['Friday evening', at(9, 18), false, at(12, 9)],
  ['Sunday', at(11, 12), false, at(12, 9)],
])('%s', (_, now, open, next) => {
  expect(office.open(now)).toBe(open)
  expect(office.nextChange(now)).toBe(next)
})

test('business time counts open hours only, and finish is its inverse', () => {
  expect(office.businessTime(at(5, 0), at(12, 0))).toBe(40 * HOUR)
  expect(office.businessTime(at(5, 11), at(5, 14))).toBe(2 * HOUR)
  expect(office.businessTime(at(9, 17), at(12, 10))).toBe(2 * HOUR)
  expect(office.finish(at(9, 17), 2 * HOUR)).toBe(at(12, 10))
  expect(office.finish(at(5, 9), 3 * HOUR)).toBe(at(5, 12))
  expect(office.finish(at(10, 9), 40 * HOUR)).toBe(at(16, 18))
})

test('always and never open', () => {
  const always = new WorkingHours(
    [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, from: 0, to: DAY })),
    0,
  )
  expect([always.open(5), always.nextChange(5), always.businessTime(5, 5 + WEEK)]).toEqual([true, Infinity, WEEK])
  const never = new WorkingHours([], 0)
  expect([never.open(5), never.nextChange(5), never.finish(5, 1), never.finish(5, 0)]).toEqual([
    false,
    Infinity,
    Infinity,
    5,
  ])
})

test('a span over the end of the week is one span', () => {
  const weekend = new WorkingHours(
    [
      { day: 6, from: 12 * HOUR, to: DAY },
      { day: 0, from: 0, to: HOUR },
    ],
    china,
  )
  expect(weekend.nextChange(at(11, 13))).toBe(at(12, 1))
  expect(weekend.nextChange(at(12, 0.5))).toBe(at(12, 1))
  expect(weekend.nextChange(at(12, 2))).toBe(at(18, 12))
})

test('impossible shifts are refused', () => {
  expect(() => new WorkingHours([{ day: 7, from: 0, to: 1 }], 0)).toThrow('days are 0-6')
  expect(() => new WorkingHours([{ day: 1, from: 5, to: 5 }], 0)).toThrow('hours 0 <= from < to')
  expect(
    () =>
      new WorkingHours(
        [
          { day: 1, from: 0, to: 5 },
          { day: 1, from: 4, to: 6 },
        ],
        0,
      ),
  ).toThrow('overlap on day 1')
})

test('any calendar: changes alternate, business time adds up, finish is the least instant that has the work done', () => {
  const shifts = fc.uniqueArray(fc.nat(47), { minLength: 1, maxLength: 12 }).map((halves): Shift[] =>
    halves
      .filter((half) => half < 14 * 3)
      .map((half) => ({
        day: Math.floor(half / 6) % 7,
        from: (half % 6) * 4 * HOUR,
        to: ((half % 6) + 1) * 4 * HOUR,
      })),
  )
  fc.assert(
    fc.property(
      shifts,
      fc.nat(WEEK),
      fc.nat(3 * WEEK),
      fc.integer({ min: -12, max: 14 }),
      (list, since, length, zone) => {
        const hours = new WorkingHours(list, zone * HOUR)
        const from = Date.UTC(2023, 5, 1) + since
        const to = from + length
        let open = 0
        let now = from
        while (now < to) {
          const next = Math.min(to, hours.nextChange(now))
          if (hours.open(now)) open += next - now
          if (next < to) expect(hours.open(next)).toBe(!hours.open(now))
          now = next
        }
        expect(hours.businessTime(from, to)).toBe(open)
        if (open > 0) {
          const end = hours.finish(from, open)
          expect(end).toBeLessThanOrEqual(to)
          expect(hours.businessTime(from, end)).toBe(open)
          expect(hours.businessTime(from, end - 1)).toBe(open - 1)
        }
      },
    ),
  )
})
