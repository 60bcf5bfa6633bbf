/** Monthly bills (I-02): charges settled in a calendar month, final on the 3rd at 10:00 of the next, payable by M-02. */
import { type Rounding, toMoney } from '../billing/money.ts'
import { toMinorUnits } from '../billing/month-total.ts'
import { wordNumber } from '../record/words.ts'
import { invoiceBill, type PaidOrder } from './invoices.ts'
import type { Market } from './market.ts'

/** 2 days and 10 hours after the month's end: the 3rd at 10:00. */
export const FINAL_AFTER = (2 * 24 + 10) * 3_600_000

/** The charges of one month that has ended, by row of the account table. */
export interface ClosedMonth {
  readonly month: number
  readonly charges: Float64Array
  readonly lines: Int32Array
  /** Orders paid in it, where its bill is invoiced (I-02). */
  readonly paid: readonly PaidOrder[]
}

/** The month ends: what was settled in it is set aside for its bill, and the next month begins at nothing. */
export function closeMonth(market: Market, month: number): ClosedMonth {
  const { accounts } = market
  const closed = {
    month,
    charges: accounts.monthCharges.slice(0, accounts.rows),
    lines: accounts.monthLines.slice(0, accounts.rows),
    paid: market.invoices.paid,
  }
  market.invoices.paid = []
  accounts.monthCharges.fill(0)
  accounts.monthLines.fill(0)
  return closed
}

/** M-02, M-08: the currency's minor units, on the total, never line by line. */
export const payable = (charges: number, decimals: number, rounding: Rounding): number =>
  toMoney(toMinorUnits(BigInt(charges), decimals, rounding))

/** Writes the bills of a closed month; `final` is false for a month the run left before its 3rd, 10:00. */
export function bill(market: Market, closed: ClosedMonth, final: boolean): void {
  const { accounts, facts, policies } = market
  for (let account = 0; account < closed.charges.length; account++) {
    if (closed.lines[account] === 0) continue
    facts.bills({
      account: accounts.id[account],
      month: closed.month,
      lines: closed.lines[account],
      charges: closed.charges[account],
      payable: payable(
        closed.charges[account],
        market.world.scenario.currency.decimals,
        policies['rounding.monthTotal'],
      ),
      final: final ? 1 : 0,
      rule: wordNumber('I-02'),
    })
    if (final) invoiceBill(market, account, closed.month, closed.charges[account], closed.paid)
  }
}
