/** All agents of a cell: connected to the ports of its market, woken by their own timers, saved as one. */

import type { CellContext } from '#engine/cells/program.ts'
import type { Cell } from '../cell/cell.ts'
import { type Parts, restoreParts, saveParts } from '../cell/parts.ts'
import type { Id, Row } from '../cell/table.ts'
import { onTimers } from '../cell/timers.ts'
import type { Chapters } from '../market/modules.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { AfterSales } from './after-sales.ts'
import { AskingForCredit } from './asking-for-credit.ts'
import { Behaviour, type Habit } from './behaviour.ts'
import { Buyers } from './buyers.ts'
import { Confirming } from './confirming.ts'
import { PaymentFailures } from './events/payment-failures.ts'
import { decideInterruptions } from './interruptions.ts'
import type { LaterWish } from './later-wish.ts'
import { Paying } from './paying.ts'
import { choosePaymentMethods } from './payment-methods.ts'
import { Reactions } from './reactions.ts'
import { Sellers } from './sellers.ts'
import { StopsAndStarts } from './stopping.ts'
import type { StreamOf } from './stream-of.ts'
import { Supervision } from './supervision.ts'
import { Support } from './support.ts'
import { switching } from './switching.ts'
import { TermWishes } from './term-wishes.ts'
import { termBehaviours } from './terms.ts'
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
  readonly #credit: AskingForCredit
  readonly #afterSales: AfterSales
  readonly #support: Support
  readonly #warmStart: WarmStart
  readonly #confirming: Confirming<LaterWish>
  readonly #reactions: Reactions
  readonly #termWishes: TermWishes
  readonly #parts: Parts

  constructor(cell: Cell, chapters: Chapters, { streams, send }: Pick<CellContext, 'streams' | 'send'>) {
    const { orders, subscriptions, servers, sellers, supervision } = chapters
    this.#chapters = chapters
    const streamOf: StreamOf = (account, purpose) => this.buyers.stream(account, purpose)
    this.#confirming = new Confirming(orders, streamOf)
    this.#termWishes = new TermWishes(subscriptions, this.#confirming)
    this.buyers = new Buyers(servers, streams, this.#confirming)
    const failures = new PaymentFailures(orders, streamOf)
    this.#reactions = new Reactions(servers, streamOf, this.buyers.presence, {
      buy: (purchase) => this.buyers.buysAgain(purchase),
      visit: (account) => this.buyers.comesByWord(account),
    })
    const paying = new Paying(orders, streamOf)
    choosePaymentMethods(orders, streamOf)
    decideInterruptions(chapters.interruptible, streamOf)
    this.#warmStart = new WarmStart(servers, streams)
    this.#wallets = new Wallets(orders, streamOf, failures)
    this.#credit = new AskingForCredit(orders, streamOf)
    this.#afterSales = new AfterSales(orders, streamOf)
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
      reactions: this.#reactions,
      sellers: this.#sellers,
      supervision: this.supervision,
      paying,
      confirming: this.#confirming,
      afterwards: this.#afterSales,
      support: this.#support,
    }
    this.#listen(paying, failures)
    this.#collect(streams)
    onTimers(cell.clock, peopleTimers, {
      ...this.#wakes(),
      ...this.#behaviourWakes(servers, subscriptions, streamOf),
      buyerPays: (row) => paying.behaviour.act(row),
    })
  }

  #listen(paying: Paying, failures: PaymentFailures): void {
    const { wallets, sellers, invoices, orders, servers, supervision } = this.#chapters
    const { buyers } = this
    const [afterSales, support, flows] = [this.#afterSales, this.#support, this.supervision]
    wallets.balanceFell.connect((account) => this.#wallets.balanceFell(account))
    sellers.sellerMailed.connect((contact) => support.sellerMailed(contact))
    sellers.sellerUnreachable.connect((contact) => support.sellerUnreachable(contact))
    sellers.ticketFiled.connect((ticket) => support.ticketFiled(ticket))
    invoices.invoiceIssued.connect((invoice) => afterSales.returning.consider(invoice))
    invoices.invoiceReturned.connect((invoice) => afterSales.invoiceReturned(invoice))
    orders.paymentFails.connect((account) => failures.fails(account))
    orders.cardDeclined.connect((order) => paying.declined(order))
    orders.paymentAwaited.connect((order) => paying.awaited(order))
    orders.orderBegan.connect((order) => buyers.orderBegan(order))
    orders.orderPaid.seller.connect((order) => this.#sellers.provisionOrdered(order))
    orders.orderEnded.connect((order) => buyers.orderEnded(order))
    orders.orderEnded.connect((order) => afterSales.orderEnded(order))
    this.#chapters.subscriptions.ownerHasLeft.connect((account) => !buyers.presence.isThere(account))
    this.#react()
    servers.vpcCreated.connect((account) => buyers.vpcCreated(account))
    supervision.flowBegan.connect((order) => afterSales.flowBegan(order))
    supervision.flowTurned.connect((flow, resumed) => flows.turned(flow, resumed))
    supervision.appealPossible.connect((flow, by) => flows.appealPossible(flow, by))
    supervision.appealFiled.connect((flow) => flows.appealFiled(flow))
    supervision.flowCloses.connect((flow) => flows.closes(flow))
  }

  /** Connected only where buyers react: a market without reactions asks no one. */
  #react(): void {
    const reactions = this.#reactions
    if (!reactions.isUsed) return
    const { orders, servers, subscriptions } = this.#chapters
    this.buyers.placed = (purchase, order) => reactions.placed(purchase, order)
    servers.patienceEnded.connect((order) => reactions.patienceEnded(order))
    subscriptions.renewalDeclined.connect((row) => !reactions.renews(row))
    this.buyers.refused = (purchase, why) => reactions.refused(purchase, why)
    this.buyers.purchases = (account, wish, pool) => reactions.purchases(account, wish, pool)
    servers.serverLost.connect((row) => reactions.serverLost(row))
    servers.outageEnded.connect((pool) => reactions.outageEnded(pool))
    orders.orderEnded.connect((order) => reactions.orderEnded(order))
  }

  /** U-09: with errors the records of metered hours pass through the hands of those who collect them. */
  #collect(streams: CellContext['streams']): void {
    const { meter, intake, world, cell } = this.#chapters.metering
    if (intake === null) return
    const stream = streams.stream(`usage/${world.cellPlaces[cell].name}`)
    meter.collector = (record) => collect(record, world.policies['usage.faults'], stream, intake)
  }

  /** What the owners of servers and of subscriptions do with them. */
  #behaviourWakes(servers: Chapters['servers'], subscriptions: Chapters['subscriptions'], streamOf: StreamOf) {
    const { stopping, starting } = new StopsAndStarts(servers, streamOf)
    const switches = new Behaviour(servers, streamOf, switching(this.buyers.servers))
    servers.launched.connect((row) => switches.consider(row))
    const { upgrading, expanding, renewing, unsubscribing, auto } = termBehaviours(
      subscriptions,
      streamOf,
      this.#termWishes.order,
    )
    return {
      buyerRestarts: (row: Row<'instances'>) => starting.act(row),
      buyerStops: (row: Row<'instances'>) => stopping.act(row),
      buyerSwitches: (row: Row<'instances'>) => switches.act(row),
      buyerUpgrades: (row: Row<'subscriptions'>) => this.#ofPresent(upgrading, row),
      buyerExpands: (row: Row<'subscriptions'>) => this.#ofPresent(expanding, row),
      buyerRenews: (row: Row<'subscriptions'>) => {
        if (this.#reactions.renews(row)) this.#ofPresent(renewing, row)
        else renewing.passes(row)
      },
      buyerUnsubscribes: (row: Row<'subscriptions'>) => unsubscribing.act(row),
      autoRenewalChanges: (row: Row<'subscriptions'>) => auto.acts(row),
    }
  }

  /** C-06: who has left changes and renews nothing. */
  #ofPresent<H extends Habit>(
    behaviour: Behaviour<Subscriptions, 'subscriptions', H>,
    row: Row<'subscriptions'>,
  ): void {
    if (this.buyers.presence.isThere(this.#chapters.subscriptions.subscriptions.account[row])) behaviour.act(row)
    else behaviour.passes(row)
  }

  #wakes() {
    const { buyers, supervision } = this
    const [afterSales, support] = [this.#afterSales, this.#support]
    return {
      poolsFill: () => this.#warmStart.fill(),
      saasProvisioned: (slot: number) => this.#sellers.provisioned(slot),
      topUpArrives: (account: Row<'accounts'>) => this.#wallets.topUpArrives(account),
      buyerArrives: (entity: number) => buyers.buyerArrives(entity),
      buyerReacts: (plan: number) => this.#reactions.reacts(plan),
      buyerJoins: (account: Row<'accounts'>) => buyers.presence.joins(account),
      buyerLeaves: (account: Row<'accounts'>) => buyers.presence.stayEnds(account),
      traceArrives: (replay: number) => buyers.traceArrives(replay),
      buyerReturns: (account: Row<'accounts'>) => buyers.buyerReturns(account),
      resellerAnswers: (question: number) => this.#resellerAnswers(question),
      flowMoves: (flow: Row<'flows'>) => supervision.buyers.moves(flow),
      sellerReminded: (flow: Row<'flows'>) => supervision.buyers.reminding.act(flow),
      buyerWithdraws: (flow: Row<'flows'>) => supervision.buyers.withdrawing.act(flow),
      buyerAppeals: (flow: Row<'flows'>) => supervision.buyers.appealing.act(flow),
      sellerDone: (row: Row<'cases'>) => supervision.sellers.done(row),
      sellerReturns: (desk: Row<'desks'>) => supervision.sellers.returns(desk),
      managerDone: (row: Row<'cases'>) => supervision.managers.done(row),
      invoiceGivenBack: (row: Row<'invoices'>) => afterSales.returning.act(row),
      buyerRemembers: (row: number) => afterSales.remembers(row),
      creditAsked: (account: Row<'accounts'>) => this.#credit.asks(account),
      contactBounced: (contact: Row<'contacts'>) => support.contactBounced(contact),
      supportDone: (row: Row<'cases'>) => support.mailDone(row),
      ticketDone: (row: Row<'cases'>) => support.ticketDone(row),
    }
  }

  /** O-06: what was confirmed is ordered now. */
  #resellerAnswers(question: number): void {
    const { account, wish, isConfirmed } = this.#confirming.answered(question)
    if ('purchase' in wish) this.buyers.amountAnswered(account, wish.purchase, isConfirmed)
    else if (isConfirmed) this.#termWishes.place(wish.about)
  }

  /** Before the clock is set: what each account begins with, and requests for credit. */
  openWallets(): void {
    this.#wallets.open()
    this.#credit.open()
  }

  /** Before the run: the first arrivals, and the servers of a warm start. */
  open(openEvents: () => void): void {
    this.buyers.open()
    openEvents()
    this.#warmStart.open()
  }

  receive(from: Id<'cells'>, kind: number, payload: Float64Array): void {
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
