import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dateOfDay,
  dayOfDate,
  daysInMonth,
  formatInstant,
  formatMonth,
  monthOf,
  parseInstant,
  startOfHour,
  startOfMonth,
  weekday,
} from '#base/civil-time.ts'
import { termEnd, termEnds } from '#sim/billing/term.ts'
import { EAST_8, instant, offset, runs } from '../sim/billing/cases.ts'
import * as oracle from '../sim/billing/oracle.ts'
import { table } from '../sim/billing/table.ts'

const at = (text: string): number => parseInstant(text, 'time')

test('T-01, T-02: instants are read at any offset and written at the civil one', () => {
  const cases = table(`
    read                           written
    2024-02-29T23:59:59Z           2024-03-01T07:59:59+08:00
    2024-01-01T00:00:00+08:00      2024-01-01T00:00:00+08:00
    2023-12-31T11:00:00-05:00      2024-01-01T00:00:00+08:00
    2024-01-01T10:30+05:45         2024-01-01T12:45:00+08:00
    2024-01-01T00:00:00.5+08:00    2024-01-01T00:00:00.500+08:00
    1969-12-31T23:59:59.999+08:00  1969-12-31T23:59:59.999+08:00
    2000-02-29T00:00:00+08:00      2000-02-29T00:00:00+08:00
  `)
  for (const { read, written } of cases) expect(formatInstant(at(read), EAST_8)).toBe(written)
  expect(formatInstant(0, -34_200_000)).toBe('1969-12-31T14:30:00-09:30')
})

test('T-01: what names no instant is refused', () => {
  const refused = table(`
    text                        why
    2024-01-01T00:00:00         not a time with an offset
    2024-01-01                  not a time with an offset
    2024-1-1T00:00:00Z          not a time with an offset
    2024-01-01 00:00:00Z        not a time with an offset
    2024-01-01T00:00:00+0800    not a time with an offset
    2024-01-01T00:00:00.1234Z   not a time with an offset
    2023-02-29T00:00:00Z        not a day of the calendar
    1900-02-29T00:00:00Z        not a day of the calendar
    2024-04-31T00:00:00Z        not a day of the calendar
    2024-13-01T00:00:00Z        not a day of the calendar
    2024-00-01T00:00:00Z        not a day of the calendar
    2024-01-01T24:00:00Z        not a time of day
    2024-01-01T23:59:60Z        not a time of day
    2024-01-01T00:00:00+24:00   impossible UTC offset
  `)
  for (const { text, why } of refused) expect(() => at(text), text).toThrow(why)
  for (const value of [0, null, undefined, {}, 1704067200000]) expect(() => parseInstant(value, 'at')).toThrow(/^at: /)
})

test('T-02: the calendar is that of the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_214_400_000 }), offset, (time, utcOffset) => {
      const date = new Date(time + utcOffset)
      fc.pre(date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999)
      const written = formatInstant(time, utcOffset)
      expect(at(written)).toBe(time)
      expect(Date.parse(written)).toBe(time)
      expect(monthOf(time, utcOffset)).toBe(date.getUTCFullYear() * 12 + date.getUTCMonth())
      const day = Math.floor((time + utcOffset) / 86_400_000)
      expect(weekday(day)).toBe((date.getUTCDay() + 6) % 7)
      const civil = dateOfDay(day)
      expect(civil).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() })
      expect(dayOfDate(civil.year, civil.month, civil.day)).toBe(day)
    }),
    runs,
  )
})

test('T-03: a clock hour is half-open, at odd offsets too', () => {
  expect(startOfHour(at('2024-05-06T09:59:59.999+08:00'), EAST_8)).toBe(at('2024-05-06T09:00:00+08:00'))
  expect(startOfHour(at('2024-05-06T10:00:00+08:00'), EAST_8)).toBe(at('2024-05-06T10:00:00+08:00'))
  expect(startOfHour(at('2024-05-06T09:20:00+05:45'), 20_700_000)).toBe(at('2024-05-06T09:00:00+05:45'))
  expect(startOfMonth(monthOf(at('2024-03-15T00:00:00+08:00'), EAST_8), EAST_8)).toBe(at('2024-03-01T00:00:00+08:00'))
  expect(formatMonth(2024 * 12 + 2)).toBe('2024-03')
  const februaries = [2024, 2023, 1900, 2000, 2100, 2200, 2400].map((year) => daysInMonth(year, 2))
  expect(februaries).toEqual([29, 28, 28, 29, 28, 28, 29])
})

test('T-04, T-05: terms and their renewals', () => {
  const cases = table(`
    start                      months  renewals     ends
    2024-01-01T10:30:00+08:00  1       -            2024-02-02
    2024-03-31T09:00:00+08:00  1       1,1,1        2024-05-01,2024-06-01,2024-07-01,2024-08-01
    2024-01-31T00:00:00+08:00  1       1,1          2024-03-01,2024-04-01,2024-05-01
    2023-01-31T00:00:00+08:00  1       -            2023-03-01
    2024-02-29T12:00:00+08:00  12      12,12,12     2025-03-01,2026-03-01,2027-03-01,2028-03-01
    2024-02-29T12:00:00+08:00  1       11           2024-03-30,2025-03-01
    2023-12-31T23:59:59+08:00  2       -            2024-03-01
    2023-12-31T16:00:00Z       1       -            2024-02-02
    2024-08-31T00:00:00+08:00  9       3            2025-06-01,2025-09-01
    2024-12-31T00:00:00+08:00  36      -            2028-01-01
  `)
  for (const { start, months, renewals, ends } of cases) {
    const list = renewals === '-' ? [] : renewals.split(',').map(Number)
    const found = termEnds(at(start), Number(months), list, EAST_8).map((end) => formatInstant(end, EAST_8))
    expect(found, start).toEqual(ends.split(',').map((day) => `${day}T00:00:00+08:00`))
  }
})

test('R-07: an align day moves a renewed end onwards and becomes the anchor', () => {
  const cases = table(`
    start                      renewals  align  ends
    2024-03-31T09:00:00+08:00  1,1       15     2024-05-01,2024-06-16,2024-07-16
    2024-01-10T09:00:00+08:00  1,1       10     2024-02-11,2024-03-11,2024-04-11
    2024-11-20T09:00:00+08:00  1,1       1      2024-12-21,2025-02-02,2025-03-02
    2024-12-05T09:00:00+08:00  1         28     2025-01-06,2025-03-01
  `)
  for (const { start, renewals, align, ends } of cases) {
    const found = termEnds(at(start), 1, renewals.split(',').map(Number), EAST_8, Number(align))
    expect(
      found.map((end) => formatInstant(end, EAST_8).slice(0, 10)),
      start,
    ).toEqual(ends.split(','))
  }
})

test('T-04: a term of n months ends where the platform says, whatever came between', () => {
  fc.assert(
    fc.property(
      instant,
      fc.array(fc.integer({ min: 1, max: 36 }), { minLength: 1, maxLength: 5 }),
      offset,
      (start, months, utcOffset) => {
        let total = 0
        const expected = months.map((each) => oracle.termEnd(start, (total += each), utcOffset))
        expect(termEnds(start, months[0], months.slice(1), utcOffset)).toEqual(expected)
        expect(termEnd(start, total, utcOffset)).toBe(expected.at(-1))
      },
    ),
    runs,
  )
})
