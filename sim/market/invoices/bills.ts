/**
 * Monthly bills (I-02): charges settled in a calendar month, final on the 3rd at 10:00 of the next. Tax on use is computed
 * on their total and drawn when they are made (M-07); the payable has the currency's minor units (M-02, M-08).
 */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import { billTotal } from '../../billing/month-total.ts'
import { invoiceBill, type PaidOrder } from './invoicing.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { drawTax } from '../metering/settlement.ts'
import { taxPercent } from '../wallets/tax.ts'
import { wordNumber } from '../words.ts'

/** 2 days and 10 hours after the month's end: the 3rd at 10:00. */
export const FINAL_AFTER = (2 * 24 + 10) * HOUR

/** The charges of one month that has ended, by row of the account table. */
export interface ClosedMonth {
  readonly month: number
  readonly charges: bigint[]
  readonly lines: Int32Array
  /** What of the charges was orders, and the tax in them. */
  readonly orders: readonly bigint[]
  readonly orderTax: readonly bigint[]
  /** Orders paid in it, where its bill is invoiced (I-02). */
  readonly paid: readonly PaidOrder[]
}

/** The month ends: what was settled in it is set aside for its bill, and the next month begins at nothing. */
export function closeMonth(market: Market, month: number): ClosedMonth {
  const { accounts } = market
  const { monthCharges, monthOrders, monthOrderTax, monthLines } = accounts
  const values = (column: typeof monthCharges): bigint[] =>
    Array.from({ length: accounts.rows }, (_, account) => column.at(account))
  const closed = {
    month,
    charges: values(monthCharges),
    lines: monthLines.slice(0, accounts.rows),
    orders: values(monthOrders),
    orderTax: values(monthOrderTax),
    paid: market.invoices.paid,
  }
  market.invoices.paid = []
  for (const column of [monthCharges, monthOrders, monthOrderTax]) column.clear()
  monthLines.fill(0)
  return closed
}

/** Writes the bills of a closed month; `final` is false for a month the run left before its 3rd, 10:00. */
export function bill(market: Market, meter: Meter, closed: ClosedMonth, final: boolean): void {
  const { accounts, facts, policies, world } = market
  const { decimals } = world.scenario.currency
  for (let account = 0; account < closed.charges.length; account++) {
    if (closed.lines[account] === 0) continue
    const charges = closed.charges[account]
    const taxable = [{ amount: charges - closed.orders[account], percent: taxPercent(market) }]
    const { tax, payable } = billTotal({ charges, count: closed.lines[account], taxable }, policies, decimals)
    facts.bills({
      account: accounts.id[account],
      month: closed.month,
      lines: closed.lines[account],
      charges,
      payable,
      final: final ? 1 : 0,
      rule: wordNumber('I-02'),
    })
    if (tax > 0n) taxUse(market, meter, account, closed, tax)
    if (final) invoiceBill(market, account, closed.month, charges + tax, closed.paid)
  }
}

/** M-07: about the last day of the month (M-09). */
function taxUse(market: Market, meter: Meter, account: number, closed: ClosedMonth, tax: bigint): void {
  const { accounts, facts, policies, world, cell, now } = market
  const offset = policies['time.utcOffset']
  const about = startOfMonth(monthOf(closed.month, offset) + 1, offset) - 1
  const transaction = drawTax(market, meter, account, about, tax)
  facts.bill_taxes({
    account: accounts.id[account],
    month: closed.month,
    at: now,
    region: world.cellPlaces[cell].region + 1,
    taxable: closed.charges[account] - closed.orders[account],
    tax,
    of_orders: closed.orderTax[account],
    transaction_id: transaction,
    rule: wordNumber('M-07'),
  })
}
