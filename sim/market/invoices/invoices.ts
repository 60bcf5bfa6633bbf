import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import { ranks } from '../../cell/timers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { InvoiceBook } from './book.ts'
import { ClosedMonths } from './closed-months.ts'

export const invoiceTimers = { invoiceMoves: ranks.expire, invoiceWanted: ranks.act, monthBills: ranks.settle } as const

/** Monthly bills and invoices (I-01..I-03). */
export class Invoices extends Chapter<keyof typeof invoiceTimers> {
  readonly wallets: Wallets
  readonly balances
  readonly book = new InvoiceBook()
  readonly months = new ClosedMonths()
  readonly parts = { book: this.book, months: this.months }
  /** An invoice was issued, or returned (I-01). */
  readonly invoiceIssued = new Port<[invoice: number]>()
  readonly invoiceReturned = new Port<[invoice: number]>()

  constructor(at: Cell, wallets: Wallets) {
    super(at)
    this.wallets = wallets
    this.balances = wallets.balances
  }
}
