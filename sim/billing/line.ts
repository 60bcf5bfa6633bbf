/** M-04: an order's amount is the sum of its lines; a refusal is an answer too. */
import type { Rounding } from '#base/decimal.ts'
import type { Amount } from '#base/money.ts'
import { toAmount } from '#base/rational.ts'
import type { Formula } from './formula.ts'

/** One charge: the rule that made it, its formula in words and numbers, its amount in whole 1e-8. */
export interface Line {
  readonly rule: string
  readonly text: string
  readonly amount: Amount
}

/** A rule says no: life in a market, not a mistake. */
export interface Refusal {
  readonly refused: string
  readonly rule: string
}

export type Charged = { readonly lines: readonly Line[] } | Refusal

export const isRefusal = (outcome: object): outcome is Refusal => 'refused' in outcome

/** M-02: the one rounding of a charge. */
export const lineOf = (rule: string, formula: Formula, rounding: Rounding): Line => ({
  rule,
  text: formula.text,
  amount: toAmount(formula.value, rounding),
})

/** M-04: the amount of an order. */
export function sumOf(lines: readonly { readonly amount: Amount }[]): Amount {
  let sum = 0n
  for (const line of lines) sum += line.amount
  return sum
}
