import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar, DAY, dateOfDay, dayOfMonthStart, HOUR } from '#sim/audit/civil-time.ts'
import {
  amountWritten,
  Exact,
  exactOf,
  HourlyCharges,
  percentIn,
  rounded,
  toMinorUnits,
  toMoney,
} from '#sim/audit/exact.ts'
import { ExactSum } from '#sim/audit/findings.ts'
import { listPrice } from '#sim/audit/list-price.ts'
import { endOf, inOrder, type Span, sideBySide } from '#sim/audit/spans.ts'

test('every day of 130 years has the date that the platform gives it', () => {
  for (let day = -20_000; day < 27_500; day++) {
    const date = new Date(day * DAY)
    expect(dateOfDay(day)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() })
  }
  expect(dayOfMonthStart(2023, 14) * DAY).toBe(Date.UTC(2024, 2, 1))
})

test('T-03: clock hours, days and months begin in civil time', () => {
  const india = new Calendar(5.5 * HOUR)
  const noon = Date.UTC(2024, 1, 29, 12, 10)
  expect(india.hourOf(noon)).toBe(Date.UTC(2024, 1, 29, 11, 30))
  expect(india.monthOf(Date.UTC(2024, 1, 29, 18, 30))).toBe(Date.UTC(2024, 1, 29, 18, 30))
  expect(india.monthOf(Date.UTC(2024, 1, 29, 18, 29))).toBe(Date.UTC(2024, 0, 31, 18, 30))
  expect(india.nextMonth(noon)).toBe(Date.UTC(2024, 1, 29, 18, 30))
})

test('T-04, T-05: a term ends with its last day', () => {
  const china = new Calendar(8 * HOUR)
  const instant = (text: string) => Date.parse(`${text}+08:00`)
  const terms: readonly [start: string, months: number, end: string][] = [
    ['2024-01-01T10:30', 1, '2024-02-02T00:00'],
    ['2024-03-31T00:00', 1, '2024-05-01T00:00'],
    ['2024-01-31T23:59', 1, '2024-03-01T00:00'],
    ['2023-01-31T00:00', 1, '2023-03-01T00:00'],
    ['2024-02-29T12:00', 12, '2025-03-01T00:00'],
    ['2024-12-31T12:00', 2, '2025-03-01T00:00'],
    ['2023-06-15T12:00', 36, '2026-06-16T00:00'],
  ]
  for (const [start, months, end] of terms) expect(china.termEnd(instant(start), months)).toBe(instant(end))
})

test('U-01: an hour`s charge is price x seconds / 3600, cut off or rounded half up, against whole numbers', () => {
  const truncated = new HourlyCharges('truncate')
  const rounded = new HourlyCharges('half-up')
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9_000_000_000_000_000 }),
      fc.integer({ min: 0, max: 3600 }),
      (price, seconds) => {
        const product = BigInt(price) * BigInt(seconds)
        expect(truncated.of(price, seconds)).toBe(Number(product / 360_000n))
        expect(rounded.of(price, seconds)).toBe(Number((product * 2n + 360_000n) / 720_000n))
      },
    ),
    { numRuns: 2000 },
  )
})

test('M-02, M-08: a payable has the minor units of its currency, half-up on the total', () => {
  expect(toMinorUnits(899_629_578, 0, 'half-up')).toBe(900_000_000n)
  expect(toMinorUnits(899_629_578, 3, 'half-up')).toBe(899_600_000n)
  expect(toMinorUnits(899_629_578, 2, 'half-up')).toBe(900_000_000n)
  expect(toMinorUnits(500_000, 2, 'half-up')).toBe(1_000_000n)
  expect(toMinorUnits(499_999, 2, 'half-up')).toBe(0n)
  expect(toMinorUnits(999_999, 2, 'truncate')).toBe(0n)
})

