/** M-07: tax on the payable before tax, a line of its own. */
import { literal, times } from './formula.ts'
import { type Line, lineOf } from './line.ts'
import { type Amount, MONEY_DECIMALS, type Rounding } from './money.ts'
import { parsePercent, percentOf } from './percent.ts'

/** The tax line of an order, brought to 8 decimals like any charge; none where `tax.percent` is 0. */
export function taxLines(payable: Amount, percent: string, rounding: Rounding): Line[] {
  const rate = parsePercent(percent, 'tax.percent')
  if (rate === 0n) return []
  return [lineOf('M-07', times(literal(payable, MONEY_DECIMALS), percentOf(rate)), rounding)]
}
