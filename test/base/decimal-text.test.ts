import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalText, grouped, roundedText } from '#base/decimal-text.ts'
import { moneyText, shownMoney } from '#base/money.ts'
import { compare, toScaled } from '#base/rational.ts'
import { shownSeconds, shownValue } from '#reports/figures/show.ts'

test.each([
  [0n, '0.00'],
  [1n, '0.00000001'],
  [1_250_000_000n, '12.50'],
  [-3_900_000_000n, '-39.00'],
  [123_456_789n, '1.23456789'],
  [90_071_992_547_409_920_000_000n, '900719925474099.20'],
])('%s units of 1e-8 read %s', (units, text) => {
  expect(moneyText(units)).toBe(text)
})

test.each([
  [1_005_000_00n, '1.01', 'half goes away from zero'],
  [-1_005_000_00n, '-1.01', 'below zero too'],
  [1_004_999_99n, '1.00', 'less than half goes'],
  [123_456_700_000_000n, '1,234,567.00', 'thousands in groups'],
])('%s is shown as %s: %s', (units, text) => {
  expect(shownMoney(units)).toBe(text)
})

test('a decimal text read back is the same number', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (units) => {
      const [whole, fraction] = decimalText(units, 8, 2).split('.')
      expect(BigInt(whole + fraction.padEnd(8, '0'))).toBe(units)
    }),
  )
})

test('rounding moves a number by at most half a step', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (units) => {
      const rounded = BigInt(roundedText(units, 8, 2).replace('.', '')) * 1_000_000n
      const gap = rounded - units
      expect((gap < 0n ? -gap : gap) <= 500_000n).toBe(true)
    }),
  )
})

test('fractions compare exactly where floats would call them equal', () => {
  const third = { numerator: 333_333_333_333_333_333n, denominator: 10n ** 18n }
  expect(compare(third, { numerator: 1n, denominator: 3n })).toBe(-1)
  expect(toScaled({ numerator: 2n, denominator: 3n }, 3)).toBe(667n)
})

test.each([
  [0, '0 s'],
  [0.25, '0.25 s'],
  [95, '95 s'],
  [125, '2 min'],
  [7_260, '2 h 1 min'],
  [200_000, '2 d 8 h'],
])('%s seconds read %s', (seconds, text) => {
  expect(shownSeconds({ numerator: BigInt(seconds * 1000), denominator: 1000n })).toBe(text)
})

test('values of summary.json are shown by their unit', () => {
  expect(shownValue('money', '1234.5')).toBe('1,234.50')
  expect(shownValue('share', 0.1234)).toBe('12.3 %')
  expect(shownValue('count', 1_234_567)).toBe('1,234,567')
  expect(shownValue('hours', null)).toBe('none')
  expect(grouped('-1234567.891')).toBe('-1,234,567.891')
})
