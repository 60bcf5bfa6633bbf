import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { savedArray } from '../../cell/parts.ts'
import { Port } from '../../cell/port.ts'
import { code, type Id, id, money, number, type Row, row, rowOfSome, state, table } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { SellerBooks } from './books.ts'
import { type MonthSum, SellerSales } from './sales.ts'
import { supportContact } from './support-contact.ts'
import { ticket } from './ticket.ts'

/** Contacts without an answer. */
export const contactTable = () =>
  table('contacts', {
    id: id('contacts'),
    account: row('accounts'),
    order: id('orders'),
    seller: number('sellers'),
    state: state(supportContact),
  })

export const ticketSubjects = ['credit', 'support', 'invoice-return'] as const
export type TicketSubject = (typeof ticketSubjects)[number]

/** Open tickets. `subject` is the row of what it is about, `amount` a credit asked for. */
export const ticketTable = () =>
  table('tickets', {
    id: id('tickets'),
    account: row('accounts'),
    about: code(ticketSubjects),
    subject: rowOfSome('contacts or invoices'),
    amount: money(),
    state: state(ticket),
  })

export const sellerTimers = { sellersBilled: ranks.act, sellersPaid: ranks.act } as const

/** Sellers (L): their shares, sales, bills and payouts, the questions they are asked, and the cloud's service desk. */
export class Sellers extends Chapter<keyof typeof sellerTimers> {
  readonly wallets: Wallets
  readonly contacts = contactTable()
  readonly tickets = ticketTable()
  readonly sales = new SellerSales(this.world.catalog.offers.length)
  readonly books = new SellerBooks(this.world.sellers.length)
  /** C-07: requirements that have come in for products of sellers at home here, by number of the product - 1. */
  readonly requirements = new Float64Array(this.world.scenario.catalog.length)
  readonly parts = {
    contacts: this.contacts,
    tickets: this.tickets,
    sales: this.sales,
    books: this.books,
    requirements: savedArray(this.requirements),
  }
  /** C-07: a buyer mailed a requirement, by number of its category. */
  readonly requirementMailed = new Port<[category: number]>()
  /** C-07: enough requirements have come in: a product will be listed from an instant on. */
  readonly productAnswered = new Port<[product: number, listed: number]>()
  /** A month ended: what this cell's buyers bought of a specification, for its seller's bill (L-02). */
  readonly monthSold = new Port<[specification: Id<'specifications'>, month: number, sum: MonthSum]>()
  /** A buyer mailed a seller (L-01). */
  readonly sellerMailed = new Port<[contact: Row<'contacts'>]>()
  /** A mail to a seller came back (L-01). */
  readonly sellerUnreachable = new Port<[contact: Row<'contacts'>]>()
  /** A service ticket was filed (L-01). */
  readonly ticketFiled = new Port<[ticket: Row<'tickets'>]>()
  /** The service desk has done what a ticket asked: the row of its subject. */
  readonly ticketSolved = new Port<[about: TicketSubject, subject: number]>()

  constructor(at: Cell, wallets: Wallets) {
    super(at)
    this.wallets = wallets
  }
}
