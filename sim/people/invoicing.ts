/** What comes to buyers after they bought: an invoice (I-01), a question to the seller (L-01), credit (O-05). */
import { parseAmount } from '#base/money.ts'
import { columns } from '#engine/columns.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { isSupervised } from '#scenarios/product-kinds.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { invoice } from '../market/invoices/invoice.ts'
import { askReissue, requestInvoice, requestReturn } from '../market/invoices/invoicing.ts'
import { order as orderLife } from '../market/orders/order.ts'
import type { Orders } from '../market/orders/orders.ts'
import { mailSeller } from '../market/sellers/support.ts'
import { fileTicket } from '../market/sellers/tickets.ts'
import { isResold } from '../market/wallets/reseller.ts'
import { durationLaw } from './duration-law.ts'
import { timersOf } from './timers.ts'

interface Occasional {
  readonly probability: number
  readonly after: Distribution
}

interface Habit {
  readonly invoice: Occasional
  readonly giveBack: Occasional
  readonly reissue: number
  readonly support: Occasional
  /** Credit that is asked for as the account opens. */
  readonly credit: bigint
  readonly asksCredit: number
}

const occasional = ({ probability, after }: BuyerSegment['habits']['support']): Occasional => ({
  probability,
  after: durationLaw(after),
})

const habitOf = ({ habits: { invoicing, support }, wallet: { credit } }: BuyerSegment): Habit => ({
  invoice: occasional(invoicing),
  giveBack: occasional(invoicing.return),
  reissue: invoicing.reissue,
  support: occasional(support),
  credit: credit === null ? 0n : parseAmount(credit.limit),
  asksCredit: credit?.probability ?? 0,
})

const things = ['invoice', 'support'] as const

export class Afterwards {
  readonly #market: Orders
  readonly #habits: readonly Habit[]
  readonly #stream: (account: number, purpose: string) => Stream
  /** What a buyer means to do about an order. */
  readonly #plans = columns({ what: 'u8', account: 'i32', order: 'f64', amount: 'wide', seller: 'i32' })

  constructor(market: Orders, stream: (account: number, purpose: string) => Stream) {
    this.#market = market
    this.#habits = market.world.scenario.buyers.map(habitOf)
    this.#stream = stream
  }

  #habit(account: number): Habit {
    return this.#habits[this.#market.accounts.segment[account]]
  }

  #does({ probability }: Occasional, account: number, purpose: string): boolean {
    return probability > 0 && this.#stream(account, purpose).next() < probability
  }

  /** O-05: who wants credit asks for it as the run begins. */
  open(): void {
    const timers = timersOf(this.#market)
    const { accounts, now } = this.#market
    for (let account = 0; account < accounts.rows; account++) {
      const { credit, asksCredit } = this.#habit(account)
      if (credit === 0n || isResold(this.#market.wallets, account)) continue
      if (asksCredit === 1 || (asksCredit > 0 && this.#stream(account, 'credit').next() < asksCredit))
        timers.wake('creditAsked', now, account)
    }
  }

  creditAsked(account: number): void {
    const amount = this.#habit(account).credit
    fileTicket(this.#market.sellers, { account, about: 'credit', subject: 0, subjectId: 0, amount })
  }

  /** S-09: of a kind that 365 days can close, an invoice is asked for while the flow is under way. */
  flowBegan(order: number): void {
    const account = this.#market.orders.account[order]
    if (this.#asksEarly(order) && this.#does(this.#habit(account).invoice, account, 'early-invoice'))
      this.#plan('invoice', order, this.#habit(account).invoice.after, 'invoicing')
  }

  #asksEarly(order: number): boolean {
    const { orders, world, policies } = this.#market
    const { product } = world.catalog.offers[orders.specification[order] - 1]
    return isSupervised(product) && (policies['auto365.kinds'] as readonly string[]).includes(product.kind)
  }

  /** An order ended: where it was completed, its buyer may want an invoice and may have a question. */
  orderEnded(order: number): void {
    const { orders } = this.#market
    if (orders.state[order] !== orderLife.state.completed) return
    const account = orders.account[order]
    const { invoice: wants, support } = this.#habit(account)
    const invoices = orders.amount.at(order) > 0n && this.#market.policies['invoice.mode'] === 'manual'
    if (invoices && !this.#asksEarly(order) && this.#does(wants, account, 'invoicing'))
      this.#plan('invoice', order, wants.after, 'invoicing')
    if (this.#does(support, account, 'support')) this.#plan('support', order, support.after, 'support')
  }

  #plan(what: (typeof things)[number], order: number, after: Distribution, purpose: string): void {
    const timers = timersOf(this.#market)
    const { orders, now, world } = this.#market
    const account = orders.account[order]
    if (what === 'invoice' && isResold(this.#market.wallets, account)) return
    const plans = this.#plans
    const row = plans.add()
    plans.what[row] = things.indexOf(what)
    plans.account[row] = account
    plans.order[row] = orders.id[order]
    plans.amount.put(row, orders.amount.at(order))
    plans.seller[row] = world.catalog.offers[orders.specification[order] - 1].seller.id
    const wait = Math.max(0, Math.round(after.sample(this.#stream(account, purpose))))
    timers.wake('buyerRemembers', now + wait, row)
  }

  /** The planned action happens. */
  remembers(row: number): void {
    const { what, account, order, amount, seller } = this.#plans
    const [buyer, id] = [account[row], order[row]]
    if (things[what[row]] === 'support') mailSeller(this.#market.sellers, buyer, id, seller[row])
    else
      requestInvoice(this.#market.invoices, {
        account: buyer,
        month: 0,
        reissueOf: 0,
        lines: [{ order: id, amount: amount.at(row) }],
      })
    this.#plans.remove(row)
  }

  /** An invoice was issued: the buyer may return it. */
  invoiceIssued(row: number): void {
    const timers = timersOf(this.#market)
    const { now, invoices } = this.#market
    const account = invoices.book.table.account[row]
    const { giveBack } = this.#habit(account)
    if (!this.#does(giveBack, account, 'invoice-return')) return
    const wait = Math.max(0, Math.round(giveBack.after.sample(this.#stream(account, 'invoice-return'))))
    timers.wake('invoiceGivenBack', now + wait, row)
  }

  /** I-01: a return takes a service ticket; an invoice that has lapsed needs none. */
  givesBack(row: number): void {
    const { table } = this.#market.invoices.book
    if (table.state[row] !== invoice.state.issued) return
    requestReturn(this.#market.invoices, row)
    const subject = { subject: row, subjectId: table.id[row], amount: 0n }
    fileTicket(this.#market.sellers, { account: table.account[row], about: 'invoice-return', ...subject })
  }

  /** It is returned: the buyer may request another one with the same lines. */
  invoiceReturned(row: number): void {
    const { invoices } = this.#market
    const account = invoices.book.table.account[row]
    const { reissue } = this.#habit(account)
    if (reissue > 0 && this.#stream(account, 'reissue').next() < reissue) askReissue(invoices, row)
  }

  save() {
    return this.#plans.save()
  }

  restore(state: ReturnType<Afterwards['save']>): void {
    this.#plans.restore(state)
  }
}
