/** Amounts and dates in the forms of any country: read exactly, or refused where they could be something else. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMonth } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { Conventions } from '#scenarios/logs/conventions.ts'
import { table } from '../sim/billing/table.ts'

const amountOf = (text: string, conventions = new Conventions()): string => {
  try {
    return decimalText(conventions.amount(text, 1, 8), 8)
  } catch {
    return 'none'
  }
}

test('an amount with one reading', () => {
  for (const { text, amount } of table(`
    text              amount
    1234.5            1234.5
    1,234.5           1234.5
    1.234,5           1234.5
    1.234.567         1234567
    1'234.5           1234.5
    1’234.5           1234.5
    (12.5)            -12.5
    ($12.5)           -12.5
    $(12.5)           -12.5
    -$12.5            -12.5
    $-12.5            -12.5
    12.5-             -12.5
    +12.5             12.5
    €12,5             12.5
    12,5€             12.5
    USD12.5           12.5
    4.5E-01           0.45
    4,5e-1            0.45
    1.234E+03         1234
    .5                0.5
    5.                5
    -                 0
    12,34,567.8       1234567.8
    --5               none
    (-5)              none
    12%               none
    1.2.3             none
    1,23              1.23
    12,3456,789       none
    5CR               -5
    5DR               5
    5Cr               none
    0x10              none
  `))
    expect(`${text}: ${amountOf(text)}`).toBe(`${text}: ${amount}`)
})

test('every amount in the style of a country is read exactly, or its file is refused', () => {
  const style = fc.record({
    decimal: fc.constantFrom('.', ','),
    group: fc.constantFrom('', ' ', "'", '.', ',', '\u202f'),
    brackets: fc.boolean(),
    currency: fc.constantFrom('', '$', ' USD'),
  })
  fc.assert(
    fc.property(
      style,
      fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 8 }),
      ({ decimal, group, brackets, currency }, units, decimals) => {
        fc.pre(group !== decimal)
        const written = units.map((each) => {
          const [whole, fraction] = decimalText(each < 0n ? -each : each, decimals, decimals).split('.')
          const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
          const size = fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`
          const text = currency === '$' ? `$${size}` : size + currency
          return each >= 0n ? text : brackets ? `(${text})` : `-${text}`
        })
        const conventions = new Conventions()
        const read = () => written.map((text, index) => conventions.amount(text, index + 1, 8))
        let found = read()
        try {
          if (conventions.settle('f')) found = read()
        } catch {
          // Refused: then some row is another amount with the other sign.
          const byComma = new Conventions({ decimal: 'comma' })
          const other = written.map((text, index) => byComma.amount(text, index + 1, 8))
          expect(other).not.toEqual(found)
          return
        }
        expect(found).toEqual(units.map((each) => each * 10n ** BigInt(8 - decimals)))
      },
    ),
    { numRuns: 2000 },
  )
})

test('a month with one reading', () => {
  for (const { text, month } of table(`
    text                        month
    2024-05                     2024-05
    2024/5                      2024-05
    202405                      2024-05
    052024                      2024-05
    05/2024                     2024-05
    5.2024                      2024-05
    May-24                      2024-05
    Mai-2024                    2024-05
    2024-May                    2024-05
    05/24                       2024-05
    2024-05-31                  2024-05
    31.05.2024                  2024-05
    20240531                    2024-05
    31-May-24                   2024-05
    2024-05-31T20:00:00Z        2024-06
    2024-04-30T16:00:00Z        2024-05
    2024-05-01T00:00:00Z        2024-05
    2024-13                     none
    24-May                      none
    2024-02-30                  none
    May                         none
  `)) {
    let found: string
    const conventions = new Conventions()
    try {
      found = formatMonth(conventions.month(text, 1, 8 * 3_600_000))
      conventions.settle('f')
    } catch {
      found = 'none'
    }
    expect(`${text}: ${found}`).toBe(`${text}: ${month}`)
  }
})

test('a time with one reading', () => {
  for (const { text, instant } of table(`
    text                          instant
    2024-05-06T08:00:00+08:00     2024-05-06T00:00:00.000Z
    2024-05-06_08:00              2024-05-06T00:00:00.000Z
    2024-05-06_8:00_PM            2024-05-06T12:00:00.000Z
    2024-05-06_12:00_AM           2024-05-05T16:00:00.000Z
    20240506T080000Z              2024-05-06T08:00:00.000Z
    31/05/2024_08:00:30           2024-05-31T00:00:30.000Z
    6_May_2024,_08:00_UTC         2024-05-06T08:00:00.000Z
    2024-05-06_24:00              2024-05-06T16:00:00.000Z
    1714953600                    2024-05-06T00:00:00.000Z
    1714953600000                 2024-05-06T00:00:00.000Z
    2024050608                    none
    45418.33                      none
    2024-05-06_25:00              none
    May-24                        none
  `)) {
    let found: string
    const conventions = new Conventions({ timeZone: 8 * 3_600_000 })
    try {
      found = new Date(conventions.instant(text.replaceAll('_', ' '), 1)).toISOString()
      conventions.settle('f')
    } catch {
      found = 'none'
    }
    expect(`${text}: ${found}`).toBe(`${text}: ${instant}`)
  }
})
