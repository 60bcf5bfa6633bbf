/**
 * Invoices (I-01..I-03): requested for an order, or by `invoice.mode: auto` made of each final monthly bill; issued,
 * returned by service ticket and asked for again. No line is on two live ones.
 */
import { columns } from '#engine/columns.ts'
import { invoice } from './invoice.ts'
import type { Market } from '../market.ts'
import { isResold } from '../wallets/reseller.ts'
import { NONE } from '../tables.ts'
import { wordNumber } from '../words.ts'

type InvoiceEvent = (typeof invoice.events)[number]

/** How far the live invoice of an order is. */
export const invoiceStates = { none: 0, requested: 1, issued: 2 } as const

/** A line: an order, or (order 0) what was metered in the month of the bill. */
export interface InvoiceLine {
  readonly order: number
  readonly amount: bigint
}

/** An order that was paid, for the bill of its month. */
export interface PaidOrder extends InvoiceLine {
  readonly account: number
}

/** Live invoices, their lines, and which orders they cover. */
export class Invoices {
  readonly table = columns({ id: 'f64', account: 'i32', month: 'f64', state: 'u8', timer: 'i32' })
  /** By row. */
  readonly lines = new Map<number, readonly InvoiceLine[]>()
  /** By number of the order: the row of its live invoice. */
  readonly covering = new Map<number, number>()
  /** Orders that were given back, for which there is nothing to invoice. */
  readonly refunded = new Set<number>()
  /** What was paid since the month began, by `invoice.mode: auto`. */
  paid: PaidOrder[] = []

  save() {
    const { lines, covering, refunded, paid } = this
    return { table: this.table.save(), lines: [...lines], covering: [...covering], refunded: [...refunded], paid }
  }

  restore(state: ReturnType<Invoices['save']>): void {
    this.table.restore(state.table)
    for (const [row, lines] of state.lines) this.lines.set(row, lines)
    for (const [order, row] of state.covering) this.covering.set(order, row)
    for (const order of state.refunded) this.refunded.add(order)
    this.paid = [...state.paid]
  }
}

/** S-09, N-02: how far the live invoice of an order is: a value of `invoiceStates`. A return is over when it is returned. */
export function invoicedState({ invoices }: Market, order: number): 0 | 1 | 2 {
  const row = invoices.covering.get(order)
  if (row === undefined) return invoiceStates.none
  return invoices.table.state[row] === invoice.state.requested ? invoiceStates.requested : invoiceStates.issued
}

/** Requests an invoice of lines that are on no live one and not given back; without such there is nothing to do. */
export function requestInvoice(
  market: Market,
  what: { account: number; month: number; reissueOf: number; lines: readonly InvoiceLine[] },
): void {
  const { invoices, accounts, facts, timers, policies, now } = market
  const { table, covering, refunded } = invoices
  const lines = what.lines.filter(
    ({ order, amount }) => amount > 0n && (order === 0 || !(covering.has(order) || refunded.has(order))),
  )
  if (lines.length === 0) return
  const row = table.add()
  table.id[row] = market.number('invoices')
  table.account[row] = what.account
  table.month[row] = what.month
  table.state[row] = invoice.state.requested
  invoices.lines.set(row, lines)
  for (const { order } of lines) if (order !== 0) covering.set(order, row)
  facts.invoices({
    id: table.id[row],
    at: now,
    account: accounts.id[what.account],
    month: what.month,
    lines: lines.length,
    amount: lines.reduce((sum, { amount }) => sum + amount, 0n),
    reissue_of: what.reissueOf,
    rule: wordNumber(what.month === 0 ? 'I-01' : 'I-02'),
  })
  for (const { order, amount } of lines)
    facts.invoice_lines({ invoice_id: table.id[row], order_id: order, amount, rule: wordNumber('I-03') })
  writeStep(market, row, 'begin', NONE)
  table.timer[row] = timers.wake('invoiceMoves', now + policies['invoice.issueDelay'], row)
}

/** I-01: a returned invoice is asked for again, with what of it was not given back. */
export function reissueInvoice(market: Market, row: number): void {
  const { table, lines } = market.invoices
  const [account, month, reissueOf] = [table.account[row], table.month[row], table.id[row]]
  requestInvoice(market, { account, month, reissueOf, lines: lines.get(row) ?? [] })
}

/** I-02: `invoice.mode: auto` invoices what a final bill says: each order that was paid, and what was metered. */
export function invoiceBill(
  market: Market,
  account: number,
  month: number,
  charges: bigint,
  paid: readonly PaidOrder[],
): void {
  if (market.policies['invoice.mode'] !== 'auto' || isResold(market, account)) return
  const orders = paid.filter((order) => order.account === account)
  const metered = charges - orders.reduce((sum, { amount }) => sum + amount, 0n)
  const lines = orders.map(({ order, amount }) => ({ order, amount }))
  requestInvoice(market, { account, month, reissueOf: 0, lines: [...lines, { order: 0, amount: metered }] })
}

/** The delay of an issue or of a return is over. */
export function moveInvoice(market: Market, row: number): void {
  const { table } = market.invoices
  table.timer[row] = NONE
  if (table.state[row] === invoice.state.requested) {
    step(market, row, 'issue')
    market.reactions.invoiceIssued(row)
  } else endInvoice(market, row, 'return')
}

/** The buyer asks to return it; what was refunded meanwhile needs no return. */
export function requestReturn(market: Market, row: number): void {
  step(market, row, 'requestReturn')
}

/** The service desk has taken the return on; it takes its time (I-01). */
export function awaitReturn(market: Market, row: number): void {
  const { timers, policies, now, invoices } = market
  if (invoices.table.state[row] !== invoice.state['return-requested']) return
  invoices.table.timer[row] = timers.wake('invoiceMoves', now + policies['invoice.returnDelay'], row)
}

/** What was paid for an order goes back: its live invoice returns by itself. */
export function lapseInvoice(market: Market, order: number): void {
  const { invoices, timers } = market
  const row = invoices.covering.get(order)
  invoices.refunded.add(order)
  if (row === undefined) return
  timers.cancel(invoices.table.timer[row])
  endInvoice(market, row, 'lapse')
}

/** Its row and lines stay, so that a ticket or a person who still means it finds it returned. */
function endInvoice(market: Market, row: number, event: 'return' | 'lapse'): void {
  const { invoices } = market
  step(market, row, event)
  for (const { order } of invoices.lines.get(row) ?? []) invoices.covering.delete(order)
  if (event === 'return') market.reactions.invoiceReturned(row)
}

function step(market: Market, row: number, event: InvoiceEvent): void {
  const { table } = market.invoices
  const from = table.state[row]
  table.state[row] = market.move(invoice, from, event)
  writeStep(market, row, event, from)
}

function writeStep(market: Market, row: number, event: InvoiceEvent | 'begin', from: number): void {
  const { facts, now, invoices } = market
  const { table } = invoices
  facts.invoice_steps({
    invoice_id: table.id[row],
    at: now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(invoice.states[from]),
    to_state: wordNumber(invoice.states[table.state[row]]),
    rule: wordNumber('I-01'),
  })
}
