import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divideRounded, parseDecimal } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import {
  addMoney,
  formatAmount,
  formatMoney,
  MONEY_LIMIT,
  type Money,
  parseMoney,
  parseUnitPrice,
  toMoney,
  type UnitPrice,
} from '#base/money.ts'
import { ecsHourAmount, imageHourAmount } from '#sim/billing/metering/rating.ts'
import { decimal, runs } from '../sim/billing/cases.ts'
import { charge, exact } from '../sim/billing/oracle.ts'
import { table } from '../sim/billing/table.ts'

test('M-01: money in text becomes whole 1e-8 units, exactly', () => {
  const cases = table(`
    text               units
    0                  0
    1                  100000000
    0.1                10000000
    -12.5              -1250000000
    0.00000001         1
    007.50             750000000
    .5                 50000000
    -.01               -1000000
    1.00000000000      100000000
    90071992.54740991  9007199254740991
  `)
  for (const { text, units } of cases) expect(parseMoney(text), text).toBe(Number(units))
})

test('M-01: what is no exact decimal text is refused', () => {
  const refused = [
    '',
    ' ',
    '.',
    '-.',
    '5.',
    '-',
    '--1',
    '+1',
    '1e3',
    '0x10',
    '1,5',
    ' 1',
    '1 ',
    '1.2.3',
    'NaN',
    'Infinity',
    '١',
  ]
  for (const text of refused) expect(() => parseMoney(text), text).toThrow(/not a decimal number/)
  for (const value of [1, 0.1, null, undefined, true, 1n, {}, []])
    expect(() => parseDecimal(value, 8, 'amount', 'signed')).toThrow(/not a decimal number/)
  expect(() => parseMoney('0.123456789')).toThrow(/9 decimals, more than 8/)
  expect(() => parseUnitPrice('0.12345678901')).toThrow(/11 decimals, more than 10/)
  expect(() => parseUnitPrice('-1')).toThrow(/negative/)
  expect(() => parseMoney('9'.repeat(65))).toThrow(/too long/)
})

test('M-01: overflow is an error at the gathering point, and the limit itself still bills', () => {
  expect(formatMoney(parseMoney('90071992.54740991'))).toBe('90071992.54740991')
  expect(() => parseMoney('90071992.54740992')).toThrow(/largest exact amount/)
  expect(() => parseUnitPrice('90071992.54740992')).toThrow(/larger unit/)
  const almost = (MONEY_LIMIT - 1) as Money
  expect(addMoney(almost, 1 as Money)).toBe(MONEY_LIMIT)
  expect(() => addMoney(almost, 2 as Money)).toThrow(/beyond 90071992.54740991/)
  expect(() => toMoney(-(2n ** 53n))).toThrow(/beyond/)
  expect(() => toMoney(0.5)).toThrow(/beyond/)
  expect(formatAmount(10n ** 30n)).toBe(`1${'0'.repeat(22)}.00000000`)
})

test('M-02: truncation and half-up keep the sign', () => {
  const cases = table(`
    part  whole  truncate  half-up
    5     10     0         1
    4     10     0         0
    15    10     1         2
    -5    10     0         -1
    -14   10     -1        -1
    -15   10     -1        -2
    7     3      2         2
    8     3      2         3
  `)
  for (const row of cases) {
    expect(divideRounded(BigInt(row.part), BigInt(row.whole), 'truncate')).toBe(BigInt(row.truncate))
    expect(divideRounded(BigInt(row.part), BigInt(row.whole), 'half-up')).toBe(BigInt(row['half-up']))
  }
})

test('M-01: reading and writing money lose nothing', () => {
  const safe = fc.maxSafeInteger()
  fc.assert(
    fc.property(safe, (units) => {
      const text = formatMoney(units as Money)
      expect(parseMoney(text)).toBe(units === 0 ? 0 : units)
      expect(formatAmount(BigInt(units))).toBe(text === '-0.00000000' ? '0.00000000' : text)
      expect(exact(text).times(1e8).toFixed()).toBe(exact(units).toFixed())
      expect(exact(decimalText(units, 8)).eq(text)).toBe(true)
    }),
    runs,
  )
})

test('U-01, U-02: an hour is rated as the exact fraction, rounded once', () => {
  const hourly = fc.oneof(decimal(200, 10), decimal(900_000, 10))
  const rounding = fc.constantFrom('truncate' as const, 'half-up' as const)
  fc.assert(
    fc.property(hourly, fc.integer({ min: 0, max: 3600 }), rounding, (price, seconds, mode) => {
      const units = parseUnitPrice(price)
      expect(formatMoney(ecsHourAmount(units, seconds, mode))).toBe(charge(exact(price).div(3600).times(seconds), mode))
      expect(formatMoney(imageHourAmount(units, mode))).toBe(charge(exact(price), mode))
    }),
    runs,
  )
})

test('U-01: no float64 quotient is rounded over the next whole unit', () => {
  for (let whole = 1; whole < 2 ** 53 / 360_000; whole = whole * 2 + 1) {
    const product = whole * 360_000 - 1
    expect(ecsHourAmount(product as UnitPrice, 1, 'truncate')).toBe(whole - 1)
    expect(ecsHourAmount((product + 1) as UnitPrice, 1, 'truncate')).toBe(whole)
  }
  expect(ecsHourAmount(Number.MAX_SAFE_INTEGER as UnitPrice, 3600, 'truncate')).toBe(90071992547409)
})
