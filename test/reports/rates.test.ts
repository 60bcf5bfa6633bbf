import { expect, test } from 'vitest'
import { shownRate } from '#reports/rates.ts'
import { parseLoadRate, perSecond } from '#sim/load-test/rate.ts'

test.each([
  ['3.4M/s', '3.4 M/s'],
  ['12345/s', '12,345/s'],
  ['850', '850/s'],
  ['99.5/s', '99.5/s'],
  ['2.5/s', '2.5/s'],
  ['1/s', '1/s'],
  ['0.5/s', '0.5/s'],
  ['30/min', '0.5/s'],
  ['6/min', '6/min'],
  ['0.1/s', '6/min'],
  ['90/h', '1.5/min'],
])('the rate %s is shown as %s', (text, shown) => {
  expect(shownRate(perSecond(parseLoadRate(text)))).toBe(shown)
})
