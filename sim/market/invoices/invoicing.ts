/**
 * Invoices (I-01..I-03): requested for an order, or by `invoice.mode: auto` made of each final monthly bill; issued,
 * returned by service ticket and asked for again. No line is on two live ones. An invoice has the minor units of the
 * currency (M-08): its lines keep their 8 decimals, and a last one rounds their sum.
 */

import type { Instant } from '#base/time.ts'
import { toMinorUnits } from '../../billing/minor-units.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { begin, transition } from '../../cell/transition.ts'
import { isResold } from '../wallets/reseller.ts'
import type { PaidOrder } from './closed-months.ts'
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
 * Requests an invoice of lines that are on no live one and not released; without such, or where they round to nothing
 * (M-08), there is nothing to do.
 */
export function requestInvoice(
  market: Invoices,
  what: { account: Row<'accounts'>; month: Instant; reissueOf: number; lines: readonly InvoiceLine[] },
): void {
  const { book, accounts, facts, timers, policies, world, now } = market
  const { table, covering, refunded } = book
  const whole = what.lines.filter(({ order }) => order === 0 || !(covering.has(order) || refunded.has(order)))
  const lines = whole.map((line) => whatIsLeft(market, line)).filter(({ amount }) => amount > 0n)
  const sum = lines.reduce((total, { amount }) => total + amount, 0n)
  const payable = toMinorUnits(sum, world.scenario.currency.decimals, policies['rounding.monthTotal'])
  if (payable === 0n) return
  const row = table.add()
  table.id[row] = market.number('invoices')
  table.account[row] = what.account
  table.month[row] = what.month
  book.lines.set(row, whole)
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

/** I-03: the line of an order without what was refunded of it. */
function whatIsLeft({ book }: Invoices, { order, amount }: InvoiceLine): InvoiceLine {
  return { order, amount: amount - (order === 0 ? 0n : (book.returned.get(order) ?? 0n)) }
}

/** The buyer asks for another invoice, within this instant. */
export function askReissue({ timers, now }: Invoices, row: number): void {
  timers.wake('invoiceWanted', now, row)
}

/** I-01: a returned invoice is asked for again, with what of it was not released. */
export function reissueInvoice(market: Invoices, row: Row<'invoices'>): void {
  const { table, lines } = market.book
  const [account, month, reissueOf] = [table.account[row], table.month[row], table.id[row]]
  requestInvoice(market, { account, month, reissueOf, lines: lines.get(row) ?? [] })
}

/** I-02: `invoice.mode: auto` invoices what a final bill says: each order that was paid, and what was metered. */
export function invoiceBill(
  market: Invoices,
  account: Row<'accounts'>,
  month: Instant,
  charges: bigint,
  paid: readonly PaidOrder[],
): void {
  if (market.policies['invoice.mode'] !== 'auto' || isResold(market.wallets, account)) return
  const orders = paid.filter((order) => order.account === account)
  const metered = charges - orders.reduce((sum, { amount }) => sum + amount, 0n)
  const lines = orders.map(({ order, amount }) => ({ order, amount }))
  requestInvoice(market, { account, month, reissueOf: 0, lines: [...lines, { order: 0, amount: metered }] })
}

/** The delay of an issue or of a return is over. */
export function moveInvoice(market: Invoices, row: Row<'invoices'>): void {
  const { table } = market.book
  table.timer[row] = NONE
  if (table.state[row] === invoice.state.requested) {
    step(market, row, 'issue')
    market.invoiceIssued.emit(row)
  } else endInvoice(market, row, 'return')
}

/** The buyer asks to return it; what was refunded meanwhile needs no return. */
export function requestReturn(market: Invoices, row: Row<'invoices'>): void {
  step(market, row, 'requestReturn')
}

/** The service desk has taken the return on; it takes its time (I-01). */
export function awaitReturn(market: Invoices, row: Row<'invoices'>): void {
  const { timers, policies, now, book } = market
  if (book.table.state[row] !== invoice.state['return-requested']) return
  book.table.timer[row] = timers.wake('invoiceMoves', now + policies['invoice.returnDelay'], row)
}

/** What was paid for an order goes back, and nothing of it stays bought: its live invoice returns by itself. */
export function lapseInvoice(market: Invoices, order: number): void {
  const { book, timers } = market
  const row = book.covering.get(order)
  book.refunded.add(order)
  if (row === undefined) return
  timers.cancel(book.table.timer[row])
  endInvoice(market, row, 'lapse')
}

/**
 * E-05, E-10: servers of an order were refunded, and the others stay bought. Invoices cover what is left of it from now on: one
 * that was requested is made again; one that was issued stays, and the credit note of the refund corrects it (I-04).
 */
export function reduceInvoice(market: Invoices, order: number, back: bigint): void {
  const { book, timers } = market
  book.returned.set(order, (book.returned.get(order) ?? 0n) + back)
  const row = book.covering.get(order)
  if (row === undefined || book.table.state[row] !== invoice.state.requested) return
  timers.cancel(book.table.timer[row])
  endInvoice(market, row, 'lapse')
  askReissue(market, row)
}

/** Its row and lines stay, so that a ticket or a person who still means it finds it returned. */
function endInvoice(market: Invoices, row: Row<'invoices'>, event: 'return' | 'lapse'): void {
  const { book } = market
  step(market, row, event)
  for (const { order } of book.lines.get(row) ?? []) book.covering.delete(order)
  if (event === 'return') market.invoiceReturned.emit(row)
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
