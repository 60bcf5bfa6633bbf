import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseInstant } from '#base/civil-time.ts'
import { add, type Rational, reduced, truncatedText } from '#base/rational.ts'
import { DAY } from '#base/time.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { alignmentExtra, remaining } from '#sim/billing/proration.ts'
import { termEnd } from '#sim/billing/term.ts'
import { EAST_8, instant, offset, runs } from './cases.ts'
import * as oracle from './oracle.ts'
import { table } from './table.ts'

const at = (text: string): number => parseInstant(`${text}+08:00`, 'time')
const period = fc.constantFrom('month' as const, 'year' as const)
const equal = (a: Rational, b: Rational): boolean => a.numerator * b.denominator === b.numerator * a.denominator

test('X-06: days left / days in the month, summed over the months, the day of the change excluded', () => {
  const cases = table(`
    change               end                  per    factor        why
    2021-09-18T10:00:00  2021-10-09T00:00:00  month  12/30 + 8/31  the guide's September
    2021-09-18T00:00:00  2021-10-09T00:00:00  month  12/30 + 8/31  the hour of the day does not matter
    2021-09-18T23:59:59  2021-10-08T23:59:59  month  12/30 + 8/31  both spellings of an end are one instant
    2021-10-08T10:00:00  2021-10-09T00:00:00  month  0             the last day
    2021-10-07T10:00:00  2021-10-09T00:00:00  month  1/31          the eve of the last day
    2021-09-30T10:00:00  2021-11-01T00:00:00  month  31/31         a whole October
    2021-09-29T10:00:00  2021-12-01T00:00:00  month  1/30 + 1 + 30/30  whole months between count 1 each
    2024-02-27T10:00:00  2024-03-01T00:00:00  month  2/29          a leap February
    2021-12-31T10:00:00  2022-01-31T00:00:00  month  30/31         over the new year
    2023-06-30T10:00:00  2024-07-01T00:00:00  year   365/365       29 Feb 2024 is ignored
    2024-02-28T10:00:00  2024-03-01T00:00:00  year   0/365         only 29 Feb is left
    2024-02-29T10:00:00  2024-03-02T00:00:00  year   1/365         the change is on 29 Feb
    2022-12-31T10:00:00  2023-01-02T00:00:00  year   1/365         one day of a year
    2021-10-09T00:00:00  2021-10-09T00:00:00  month  0             no time is left
  `)
  for (const { change, end, per, factor, why } of cases) {
    const found = remaining(at(change), at(end), per === 'year' ? 'year' : 'month', defaultPolicies)
    expect(found.text, why).toBe(factor)
    expect(equal(found.value, reduced(found.value)), why).toBe(true)
  }
  expect(() => remaining(at('2021-10-09T00:00:01'), at('2021-10-09T00:00:00'), 'month', defaultPolicies)).toThrow(
    /before/,
  )
})

test('X-06: the switches', () => {
  const cases = table(`
    basis           countDay  per    start       factor          why
    calendar-month  yes       month  -           13/30 + 8/31    the day of the change counts
    day30           no        month  -           20/30           every month has 30 days
    day30           yes       month  -           21/30           and the day of the change counts
    day30           no        year   -           20/365          a yearly price knows no months
    days-over-term  no        month  -           20/30           the month that ends on 8 October
    days-over-term  no        month  2021-07-08  20/92 x 3/1     a term of three months
    days-over-term  no        year   -           20/365          the year that ends on 8 October
    days-over-term  no        year   2019-10-08  20/731 x 24/12  a term of two years
  `)
  for (const { basis, countDay, per, start, factor, why } of cases) {
    const policies = {
      ...defaultPolicies,
      'proration.basis': basis as 'day30',
      'proration.countChangeDay': countDay === 'yes',
    }
    const termStart = start === '-' ? undefined : at(`${start}T00:00:00`)
    const found = remaining(at('2021-09-18T10:00:00'), at('2021-10-09T00:00:00'), per as 'month', policies, termStart)
    expect(found.text, why).toBe(factor)
  }
})

test('X-06 against the oracle, day by day', () => {
  const span = fc.integer({ min: 0, max: 1200 })
  fc.assert(
    fc.property(instant, span, period, offset, (from, days, per, utcOffset) => {
      const policies = { ...defaultPolicies, 'time.utcOffset': utcOffset }
      const end = (Math.floor((from + utcOffset) / DAY) + 1 + days) * DAY - utcOffset
      const found = remaining(from, end, per, policies)
      const expected = oracle.remaining(from, end, per, utcOffset)
      expect(oracle.computed(found.text).minus(expected).abs().lt(1e-50)).toBe(true)
      expect(truncatedText(found.value, 30)).toBe(expected.toDecimalPlaces(45).toDecimalPlaces(30, 1).toFixed(30))
    }),
    runs,
  )
})

test('the slices of a term add up to the term, wherever it is cut', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 36 }), fc.nat(), period, (from, months, cut, per) => {
      const end = termEnd(from, months, EAST_8)
      const middle = from + (cut % Math.floor((end - from) / DAY)) * DAY
      const endOfMiddle = (Math.floor((middle + EAST_8) / DAY) + 1) * DAY - EAST_8
      const [whole, before, after] = [
        remaining(from, end, per, defaultPolicies),
        remaining(from, endOfMiddle, per, defaultPolicies),
        remaining(middle, end, per, defaultPolicies),
      ]
      expect(equal(whole.value, add(before.value, after.value))).toBe(true)
    }),
    runs,
  )
})

test('R-07: an aligned renewal buys every day up to its new end', () => {
  const extra = (end: string, aligned: string) => alignmentExtra(at(end), at(aligned), 'month', defaultPolicies).text
  expect(extra('2024-06-01T00:00:00', '2024-06-16T00:00:00')).toBe('15/30')
  expect(extra('2024-02-06T00:00:00', '2024-03-01T00:00:00')).toBe('24/29')
  expect(extra('2024-02-06T00:00:00', '2024-02-06T00:00:00')).toBe('0')
})