test('M-02, M-07: a percentage of an amount in whole numbers is that in exact decimals', () => {
  const percents: readonly [percent: string, amount: bigint, cutOff: bigint, halfUp: bigint][] = [
    ['6', 100_000_000n, 6_000_000n, 6_000_000n],
    ['6', 25n, 1n, 2n],
    ['6', -25n, -1n, -2n],
    ['0.5', 99n, 0n, 0n],
    ['0.5', 100n, 0n, 1n],
    ['33.33333333', 1_000_000_000n, 333_333_333n, 333_333_333n],
    ['100', 7n, 7n, 7n],
    ['0', 123n, 0n, 0n],
  ]
  for (const [percent, amount, cutOff, halfUp] of percents) {
    const { over, under } = percentIn(percent)
    expect(rounded({ over: amount * over, under }, 'truncate')).toBe(cutOff)
    expect(rounded({ over: amount * over, under }, 'half-up')).toBe(halfUp)
  }
  const percent = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.nat(99_999_999), fc.integer({ min: 0, max: 8 }))
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 23n), 10n ** 23n), percent, (amount, [units, fraction, places]) => {
      const text = places === 0 ? String(units) : `${units}.${String(fraction).padStart(8, '0').slice(0, places)}`
      const { over, under } = percentIn(text)
      for (const rounding of ['truncate', 'half-up'] as const) {
        const decimal = toMoney(exactOf(amount).div(1e8).times(text).div(100), rounding)
        expect(rounded({ over: amount * over, under }, rounding)).toBe(decimal)
      }
    }),
    { numRuns: 500 },
  )
})

test('M-01: an amount as it is written is whole 1e-8, whatever is beyond cut off', () => {
  const written = ['0', '500', '0.01', '0.123456789', '-2.5', 100].map(amountWritten)
  expect(written).toEqual([0n, 50_000_000_000n, 1_000_000n, 12_345_678n, -250_000_000n, 10_000_000_000n])
})

test('P-01, P-02, P-03: a limit belongs to the lower band', () => {
  const bands = [
    { upTo: 5, unit: '7' },
    { upTo: 10, unit: '6.5' },
    { upTo: null, unit: '6' },
  ]
  const prices: readonly [quantity: string, tiered: string, volume: string][] = [
    ['1', '7', '7'],
    ['5', '35', '35'],
    ['5.1', '35.65', '33.15'],
    ['6', '41.5', '39'],
    ['10', '67.5', '65'],
    ['11', '73.5', '66'],
  ]
  for (const [quantity, tiered, volume] of prices) {
    expect(listPrice({ model: 'tiered', bands }, new Exact(quantity)).toString()).toBe(tiered)
    expect(listPrice({ model: 'volume', bands }, new Exact(quantity)).toString()).toBe(volume)
  }
  expect(listPrice({ model: 'linear', unit: '0.3333333333' }, new Exact('3')).toString()).toBe('0.9999999999')
})

test('sums are exact beyond the safe integers', () => {
  const term = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: 9000 }))
  fc.assert(
    fc.property(fc.array(term), (terms) => {
      const sum = new ExactSum()
      let expected = 0n
      for (const [value, times] of terms) {
        sum.add(value, times)
        expected += BigInt(value) * BigInt(times)
      }
      expect(sum.value).toBe(expected)
    }),
  )
})

test('spans side by side: each hour is visited once, with what covers it on either side', () => {
  const spans = fc
    .array(
      fc.record({
        item: fc.integer({ min: 1, max: 2 }),
        priced: fc.integer({ min: 1, max: 2 }),
        gap: fc.nat(3),
        hours: fc.integer({ min: 1, max: 5 }),
      }),
    )
    .map((parts) => {
      const ends = new Map<string, number>()
      return parts
        .map(({ item, priced, gap, hours }): Span => {
          const firstHour = (ends.get(`${item} ${priced}`) ?? 0) + gap * HOUR
          ends.set(`${item} ${priced}`, firstHour + hours * HOUR)
          return { item, priced, firstHour, hours }
        })
        .sort(inOrder)
    })
  const hourly = (list: readonly Span[]) => {
    const covered = new Map<string, Span>()
    for (const span of list)
      for (let hour = span.firstHour; hour < endOf(span); hour += HOUR)
        covered.set(`${span.item} ${span.priced} ${hour}`, span)
    return covered
  }
  fc.assert(
    fc.property(spans, spans, (left, right) => {
      const [lefts, rights] = [hourly(left), hourly(right)]
      const visited = new Map<string, readonly (Span | undefined)[]>()
      sideBySide(left, right, (a, b, firstHour, hours) => {
        const { item, priced } = (a ?? b) as Span
        for (let hour = firstHour; hour < firstHour + hours * HOUR; hour += HOUR) {
          expect(visited.has(`${item} ${priced} ${hour}`)).toBe(false)
          visited.set(`${item} ${priced} ${hour}`, [a, b])
        }
      })
      const keys = new Set([...lefts.keys(), ...rights.keys()])
      expect(new Set(visited.keys())).toEqual(keys)
      for (const key of keys) expect(visited.get(key)).toEqual([lefts.get(key), rights.get(key)])
    }),
  )
})
