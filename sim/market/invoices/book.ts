/** The invoices of a cell: which are live, what is on them, and which orders they cover (I-01..I-03). */
import { id, instant, row, state, table, timer } from '../../cell/table.ts'
import { invoice } from './invoice.ts'
import type { InvoiceLine, PaidOrder } from './lines.ts'

/** How far the live invoice of an order is. */
export const invoiceStates = { none: 0, requested: 1, issued: 2 } as const

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

  restore(state: ReturnType<InvoiceBook['save']>): void {
    this.table.restore(state.table)
    for (const [row, lines] of state.lines) this.lines.set(row, lines)
    for (const [order, row] of state.covering) this.covering.set(order, row)
    for (const order of state.refunded) this.refunded.add(order)
    this.paid = [...state.paid]
  }
}
