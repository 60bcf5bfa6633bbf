/** All agents of a cell: connected to the ports of its market, woken by their own timers, saved as one. */
import type { CellContext } from '#engine/cells/program.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { Cell } from '../cell/cell.ts'
import { type Parts, restoreParts, saveParts } from '../cell/parts.ts'
import { onTimers } from '../cell/timers.ts'
import type { Chapters } from '../market/modules.ts'
import { Buyers } from './buyers.ts'
import { PaymentLuck } from './events/payment-failures.ts'
import { Afterwards } from './invoicing.ts'
import { Paying } from './paying.ts'
import { Sellers } from './sellers.ts'
import { Stopping } from './stopping.ts'
import { Supervision } from './supervision.ts'
import { Support } from './support.ts'
import { Switching } from './switching.ts'
import { Terms } from './terms.ts'
import { peopleTimers } from './timers.ts'
import { collect } from './usage-collection.ts'
import { Wallets } from './wallets.ts'
import { WarmStart } from './warm-start.ts'

export class People {
  readonly buyers: Buyers
  readonly supervision: Supervision
  readonly #chapters: Chapters
  readonly #sellers: Sellers
  readonly #wallets: Wallets
  readonly #afterwards: Afterwards
  readonly #support: Support
  readonly #warmStart: WarmStart
  readonly #parts: Parts

