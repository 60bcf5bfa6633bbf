/** Exact texts of fractions: what a store of results keeps. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare, exactText, rational } from '#base/rational.ts'

test.each<[bigint, bigint, string]>([
  [3n, 1n, '3'],
  [0n, 7n, '0'],
  [-1n, 8n, '-0.125'],
  [12_345_678_901n, 100_000_000n, '123.45678901'],
  [90_071_992_547_409_930_001n, 100_000_000n, '900719925474.09930001'],
  [6n, 3n, '2'],
  [1n, 3n, '1/3'],
  [-20n, 60n, '-1/3'],
  [7n, 14_000n, '0.0005'],
])('%s / %s is %s', (numerator, denominator, text) => {
  expect(exactText(rational(numerator, denominator))).toBe(text)
})

function read(text: string) {
  const [top, bottom = '1'] = text.split('/')
  const [whole, fraction = ''] = top.split('.')
  return rational(BigInt(whole + fraction), BigInt(bottom) * 10n ** BigInt(fraction.length))
}

test('the text is the fraction, whatever it is', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 12n), (numerator, denominator) => {
      const value = rational(numerator, denominator)
      expect(compare(read(exactText(value)), value)).toBe(0)
    }),
  )
})
