/** M-07: tax on the payable before tax, a line of its own. */
import { type Amount, MONEY_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { literal, minus, times } from './formula.ts'
import { type Line, lineOf, sumOf } from './line.ts'
import { parsePercent, percentOf } from './percent.ts'

type TaxPolicies = Pick<Policies, 'tax.percent' | 'rounding.charge'>

/**
 * An order's lines with the tax on their sum, rounded to 8 decimals like any charge; as they are where there is none.
 * `off` (whole 1e-8, at most their sum) is what a discount coupon takes off the taxed price (`tax.couponBase = paid`).
 */
export function withTax(lines: readonly Line[], policies: TaxPolicies, off: Amount = 0n): readonly Line[] {
  if (policies['tax.percent'] === '0') return lines
  return [...lines, taxLine(sumOf(lines), policies, off)]
}

/** The tax line of a price before tax, whole 1e-8. */
export function taxLine(price: Amount, policies: TaxPolicies, off: Amount = 0n): Line {
  const rate = parsePercent(policies['tax.percent'], 'tax.percent')
  const whole = literal(price, MONEY_DECIMALS)
  const taxed = off === 0n ? whole : minus(whole, literal(off, MONEY_DECIMALS))
  return lineOf('M-07', times(taxed, percentOf(rate)), policies['rounding.charge'])
}

/** What a discount coupon takes off the price that is taxed: all that it pays, or nothing where it counts as money. */
export const untaxedPart = (discount: Amount, policies: Pick<Policies, 'tax.couponBase'>): Amount =>
  policies['tax.couponBase'] === 'paid' ? discount : 0n