  constructor(cell: Cell, chapters: Chapters, { streams, send }: Pick<CellContext, 'streams' | 'send'>) {
    const { orders, subscriptions, servers, sellers, supervision } = chapters
    this.#chapters = chapters
    this.buyers = new Buyers(servers, streams)
    const streamOf = (account: number, purpose: string): Stream => this.buyers.stream(account, purpose)
    const stopping = new Stopping(servers, streamOf)
    const switching = new Switching(servers, streamOf, this.buyers.servers)
    const luck = new PaymentLuck(orders, streamOf)
    const paying = new Paying(orders, streamOf)
    const terms = new Terms(subscriptions, streamOf)
    this.#warmStart = new WarmStart(servers, streams)
    this.#wallets = new Wallets(orders, streamOf, luck)
    this.#afterwards = new Afterwards(orders, streamOf)
    this.#support = new Support(sellers, streams, send)
    this.#sellers = new Sellers(
      orders,
      (order) => {
        const { account, wish } = orders.orders
        return this.buyers.orderStream(account[order], wish[order], 'creation')
      },
      send,
    )
    this.supervision = new Supervision(supervision, streams, send, streamOf)
    this.#parts = {
      buyers: this.buyers,
      sellers: this.#sellers,
      supervision: this.supervision,
      paying,
      afterwards: this.#afterwards,
      support: this.#support,
    }
    this.#listen(stopping, switching, paying, terms, luck)
    this.#collect(streams)
    onTimers(cell.clock, peopleTimers, this.#wakes(stopping, switching, paying, terms))
  }

  #listen(stopping: Stopping, switching: Switching, paying: Paying, terms: Terms, luck: PaymentLuck): void {
    const { wallets, sellers, invoices, orders, subscriptions, servers, supervision } = this.#chapters
    const { buyers } = this
    const [afterwards, support, flows] = [this.#afterwards, this.#support, this.supervision]
    wallets.balanceFell.connect((account) => this.#wallets.balanceFell(account))
    sellers.sellerMailed.connect((contact) => support.sellerMailed(contact))
    sellers.sellerUnreachable.connect((contact) => support.sellerUnreachable(contact))
    sellers.ticketFiled.connect((ticket) => support.ticketFiled(ticket))
    invoices.invoiceIssued.connect((invoice) => afterwards.invoiceIssued(invoice))
    invoices.invoiceReturned.connect((invoice) => afterwards.invoiceReturned(invoice))
    orders.paymentFails.connect((account) => luck.fails(account))
    orders.paymentAwaited.connect((order) => paying.awaited(order))
    orders.orderBegan.connect((order) => buyers.orderBegan(order))
    orders.orderPaid.seller.connect((order) => this.#sellers.provisionOrdered(order))
    orders.orderEnded.connect((order) => buyers.orderEnded(order))
    orders.orderEnded.connect((order) => afterwards.orderEnded(order))
    subscriptions.termTurned.connect((subscription, how) => terms.turned(subscription, how))
    servers.launched.connect((row) => stopping.launched(row))
    servers.launched.connect((row) => switching.launched(row))
    servers.unfrozen.connect((row) => stopping.stoodStill(row))
    servers.imageReplaced.connect((row) => stopping.stoodStill(row))
    servers.vpcCreated.connect((account) => buyers.vpcCreated(account))
    supervision.flowBegan.connect((order) => afterwards.flowBegan(order))
    supervision.flowTurned.connect((flow, resumed) => flows.turned(flow, resumed))
    supervision.appealPossible.connect((flow, by) => flows.appealPossible(flow, by))
    supervision.appealFiled.connect((flow) => flows.appealFiled(flow))
    supervision.flowCloses.connect((flow) => flows.closes(flow))
  }

  /** U-09: with errors the records of metered hours pass through the hands of those who collect them. */
  #collect(streams: CellContext['streams']): void {
    const { meter, intake, world, cell } = this.#chapters.metering
    if (intake === null) return
    const stream = streams.stream(`usage/${world.cellPlaces[cell].name}`)
    meter.collector = (record) => collect(record, world.policies['usage.faults'], stream, intake)
  }

  #wakes(
    stopping: Stopping,
    switching: Switching,
    paying: Paying,
    terms: Terms,
  ): Record<keyof typeof peopleTimers, (entity: number) => void> {
    const { buyers, supervision } = this
    const [afterwards, support] = [this.#afterwards, this.#support]
    return {
      poolsFill: () => this.#warmStart.fill(),
      saasProvisioned: (slot) => this.#sellers.provisioned(slot),
      topUpArrives: (account) => this.#wallets.topUpArrives(account),
      buyerArrives: (entity) => buyers.buyerArrives(entity),
      traceArrives: (replay) => buyers.traceArrives(replay),
      buyerReturns: (account) => buyers.buyerReturns(account),
      buyerRestarts: (row) => stopping.restarts(row),
      buyerStops: (row) => stopping.stops(row),
      buyerSwitches: (row) => switching.switches(row),
      buyerPays: (row) => paying.pays(row),
      flowMoves: (flow) => supervision.buyers.moves(flow),
      sellerReminded: (flow) => supervision.buyers.reminds(flow),
      buyerAppeals: (flow) => supervision.buyers.appeals(flow),
      sellerDone: (row) => supervision.sellers.done(row),
      sellerReturns: (desk) => supervision.sellers.returns(desk),
      managerDone: (row) => supervision.managers.done(row),
      buyerUpgrades: (row) => terms.changing.upgrades(row),
      buyerExpands: (row) => terms.changing.expands(row),
      buyerRenews: (row) => terms.renewing.renews(row),
      buyerUnsubscribes: (row) => terms.unsubscribing.unsubscribes(row),
      invoiceGivenBack: (row) => afterwards.givesBack(row),
      buyerRemembers: (row) => afterwards.remembers(row),
      creditAsked: (account) => afterwards.creditAsked(account),
      contactBounced: (contact) => support.contactBounced(contact),
      supportDone: (row) => support.mailDone(row),
      ticketDone: (row) => support.ticketDone(row),
    }
  }

  /** Before the clock is set: what each account begins with, and what its buyer asks for immediately. */
  openWallets(): void {
    this.#wallets.open()
    this.#afterwards.open()
  }

  /** Before the run: who comes first, and what is there already. */
  open(openEvents: () => void): void {
    this.buyers.open()
    openEvents()
    this.#warmStart.open()
  }

  receive(from: number, kind: number, payload: Float64Array): void {
    if (this.supervision.receive(from, kind, payload) || this.#support.receive(from, kind, payload)) return
    this.#sellers.receive(from, kind, payload)
  }

  save(): unknown {
    return saveParts(this.#parts)
  }

  restore(state: unknown): void {
    restoreParts(this.#parts, state)
  }
}
