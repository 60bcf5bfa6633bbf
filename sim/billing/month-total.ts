/** M-02, M-07, I-02: what a month's charges come to, brought to 2 decimals on the total and never line by line. */
import type { Policies } from '#scenarios/policies.ts'
import { literal, times } from './formula.ts'
import type { Line } from './line.ts'
import {
  type Amount,
  divideRounded,
  formatAmount,
  MONEY_DECIMALS,
  plainDecimal,
  type Rounding,
  tenTo,
} from './money.ts'
import { parsePercent, percentOf } from './percent.ts'

const PAYABLE_DECIMALS = 2
const CENT = tenTo(MONEY_DECIMALS - PAYABLE_DECIMALS)

export interface MonthTotal {
  /** With tax, whole 1e-8, always whole cents. */
  readonly payable: Amount
  readonly lines: readonly Line[]
}

/** The sum of the month's charges (whole 1e-8) as a bill asks for it. Refund lines are negative charges. */
export function monthTotal(
  charges: Iterable<Amount>,
  policies: Pick<Policies, 'rounding.monthTotal' | 'tax.percent'>,
): MonthTotal {
  let sum = 0n
  let count = 0
  for (const charge of charges) {
    sum += charge
    count++
  }
  const rounding = policies['rounding.monthTotal']
  const beforeTax = toCents(sum, 1n, rounding)
  const text = `sum of ${count} charges ${plainDecimal(sum, MONEY_DECIMALS)}, ${rounding} to cents`
  const lines: Line[] = [{ rule: 'M-02', text, amount: beforeTax }]
  const rate = parsePercent(policies['tax.percent'], 'tax.percent')
  if (rate === 0n) return { payable: beforeTax, lines }
  const tax = times(literal(beforeTax, MONEY_DECIMALS), percentOf(rate))
  const amount = toCents(tax.value.numerator * tenTo(MONEY_DECIMALS), tax.value.denominator, rounding)
  lines.push({ rule: 'M-07', text: tax.text, amount })
  return { payable: beforeTax + amount, lines }
}

const toCents = (numerator: bigint, denominator: bigint, rounding: Rounding): Amount =>
  divideRounded(numerator, denominator * CENT, rounding) * CENT

/** `0.46` */
export const formatPayable = (payable: Amount): string =>
  formatAmount(payable).slice(0, PAYABLE_DECIMALS - MONEY_DECIMALS)
