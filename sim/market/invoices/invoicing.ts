/**
 * Invoices (I-01..I-03): requested for an order, or by `invoice.mode: auto` made of each final monthly bill; issued,
 * returned by service ticket and asked for again. No line is on two live ones. An order is invoiced as it was paid, also where
 * it was refunded or unsubscribed from before or after: what goes back is a credit note (I-04). An invoice has the minor
 * units of the currency (M-08): its lines keep their 8 decimals, and a last one rounds their sum.
 */

import type { Instant } from '#base/time.ts'
import { toMinorUnits } from '../../billing/minor-units.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { begin, transition } from '../../cell/transition.ts'
import { isResold } from '../wallets/reseller.ts'
import type { ClosedMonth } from './closed-months.ts'
import { invoice } from './invoice.ts'
import type { InvoiceLine, Invoices } from './invoices.ts'

/** How far the live invoice of an order is. */
export const invoiceStates = { none: 0, requested: 1, issued: 2 } as const

/** S-09, N-02: how far the live invoice of an order is: a value of `invoiceStates`. A return is over when it is returned. */
export function invoicedState({ book }: Invoices, order: number): 0 | 1 | 2 {
  const row = book.covering.get(order)
  if (row === undefined) return invoiceStates.none
  return book.table.state[row] === invoice.state.requested ? invoiceStates.requested : invoiceStates.issued
}

/**
 * Requests an invoice of lines that are on no live one; without such, or where they round to nothing (M-08), there is nothing
 * to do.
 */
export function requestInvoice(
  market: Invoices,
  what: { account: Row<'accounts'>; month: Instant; reissueOf: number; lines: readonly InvoiceLine[] },
): void {
  const { book, accounts, facts, timers, policies, world, now } = market
  const { table, covering } = book
  const lines = what.lines.filter(({ order, amount }) => amount > 0n && (order === 0 || !covering.has(order)))
  const sum = lines.reduce((total, { amount }) => total + amount, 0n)
  const payable = toMinorUnits(sum, world.scenario.currency.decimals, policies['rounding.monthTotal'])
  if (payable === 0n) return
  const row = table.add()
  table.id[row] = market.number('invoices')
  table.account[row] = what.account
  table.month[row] = what.month
  book.lines.set(row, lines)
  for (const { order } of lines) if (order !== 0) covering.set(order, row)
  facts.invoices({
    id: table.id[row],
    at: now,
    account: accounts.id[what.account],
    month: what.month,
    lines: payable === sum ? lines.length : lines.length + 1,
    amount: payable,
    reissue_of: what.reissueOf,
    rule: market.word(what.month === 0 ? 'I-01' : 'I-02'),
  })
  for (const { order, amount } of lines)
    facts.invoice_lines({ invoice_id: table.id[row], order_id: order, amount, rule: market.word('I-03') })
  if (payable !== sum)
    facts.invoice_lines({ invoice_id: table.id[row], order_id: 0, amount: payable - sum, rule: market.word('M-08') })
  facts.invoice_steps({ invoice_id: table.id[row], ...begin(market, invoice, table.state, row, 'requested', 'I-01') })
  table.timer[row] = timers.wake('invoiceMoves', now + policies['invoice.issueDelay'], row)
}

/** The buyer asks for another invoice, within this instant. */
export function askReissue({ timers, now }: Invoices, row: number): void {
  timers.wake('invoiceWanted', now, row)
}

/** I-01: a returned invoice is asked for again, with the same lines. */
export function reissueInvoice(market: Invoices, row: Row<'invoices'>): void {
  const { table, lines } = market.book
  const [account, month, reissueOf] = [table.account[row], table.month[row], table.id[row]]
  requestInvoice(market, { account, month, reissueOf, lines: lines.get(row) ?? [] })
}

/**
 * I-02: `invoice.mode: auto` invoices what a final bill says: each order that was paid while it was in force, and what was
 * metered; `charges` are those of the bill, with the tax on use.
 */
export function invoiceBill(market: Invoices, account: Row<'accounts'>, closed: ClosedMonth, charges: bigint): void {
  if (market.policies['invoice.mode'] !== 'auto' || isResold(market.wallets, account)) return
  const { month, orders, paid } = closed
  const lines = paid.filter((one) => one.account === account).map(({ order, amount }) => ({ order, amount }))
  const metered = { order: 0, amount: charges - orders[account] }
  requestInvoice(market, { account, month, reissueOf: 0, lines: [...lines, metered] })
}

/** The delay of an issue or of a return is over. */
export function moveInvoice(market: Invoices, row: Row<'invoices'>): void {
  const { table } = market.book
  table.timer[row] = NONE
  if (table.state[row] === invoice.state.requested) {
    step(market, row, 'issue')
    market.invoiceIssued.emit(row)
  } else endInvoice(market, row)
}

/** The buyer asks to return it. */
export function requestReturn(market: Invoices, row: Row<'invoices'>): void {
  step(market, row, 'requestReturn')
}

/** The service desk has taken the return on; it takes its time (I-01). */
export function awaitReturn({ timers, policies, now, book }: Invoices, row: Row<'invoices'>): void {
  book.table.timer[row] = timers.wake('invoiceMoves', now + policies['invoice.returnDelay'], row)
}

/** Its row and lines stay, so that it can be asked for again. */
function endInvoice(market: Invoices, row: Row<'invoices'>): void {
  const { book } = market
  step(market, row, 'return')
  for (const { order } of book.lines.get(row) ?? []) book.covering.delete(order)
  market.invoiceReturned.emit(row)
}

function step(market: Invoices, row: Row<'invoices'>, event: (typeof invoice.events)[number]): void {
  const { facts } = market
  const { table } = market.book
  facts.invoice_steps({ invoice_id: table.id[row], ...transition(market, invoice, table.state, row, event, 'I-01') })
}

/** I-03: an order is on no invoice but the live one that covers it. */
export function checkCovering({ book }: Invoices): void {
  const { table, lines, covering } = book
  for (const [order, row] of covering) {
    const isLive = table.state[row] !== invoice.state.returned
    if (!isLive || !lines.get(row)?.some((line) => line.order === order))
      throw new Error(`I-03: order ${order} is not on the live invoice ${table.id[row]} that covers it`)
  }
}
