/**
 * Monthly bills (I-02): charges settled in a calendar month, final on the 3rd at 10:00 of the next. Tax on use is computed
 * on their total and drawn when they are made (M-07); the payable has the currency's minor units (M-02, M-08), and what that
 * adds or takes is drawn or refunded with the bill.
 */

import { monthOf, startOfMonth } from '#base/civil-time.ts'
import type { Instant } from '#base/time.ts'
import { billFinalAt, FINAL_AFTER } from '../../billing/final-bill.ts'
import { billTotal } from '../../billing/month-total.ts'
import type { Row } from '../../cell/table.ts'
import { settleRest } from '../wallets/bill-rounding.ts'
import { taxPercent } from '../wallets/tax.ts'
import { drawTax } from '../wallets/usage-run.ts'
import type { ClosedMonth } from './closed-months.ts'
import type { Invoices } from './invoices.ts'
import { invoiceBill } from './invoicing.ts'

/** The month ends: what was settled in it is set aside for its bill, and the next month begins at nothing. */
export function closeMonth(market: Invoices, month: Instant): void {
  const { accounts, book, months } = market
  const { monthCharges, monthOrders, monthOrderTax, monthLines } = market.balances
  const values = (column: typeof monthCharges): bigint[] =>
    Array.from({ length: accounts.rows }, (_, account) => column.at(account))
  months.all.push({
    month,
    charges: values(monthCharges),
    lines: monthLines.slice(0, accounts.rows) as Int32Array,
    orders: values(monthOrders),
    orderTax: values(monthOrderTax),
    paid: book.paid,
  })
  book.paid = []
  for (const column of [monthCharges, monthOrders, monthOrderTax]) column.clear()
  monthLines.fill(0)
}

/** The bill of the month that was closed last is final in a few days. */
export function awaitFinalBill({ timers, now }: Invoices): void {
  timers.wake('monthBills', now + FINAL_AFTER, 0)
}

/**
 * Makes the bills that are final by now, if they are not made yet: at one instant before any hour is settled, however long ago
 * that was due (`settlement.lag`).
 */
export function billDueMonths(market: Invoices): void {
  const { months, now, policies } = market
  for (let closed = months.all[0]; closed !== undefined; closed = months.all[0]) {
    if (billFinalAt(closed.month, policies['time.utcOffset']) > now) return
    months.all.shift()
    bill(market, closed, true)
  }
}

/** The run ends: months without a final bill get a provisional one. */
export function billOpenMonths(market: Invoices): void {
  for (const closed of market.months.all) bill(market, closed, false)
}

/** Writes the bills of a closed month; `final` is false for a month the run left before its 3rd, 10:00. */
function bill(market: Invoices, closed: ClosedMonth, final: boolean): void {
  const { accounts, facts, policies, world } = market
  const { decimals } = world.scenario.currency
  for (let account = 0; account < closed.charges.length; account++) {
    if (closed.lines[account] === 0) continue
    const charges = closed.charges[account]
    const taxable = [{ amount: charges - closed.orders[account], percent: taxPercent(market.wallets) }]
    const { tax, payable } = billTotal({ charges, count: closed.lines[account], taxable }, policies, decimals)
    facts.bills({
      account: accounts.id[account],
      month: closed.month,
      lines: closed.lines[account],
      charges,
      rounding: payable - charges - tax,
      payable,
      final: final ? 1 : 0,
      rule: market.word('I-02'),
    })
    if (tax > 0n) taxUse(market, account, closed, tax)
    if (policies['rounding.rest'] === 'settle')
      settleRest(market.wallets, { account, about: lastDayOf(market, closed), rest: payable - charges - tax, final })
    if (final) invoiceBill(market, account, closed, charges + tax)
  }
}

/** An instant of the last day of a closed month, which its bill is about (M-09). */
function lastDayOf({ policies }: Invoices, { month }: ClosedMonth): number {
  const offset = policies['time.utcOffset']
  return startOfMonth(monthOf(month, offset) + 1, offset) - 1
}

/** M-07: about the last day of the month (M-09). */
function taxUse(market: Invoices, account: Row<'accounts'>, closed: ClosedMonth, tax: bigint): void {
  const { accounts, facts, world, cell, now } = market
  const transaction = drawTax(market.wallets, account, lastDayOf(market, closed), tax)
  facts.bill_taxes({
    account: accounts.id[account],
    month: closed.month,
    at: now,
    region: world.cellPlaces[cell].region + 1,
    taxable: closed.charges[account] - closed.orders[account],
    tax,
    of_orders: closed.orderTax[account],
    transaction_id: transaction,
    rule: market.word('M-07'),
  })
}
