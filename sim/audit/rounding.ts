/** M-08: what a bill, an invoice, a refund or a bill of a seller comes to in minor units of the currency. */
import { toMinorUnits } from './exact.ts'
import type { Premises } from './premises.ts'

/** An amount of whole 1e-8 as it is paid, by the policies at an instant. */
export const payableOf = (premises: Premises, at: number, amount: bigint): bigint =>
  toMinorUnits(amount, premises.scenario.currency.decimals, premises.policyAt('rounding.monthTotal', at))

/** What goes back in cash of `amount`, where `paid` was paid in cash: by policy never more than that. */
export function cashBack(premises: Premises, at: number, { amount, paid }: { amount: bigint; paid: bigint }): bigint {
  const rounded = payableOf(premises, at, amount)
  if (rounded <= paid || premises.policyAt('rounding.refund', at) === 'as-bill') return rounded
  return toMinorUnits(amount, premises.scenario.currency.decimals, 'truncate')
}
