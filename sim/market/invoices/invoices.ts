import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import { id, instant, type Row, row, state, table, timer } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { ClosedMonths, type PaidOrder } from './closed-months.ts'
import { invoice } from './invoice.ts'

/** A line of an invoice: an order, or (order 0) what was metered in the month of the bill. */
export type InvoiceLine = Omit<PaidOrder, 'account'>

export const invoiceTable = () =>
  table('invoices', {
    id: id('invoices'),
    account: row('accounts'),
    month: instant(),
    state: state(invoice),
    timer: timer(),
  })

/** Live invoices, their lines, and which orders they cover. */
export class InvoiceBook {
  readonly table = invoiceTable()
  /** By row; amounts are what was paid, whatever was refunded since (I-04). */
  readonly lines = new Map<number, readonly InvoiceLine[]>()
  /** By number of the order: the row of its live invoice. */
  readonly covering = new Map<number, number>()
  /** What was paid since the month began, by `invoice.mode: auto`. */
  paid: PaidOrder[] = []

  save() {
    const { lines, covering, paid } = this
    return { table: this.table.save(), lines: [...lines], covering: [...covering], paid }
  }

  restore(state: ReturnType<InvoiceBook['save']>): void {
    this.table.restore(state.table)
    for (const [row, lines] of state.lines) this.lines.set(row, lines)
    for (const [order, row] of state.covering) this.covering.set(order, row)
    this.paid = [...state.paid]
  }
}

export const invoiceTimers = { invoiceMoves: ranks.expire, invoiceWanted: ranks.act, monthBills: ranks.settle } as const

/** Monthly bills and invoices (I-01..I-03). */
export class Invoices extends Chapter<keyof typeof invoiceTimers> {
  readonly wallets: Wallets
  readonly balances
  readonly book = new InvoiceBook()
  readonly months = new ClosedMonths()
  readonly parts = { book: this.book, months: this.months }
  /** An invoice was issued, or returned (I-01). */
  readonly invoiceIssued = new Port<[invoice: Row<'invoices'>]>()
  readonly invoiceReturned = new Port<[invoice: Row<'invoices'>]>()

  constructor(at: Cell, wallets: Wallets) {
    super(at)
    this.wallets = wallets
    this.balances = wallets.balances
  }
}
