/**
 * M-08: what a person pays has the minor units of the currency. Charges keep their 8 decimals (M-02); a bill, an invoice, a
 * refund and a bill of a seller are rounded once, on their total. What the rounding adds or takes is a line of its own.
 */
import { divideRounded, type Rounding, tenTo } from '#base/decimal.ts'
import { type Amount, formatAmount, MONEY_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'

/** M-02, M-08: an amount (whole 1e-8) in whole minor units of a currency with so many decimals, 8 at most. */
export function toMinorUnits(amount: Amount, decimals: number, rounding: Rounding): Amount {
  const unit = tenTo(MONEY_DECIMALS - decimals)
  return divideRounded(amount, unit, rounding) * unit
}

/** M-08, O-13: the least whole minor units that cover an amount (whole 1e-8) of at least 0. */
export function coveringMinorUnits(amount: Amount, decimals: number): Amount {
  const unit = tenTo(MONEY_DECIMALS - decimals)
  return ((amount + unit - 1n) / unit) * unit
}

/** `0.46`, or `1235` of a currency without minor units; `payable` is in whole minor units. */
export function formatPayable(payable: Amount, decimals: number): string {
  const text = formatAmount(payable)
  return decimals === 0 ? text.slice(0, -1 - MONEY_DECIMALS) : text.slice(0, text.length + decimals - MONEY_DECIMALS)
}

export type RefundRounding = Pick<Policies, 'rounding.monthTotal' | 'rounding.refund'>

/**
 * What goes back in cash, in whole minor units: `amount` rounded like a bill, and by `rounding.refund = within-paid` never
 * to more than `paid`, what was paid in cash. All amounts are whole 1e-8.
 */
export function paidBack(
  { amount, paid }: { readonly amount: Amount; readonly paid: Amount },
  policies: RefundRounding,
  decimals: number,
): Amount {
  const rounded = toMinorUnits(amount, decimals, policies['rounding.monthTotal'])
  return policies['rounding.refund'] === 'within-paid' && rounded > paid
    ? toMinorUnits(amount, decimals, 'truncate')
    : rounded
}

/** `half-up to 2 decimals`: how an amount became what is paid. */
export const roundingText = (decimals: number, rounding: Rounding): string => `${rounding} to ${decimals} decimals`
