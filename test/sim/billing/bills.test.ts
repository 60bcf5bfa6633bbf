import fc from 'fast-check'
import { expect, test } from 'vitest'
import { standardPolicies } from '#scenarios/policies.ts'
import { sumOf } from '#sim/billing/line.ts'
import { formatAmount, parseDecimal } from '#sim/billing/money.ts'
import { formatPayable, monthTotal } from '#sim/billing/month-total.ts'
import { parsePercent } from '#sim/billing/percent.ts'
import { sellerShare } from '#sim/billing/seller-share.ts'
import { withTax } from '#sim/billing/tax.ts'
import { money, runs } from './cases.ts'
import { charge, computed, exact } from './oracle.ts'
import { table } from './table.ts'

const amount = (text: string): bigint => parseDecimal(text, 8, 'amount', 'signed')
const taxed = (percent: string) => ({ ...standardPolicies, 'tax.percent': percent })

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
    0.125                    10   0.14     0.13      0.13 + 0.013, or 0.12 + 0.012
    33.335                   8.5  36.17    36.16     33.34 + 2.8339, or 33.33 + 2.83305
  `)
  for (const { charges, tax, why, ...expected } of cases) {
    const list = charges === '-' ? [] : charges.split(',').map(amount)
    for (const rounding of ['half-up', 'truncate'] as const) {
      const total = monthTotal(list, { ...taxed(tax), 'rounding.monthTotal': rounding })
      expect(formatPayable(total.payable), why).toBe(expected[rounding])
      expect(sumOf(total.lines), why).toBe(total.payable)
    }
  }
})

test('M-02: the month total against the oracle; its order does not matter', () => {
  fc.assert(
    fc.property(fc.array(money, { maxLength: 30 }), fc.array(money, { maxLength: 3 }), (charges, refunds) => {
      const all = [...charges, ...refunds.map((text) => `-${text}`)]
      const sum = all.reduce((total, text) => total.plus(text), exact(0))
      const found = monthTotal(all.map(amount), standardPolicies)
      expect(formatPayable(found.payable)).toBe(sum.toDecimalPlaces(2, 4).toFixed(2).replace('-0.00', '0.00'))
      expect(monthTotal(all.toReversed().map(amount), standardPolicies).payable).toBe(found.payable)
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

test('L-03: the seller gets his share', () => {
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
