/** What buyers may want after they bought: an invoice (I-01) or an answer from the seller (L-01). */
import { columns } from '#engine/columns.ts'
import { isSupervised } from '#scenarios/product-kinds.ts'
import { NONE, type Row } from '../cell/table.ts'
import { askReissue, requestInvoice, requestReturn } from '../market/invoices/invoicing.ts'
import { order as orderLife } from '../market/orders/order.ts'
import type { Orders } from '../market/orders/orders.ts'
import { mailSeller } from '../market/sellers/support.ts'
import { fileTicket } from '../market/sellers/tickets.ts'
import { isResold } from '../market/wallets/reseller.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from './behaviour.ts'
import { happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'

type What = 'invoice' | 'support'

const whats: readonly What[] = ['invoice', 'support']

/** I-01: an issued invoice may be returned. A return takes a service ticket. */
const returning: Declared<Orders, 'invoices', Habit & { readonly reissue: number }> = {
  timer: 'invoiceGivenBack',
  stream: 'invoice-return',
  habit: ({ habits: { invoicing } }) => ({ ...habitFrom(invoicing.return), reissue: invoicing.reissue }),
  account: ({ invoices }) => invoices.book.table.account,
  act: ({ invoices, sellers }, row) => {
    const { table } = invoices.book
    requestReturn(invoices, row)
    const subject = { subject: row, subjectId: table.id[row], amount: 0n }
    fileTicket(sellers, { account: table.account[row], about: 'invoice-return', ...subject })
  },
}

export class AfterSales {
  readonly #market: Orders
  /** What a buyer will do about an order, which may be gone by then. */
  readonly #plans = columns({ what: 'u8', account: 'i32', order: 'f64', amount: 'wide', seller: 'i32' })
  readonly #earlyInvoice: Behaviour<Orders, 'orders'>
  readonly #invoice: Behaviour<Orders, 'orders'>
  readonly #support: Behaviour<Orders, 'orders'>
  readonly returning: Behaviour<Orders, 'invoices', Habit & { readonly reissue: number }>

  constructor(market: Orders, streamOf: StreamOf) {
    this.#market = market
    this.#earlyInvoice = new Behaviour(market, streamOf, {
      ...this.#aboutOrder('invoice', ({ habits }) => habitFrom(habits.invoicing)),
      ...{ stream: 'early-invoice', delayStream: 'invoicing' },
      applies: asksEarly,
    })
    this.#invoice = new Behaviour(market, streamOf, {
      ...this.#aboutOrder('invoice', ({ habits }) => habitFrom(habits.invoicing)),
      stream: 'invoicing',
      applies: (market, order) =>
        market.orders.amount.at(order) > 0n &&
        market.policies['invoice.mode'] === 'manual' &&
        !asksEarly(market, order),
    })
    this.#support = new Behaviour(market, streamOf, {
      ...this.#aboutOrder('support', ({ habits }) => habitFrom(habits.support)),
      stream: 'support',
    })
    this.returning = new Behaviour(market, streamOf, returning)
  }

  /** A behaviour about an order, which is planned, since the row of the order will be freed. */
  #aboutOrder(what: What, habit: Declared<Orders, 'orders'>['habit']): Omit<Declared<Orders, 'orders'>, 'stream'> {
    return {
      timer: 'buyerRemembers',
      habit,
      account: ({ orders }) => orders.account,
      subject: (_, order) => this.#plan(what, order),
      act: (_, plan) => this.remembers(plan),
    }
  }

  /** S-09: of a kind that 365 days can close, an invoice is asked for while the flow is under way. */
  flowBegan(order: Row<'orders'>): void {
    this.#earlyInvoice.consider(order)
  }

  /** An order ended: where it was completed, its buyer may want an invoice and may have a question. */
  orderEnded(order: Row<'orders'>): void {
    if (this.#market.orders.state[order] !== orderLife.state.completed) return
    this.#invoice.consider(order)
    this.#support.consider(order)
  }

  /** The row of the plan; NONE for a customer of a reseller, who gets no invoice from the marketplace (O-06). */
  #plan(what: What, order: Row<'orders'>): number {
    const { orders, wallets, world } = this.#market
    const account = orders.account[order]
    if (what === 'invoice' && isResold(wallets, account)) return NONE
    const plans = this.#plans
    const row = plans.add()
    plans.what[row] = whats.indexOf(what)
    plans.account[row] = account
    plans.order[row] = orders.id[order]
    plans.amount.put(row, orders.amount.at(order))
    plans.seller[row] = world.catalog.offers[orders.specification[order] - 1].seller.id
    return row
  }

  /** The planned action happens. */
  remembers(row: number): void {
    const { what, account, order, amount, seller } = this.#plans
    const [buyer, id] = [account[row], order[row]]
    if (whats[what[row]] === 'support') mailSeller(this.#market.sellers, buyer, id, seller[row])
    else
      requestInvoice(this.#market.invoices, {
        account: buyer,
        month: 0,
        reissueOf: 0,
        lines: [{ order: id, amount: amount.at(row) }],
      })
    this.#plans.remove(row)
  }

  /** An invoice was returned: the buyer may request another one with the same lines. */
  invoiceReturned(row: Row<'invoices'>): void {
    const { returning } = this
    if (happens(returning.habit(row).reissue, () => returning.stream(row, 'reissue')))
      askReissue(this.#market.invoices, row)
  }

  save() {
    return this.#plans.save()
  }

  restore(state: ReturnType<AfterSales['save']>): void {
    this.#plans.restore(state)
  }
}

/** S-09: whether an invoice of this order is asked for before it is completed. */
function asksEarly({ orders, world, policies }: Orders, order: Row<'orders'>): boolean {
  const { product } = world.catalog.offers[orders.specification[order] - 1]
  return isSupervised(product) && (policies['auto365.kinds'] as readonly string[]).includes(product.kind)
}
