/** M-08: what a person pays has the minor units of the currency; charges keep their 8 decimals. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rounding } from '#base/decimal.ts'
import { parseAmount } from '#base/money.ts'
import { decimalsOf } from '#scenarios/currencies.ts'
import { formatPayable, paidBack, toMinorUnits } from '#sim/billing/minor-units.ts'
import { runs } from './cases.ts'
import { table } from './table.ts'

const decimals = (currency: string): number => decimalsOf(currency) as number

test.each(
  table(`
    currency  exact          rounding  is paid  why
    JPY       1078.92        half-up   1079     no minor units
    JPY       1078.5         half-up   1079     a half goes up
    JPY       1078.49999999  half-up   1078     less than a half goes down
    JPY       0.49999999     half-up   0        less than half a yen is nothing
    JPY       1078.92        truncate  1078     by policy
    USD       10.005         half-up   10.01    two decimals
    USD       10.00499999    half-up   10.00    rounded once, not digit by digit
    KWD       10.0005        half-up   10.001   three decimals
    BHD       10.00049999    half-up   10.000   three decimals
    CLF       10.00005       half-up   10.0001  four decimals
    UYW       10.00005       truncate  10.0000  four decimals, by policy
  `),
)('M-08: $exact $currency is $rounding $[is paid]: $why', (row) => {
  const places = decimals(row.currency)
  const payable = toMinorUnits(parseAmount(row.exact), places, row.rounding as Rounding)
  expect(formatPayable(payable, places)).toBe(row['is paid'])
})

test.each(
  table(`
    currency  back     paid in cash  rounding.refund  goes back  why
    JPY       500.5    1000          within-paid      501        like a bill
    JPY       1078.92  1078.92       within-paid      1078       never more than was paid (Q-05)
    JPY       1078.92  1078.92       as-bill          1079       as the bill that took it
    JPY       1078.2   1078.92       within-paid      1078       like a bill
    JPY       0.6      0.6           within-paid      0          less than a yen was paid
    USD       99.996   99.998        within-paid      99.99      100.00 would be more than was paid
    USD       99.994   100           within-paid      99.99      like a bill
    KWD       1.2345   2             within-paid      1.235      like a bill
  `),
)('M-08, Q-05: $back of $[paid in cash] $currency, $[rounding.refund]: $[goes back] goes back, $why', (row) => {
  const places = decimals(row.currency)
  const policies = {
    'rounding.monthTotal': 'half-up' as const,
    'rounding.refund': row['rounding.refund'] as 'within-paid' | 'as-bill',
  }
  const back = paidBack({ amount: parseAmount(row.back), paid: parseAmount(row['paid in cash']) }, policies, places)
  expect(formatPayable(back, places)).toBe(row['goes back'])
})

test('M-08: what goes back is whole, within half a unit of the amount or the next below, and within what was paid', () => {
  const amounts = fc.bigInt({ min: 0n, max: 10n ** 20n })
  fc.assert(
    fc.property(amounts, amounts, fc.integer({ min: 0, max: 8 }), (a, b, places) => {
      const [amount, paid] = a < b ? [a, b] : [b, a]
      const unit = 10n ** BigInt(8 - places)
      const policies = { 'rounding.monthTotal': 'half-up', 'rounding.refund': 'within-paid' } as const
      const back = paidBack({ amount, paid }, policies, places)
      expect(back % unit).toBe(0n)
      expect(back <= paid).toBe(true)
      const error = back - amount
      expect(error < unit && error > -unit && (error * 2n > -unit || amount - (amount % unit) === back)).toBe(true)
    }),
    runs,
  )
})
