import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDecimal } from '#base/decimal.ts'
import { formatAmount } from '#base/money.ts'
import { defaultPolicies } from '#scenarios/policies.ts'
import { sumOf } from '#sim/billing/line.ts'
import { formatPayable } from '#sim/billing/minor-units.ts'
import { billTotal, monthTotal } from '#sim/billing/month-total.ts'
import { parsePercent } from '#sim/billing/percent.ts'
import { sellerShare } from '#sim/billing/seller-share.ts'
import { withTax } from '#sim/billing/tax.ts'
import { money, runs } from './cases.ts'
import { charge, computed, exact } from './oracle.ts'
import { table } from './table.ts'

const amount = (text: string): bigint => parseDecimal(text, 8, 'amount', 'signed')
const taxed = (percent: string) => ({ ...defaultPolicies, 'tax.percent': percent })

test('M-02, M-07: a month is rounded on its total; tax is a line of its own', () => {
  const cases = table(`
    charges                  tax  half-up  truncate  why
    0.45998222               0    0.46     0.45      the guide's example
    -                        0    0.00     0.00      a month without charges
    0.005                    0    0.01     0.00      half a cent goes up
    0.00499999               0    0.00     0.00      and a hair less does not
    0.004,0.004              0    0.01     0.00      the total is rounded, not the lines
    -0.005                   0    -0.01    0.00      a refund is rounded by its size
    10,-10.005               0    -0.01    0.00      charges less refunds
    90071992.54740991,90071992.54740991  0  180143985.09  180143985.09  sums know no limit
    100                      6    106.00   106.00    tax on the payable
    0.125                    10   0.14     0.13      0.125 + 0.0125: tax on the total, then one rounding
    33.335                   8.5  36.17    36.16     33.335 + 2.833475
    0.004,0.001              20   0.01     0.00      0.005 + 0.001 is 0.006
  `)
  for (const { charges, tax, why, ...expected } of cases) {
    const list = charges === '-' ? [] : charges.split(',').map(amount)
    for (const rounding of ['half-up', 'truncate'] as const) {
      const total = monthTotal(list, { ...taxed(tax), 'rounding.monthTotal': rounding }, 2)
      expect(formatPayable(total.payable, 2), why).toBe(expected[rounding])
      expect(sumOf(total.lines), why).toBe(total.payable)
    }
  }
})

test('M-08: a bill has the minor units of its currency', () => {
  const cases = table(`
    charges                               tax  decimals  taxLine      payable   why
    0.11                                  0    0         0.00000000   0         JPY: there is no tenth of a yen
    1234.5678                             0    0         0.00000000   1235      JPY, half-up
    1234.5                                0    0         0.00000000   1235      half a yen goes up
    1234.5678                             0    2         0.00000000   1234.57   USD
    1.2345                                0    3         0.00000000   1.235     KWD has 3
    0.00005                               0    4         0.00000000   0.0001    CLF has 4
    1.23456789                            0    8         0.00000000   1.23456789  a code of your own may have 8
    33.33333333,33.33333333,33.33333334   7.7  2         7.70000000   107.70    CHF: tax once on the total
    60.5,-10.25                           20   2         10.05000000  60.30     charges less refunds
    0.0000001                             7    2         0.00000000   0.00      tax is truncated to 8 decimals
  `)
  for (const { charges, tax, decimals, taxLine, payable, why } of cases) {
    const total = monthTotal(charges.split(',').map(amount), taxed(tax), Number(decimals))
    expect(formatAmount(total.tax), why).toBe(taxLine)
    expect(formatPayable(total.payable, Number(decimals)), why).toBe(payable)
    expect(sumOf(total.lines), why).toBe(total.payable)
  }
})

