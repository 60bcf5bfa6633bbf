/** M-07: tax on the payable before tax, a line of its own. */
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Policies } from '#scenarios/policies.ts'
import { literal, times } from './formula.ts'
import { type Line, lineOf, sumOf } from './line.ts'
import { parsePercent, percentOf } from './percent.ts'

/** An order's lines with the tax on their sum, brought to 8 decimals like any charge; as they are where there is none. */
export function withTax(
  lines: readonly Line[],
  policies: Pick<Policies, 'tax.percent' | 'rounding.charge'>,
): readonly Line[] {
  if (policies['tax.percent'] === '0') return lines
  const rate = parsePercent(policies['tax.percent'], 'tax.percent')
  const tax = times(literal(sumOf(lines), MONEY_DECIMALS), percentOf(rate))
  return [...lines, lineOf('M-07', tax, policies['rounding.charge'])]
}
