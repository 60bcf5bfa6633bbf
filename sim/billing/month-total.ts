/**
 * M-02, M-07, M-08, I-02: what a month's charges come to. Tax on use is computed once per bill and region, on the total;
 * the payable is rounded to the currency's minor units on the total and never line by line.
 */
import type { Rounding } from '#base/decimal.ts'
import { decimalText } from '#base/decimal-text.ts'
import { type Amount, MONEY_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { literal, times } from './formula.ts'
import { type Line, lineOf } from './line.ts'
import { roundingText, toMinorUnits } from './minor-units.ts'
import { parsePercent, percentOf } from './percent.ts'

/** What is taxed alike on a bill: the use of one region, before tax (M-07). */
export interface TaxableUse {
  /** Whole 1e-8. */
  readonly amount: Amount
  /** The percentage of the region, or of the policy, as decimal text. */
  readonly percent: string
}

export interface BillTotal {
  /** The sum of the tax lines that the bill adds, whole 1e-8. */
  readonly tax: Amount
  /** In whole minor units of the currency, tax in it. */
  readonly payable: Amount
  /** They sum to `payable`. */
  readonly lines: readonly Line[]
}

/** M-07: the tax on the use of one region, on its total: one line, rounded to 8 decimals like any charge. */
export function taxOnUse({ amount, percent }: TaxableUse, rounding: Rounding): Line {
  const rate = parsePercent(percent, 'tax.percent')
  return lineOf('M-07', times(literal(amount, MONEY_DECIMALS), percentOf(rate)), rounding)
}

/**
 * A bill: `charges` is the sum of everything on it (`count` charges: orders with their own tax in them, use without),
 * `taxable` the use of each region that is to be taxed, `decimals` the currency's minor units. All amounts are whole 1e-8.
 * Throws BillingError for a percentage that cannot be read.
 */
export function billTotal(
  { charges, count, taxable }: { charges: Amount; count: number; taxable: readonly TaxableUse[] },
  policies: Pick<Policies, 'rounding.charge' | 'rounding.monthTotal'>,
  decimals: number,
): BillTotal {
  const rounding = policies['rounding.monthTotal']
  const taxes = taxable
    .filter(({ percent }) => parsePercent(percent, 'tax.percent') > 0n)
    .map((use) => taxOnUse(use, policies['rounding.charge']))
  const tax = taxes.reduce((sum, { amount }) => sum + amount, 0n)
  const total = charges + tax
  const payable = toMinorUnits(total, decimals, rounding)
  const plain = decimalText(charges, MONEY_DECIMALS)
  const sum = count === 1 ? plain : `sum of ${count} charges ${plain}`
  const rounded = roundingText(decimals, rounding)
  if (taxes.length === 0)
    return { tax, payable, lines: [{ rule: 'M-02', text: `${sum}, ${rounded}`, amount: payable }] }
  const rest = { rule: 'M-02', text: `${decimalText(total, MONEY_DECIMALS)}, ${rounded}`, amount: payable - total }
  return { tax, payable, lines: [{ rule: 'I-02', text: sum, amount: charges }, ...taxes, rest] }
}

/** The sum of charges (whole 1e-8) that are all taxed alike, as a bill asks for it. Refund lines are negative charges. */
export function monthTotal(
  charges: Iterable<Amount>,
  policies: Pick<Policies, 'rounding.charge' | 'rounding.monthTotal' | 'tax.percent'>,
  decimals: number,
): BillTotal {
  let sum = 0n
  let count = 0
  for (const charge of charges) {
    sum += charge
    count++
  }
  const taxable = [{ amount: sum, percent: policies['tax.percent'] }]
  return billTotal({ charges: sum, count, taxable }, policies, decimals)
}