test('M-07: use is taxed by region on its total; orders have their tax in them', () => {
  const bill = { charges: amount('409.99999998'), count: 3 }
  const of = (taxable: [string, string][]) =>
    billTotal(
      { ...bill, taxable: taxable.map(([use, percent]) => ({ amount: amount(use), percent })) },
      defaultPolicies,
      2,
    )
  expect(formatPayable(of([['289.99999998', '20']]).payable, 2)).toBe('468.00')
  expect(of([['289.99999998', '20']]).lines.map(({ rule, text }) => `${rule} ${text}`)).toEqual([
    'I-02 sum of 3 charges 409.99999998',
    'M-07 289.99999998 x 20%',
    'M-02 467.99999997, half-up to 2 decimals',
  ])
  // Two regions, two lines: 100 x 20% and 189.99999998 x 7.7%, each truncated.
  expect(
    formatAmount(
      of([
        ['100', '20'],
        ['189.99999998', '7.7'],
      ]).tax,
    ),
  ).toBe('34.62999999')
  expect(of([['289.99999998', '0']]).lines).toHaveLength(1)
})

test('M-02: the month total against the oracle; its order does not matter', () => {
  fc.assert(
    fc.property(fc.array(money, { maxLength: 30 }), fc.array(money, { maxLength: 3 }), (charges, refunds) => {
      const all = [...charges, ...refunds.map((text) => `-${text}`)]
      const sum = all.reduce((total, text) => total.plus(text), exact(0))
      const found = monthTotal(all.map(amount), defaultPolicies, 2)
      expect(formatPayable(found.payable, 2)).toBe(sum.toDecimalPlaces(2, 4).toFixed(2).replace('-0.00', '0.00'))
      expect(monthTotal(all.toReversed().map(amount), defaultPolicies, 2).payable).toBe(found.payable)
    }),
    runs,
  )
})

test('M-07: the tax of an order', () => {
  const order = [
    { rule: 'P-01', text: '1 x 0.1', amount: amount('0.1') },
    { rule: 'P-01', text: '1 x 0.00000003', amount: amount('0.00000003') },
  ]
  expect(withTax(order, taxed('0'))).toBe(order)
  const [, , tax] = withTax(order, taxed('12.5'))
  expect(tax).toEqual({ rule: 'M-07', text: '0.10000003 x 12.5%', amount: amount('0.0125') })
  expect(withTax(order, { ...taxed('50'), 'rounding.charge': 'half-up' })[2].amount).toBe(amount('0.05000002'))
})

test('L-03: the seller gets the agreed share', () => {
  const cases = table(`
    price  tax  withholding  fee   sellerTax  share
    100    0    0            15    0          85.00000000
    106    6    0            15    0          85.00000000
    106    6    10           15    2.5        74.00000000
    100    0    0            0     0          100.00000000
    100    0    0            100   1          -1.00000000
    0.01   0    0            33.33333333  0   0.00666666
    -100   -6   0            15    0          -79.90000000
  `)
  for (const row of cases) {
    const sale = {
      price: amount(row.price),
      tax: amount(row.tax),
      withholding: amount(row.withholding),
      platformFee: parsePercent(row.fee, 'fee'),
      sellerTax: amount(row.sellerTax),
    }
    expect(formatAmount(sellerShare(sale, 'truncate').amount), JSON.stringify(row)).toBe(row.share)
  }
})

test('L-03 against the oracle, and the text computes the share', () => {
  fc.assert(
    fc.property(
      money,
      money,
      money,
      fc.integer({ min: 0, max: 10_000 }),
      money,
      (price, tax, withholding, hundredths, sellerTax) => {
        const fee = String(hundredths / 100)
        const sale = {
          price: amount(price),
          tax: amount(tax),
          withholding: amount(withholding),
          platformFee: parsePercent(fee, 'fee'),
          sellerTax: amount(sellerTax),
        }
        const line = sellerShare(sale, 'truncate')
        const expected = exact(price)
          .minus(tax)
          .minus(withholding)
          .times(exact(1).minus(exact(fee).div(100)))
          .minus(sellerTax)
        expect(formatAmount(line.amount)).toBe(charge(expected))
        expect(charge(computed(line.text))).toBe(charge(expected))
      },
    ),
    runs,
  )
})
