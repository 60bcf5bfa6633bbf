import type { Policies } from '#scenarios/policies.ts'
import type { Habits } from '#scenarios/sections/habits.ts'
import type { Region } from '#scenarios/sections/market.ts'
import type { FactWriters } from '../record/fact-log.ts'
import type { Offer } from '../world/catalog.ts'
import type { Listing } from '../world/listing.ts'
import { inForce } from '../world/timeline.ts'
import type { World } from '../world/world.ts'
import { couponTable } from './wallets/coupons.ts'
import { Invoices } from './invoices/invoicing.ts'
import { Ledger } from '../cell/ledger.ts'
import type { Lifecycle } from '../cell/lifecycle.ts'
import { SellerSales } from './sellers/sales.ts'
import { SellerBooks } from './sellers/seller-bills.ts'
import { earningTable, subscriptionTable } from './subscriptions/subscription-table.ts'
import { supervisionTable } from './supervision/supervision-table.ts'
import { contactTable } from './sellers/support.ts'
import { accountTable, instanceTable, orderTable, poolTable } from './tables.ts'
import { ticketTable } from './sellers/tickets.ts'
import type { Timers } from '../cell/timers.ts'
import type { Trials } from './orders/trial.ts'
import { Waiting } from './servers/waiting.ts'
import { type NoticeCode, type RefusalCode, wordNumber } from './words.ts'

/** What people are told. They may only set timers on it, so nothing calls back into the market. */
export interface Reactions {
  /** The balance fell, or a payment did not go through for want of `missing` (whole 1e-8 units). */
  balanceFell(account: number, missing: bigint): void
  /** An instance came back `stopped` when its account was settled. */
  unfrozen(instance: number): void
  /** A server is there (E-01). */
  launched(instance: number): void
  /** A new image is on a server's disk (E-07). */
  imageChanged(instance: number): void
  /** A VPC is there (E-03). */
  vpcCreated(account: number): void
  /** An order was paid and the seller is to set the product up. */
  provisionOrdered(order: number): void
  /** A subscription's term began, was renewed or expired. */
  termTurned(subscription: number, how: 'begun' | 'renewed' | 'expired'): void
  /** Whether a payment that an account makes now does not go through, by a planned failure. */
  paymentFails(account: number): boolean
  /** An order was created. */
  orderBegan(order: number): void
  /** An order was completed or cancelled. */
  orderEnded(order: number): void
  /** A supervision flow entered a state in which somebody owes the next move (S-03); `resumed`: after an appeal. */
  flowTurned(flow: number, resumed: boolean): void
  /** A ground for an appeal has arisen for a side that does not owe the next move, or has just made it (S-06). */
  appealPossible(flow: number, by: 'buyer' | 'seller'): void
  /** A flow is frozen until an operations manager decides (S-07). */
  appealFiled(flow: number): void
  /** A clock is about to end a flow: what its seller or a manager was asked is void. */
  flowCloses(flow: number): void
  /** An order waits for its buyer to pay it (O-01). */
  paymentAwaited(order: number): void
  /** A supervision flow began (S-02). */
  flowBegan(order: number): void
  /** A buyer mailed a seller (L-01). */
  sellerMailed(contact: number): void
  /** A mail to a seller came back (L-01). */
  sellerUnreachable(contact: number): void
  /** A service ticket was filed (L-01). */
  ticketFiled(ticket: number): void
  /** An invoice was issued, or returned (I-01). */
  invoiceIssued(invoice: number): void
  invoiceReturned(invoice: number): void
  /** A month ended: what this cell's buyers bought of a specification, for its seller's bill (L-02). */
  monthSold(specification: number, month: number, sum: { sold: bigint; refunded: bigint; cost: bigint }): void
}

type Numbered =
  | 'orders'
  | 'instances'
  | 'refusals'
  | 'appeals'
  | 'coupons'
  | 'payments'
  | 'invoices'
  | 'tickets'
  | 'contacts'
  | 'sellerBills'

/** O-01: a segment whose buyers pay without delay, each order by itself and all of them. */
function isPrompt({ reaction, abandon, together }: Habits['paying']): boolean {
  return 'constant' in reaction && reaction.constant === 0 && abandon === 0 && together === 0
}

/**
 * The marketplace of one cell: its tables and the doors through which it speaks. The rules live in the files beside
 * this one, as functions over it.
 */
export class Market {
  readonly world: World
  readonly cell: number
  readonly #policiesChange: boolean
  readonly timers: Timers
  readonly facts: FactWriters
  readonly ledger: Ledger
  readonly reactions: Reactions
  readonly accounts
  readonly orders = orderTable()
  readonly instances = instanceTable()
  readonly subscriptions = subscriptionTable()
  readonly earnings = earningTable()
  readonly flows = supervisionTable()
  readonly coupons = couponTable()
  readonly invoices = new Invoices()
  readonly tickets = ticketTable()
  readonly sales: SellerSales
  readonly sellerBooks: SellerBooks
  readonly contacts = contactTable()
  readonly pools
  readonly waiting = new Waiting()
  /** Prices in force of pay-per-use images by number of the specification - 1, 1e-10 an hour. */
  readonly imagePrices: Float64Array
  /** By buyer segment: 1 where orders are paid as they are made. */
  readonly paysAtOnce: Uint8Array
  trials: Trials = new Set()
  #numbers = {
    orders: 0,
    instances: 0,
    refusals: 0,
    appeals: 0,
    coupons: 0,
    payments: 0,
    invoices: 0,
    tickets: 0,
    contacts: 0,
    sellerBills: 0,
  }

  constructor(world: World, cell: number, timers: Timers, facts: FactWriters, reactions: Reactions) {
    this.world = world
    this.cell = cell
    this.#policiesChange = world.policyTimeline.length > 1
    this.timers = timers
    this.facts = facts
    this.reactions = reactions
    const { policies, scenario } = world
    this.ledger = new Ledger(facts, cell + 1, world.cells, { offset: policies['time.utcOffset'], end: scenario.end })
    this.accounts = accountTable(Math.max(1, world.population.homes[cell].length))
    this.imagePrices = Float64Array.from(world.catalog.offers, ({ hourly }) => hourly)
    this.pools = poolTable(Math.max(1, world.pools.filter((pool) => pool.cell === cell).length))
    this.sales = new SellerSales(world.catalog.offers.length)
    this.sellerBooks = new SellerBooks(world.sellers.length)
    this.paysAtOnce = Uint8Array.from(world.scenario.buyers, ({ habits: { paying } }) => (isPrompt(paying) ? 1 : 0))
  }

  /** The region that this cell is, or lies in. */
  get region(): Region {
    return this.world.scenario.regions[this.world.cellPlaces[this.cell].region]
  }

  get now(): number {
    return this.timers.now
  }

  /** The policies in force now. */
  get policies(): Policies {
    return this.policiesAt(this.now)
  }

  /** The policies in force at an instant: of a phase, those of its beginning. */
  policiesAt(instant: number): Policies {
    return this.#policiesChange ? inForce(this.world.policyTimeline, instant) : this.world.policies
  }

  /** What a specification costs and gives now (C-05), by its number. */
  offer(specification: number): Offer {
    return this.world.catalog.at(specification, this.now)
  }

  /** C-05: whether a product, by its number, may be ordered or renewed by hand now. */
  isListed(product: number): boolean {
    return this.#listing(product) === 'listed'
  }

  /** C-05: whether automatic renewals of a product, by its number, go on now. */
  renewsAutomatically(product: number): boolean {
    return this.#listing(product) !== 'no-renewal'
  }

  #listing(product: number): Listing {
    return inForce(this.world.listings[product - 1], this.now)
  }

  /** The next number of a kind of thing: unlike that of any other cell, whatever the number of threads. */
  number(kind: Numbered): number {
    return this.#numbers[kind]++ * this.world.cells + this.cell + 1
  }

  /** The state after `event`, which the lifecycle's table must hold. */
  move<S extends string, E extends string>(lifecycle: Lifecycle<S, E>, state: number, event: E): number {
    const next = lifecycle.next(state, lifecycle.event[event])
    if (next < 0)
      throw new Error(`Q-06: ${lifecycle.name} takes no step '${event}' in state '${lifecycle.states[state]}'`)
    return next
  }

  refuse(
    code: RefusalCode,
    rule: string,
    what: { account: number; specification: number; pool: number; quantity: number; order: number; lost: bigint },
  ): void {
    this.facts.refusals({
      id: this.number('refusals'),
      at: this.now,
      account: this.accounts.id[what.account],
      code: wordNumber(code),
      specification: what.specification,
      pool: what.pool,
      quantity: what.quantity,
      order_id: what.order,
      lost: what.lost,
      rule: wordNumber(rule),
    })
  }

  notify(account: number, code: NoticeCode, rule: string, subject: number): void {
    this.facts.notices({
      at: this.now,
      account: this.accounts.id[account],
      code: wordNumber(code),
      subject,
      rule: wordNumber(rule),
    })
  }

  /** The whole state as typed arrays and numbers, for a snapshot. */
  save(): unknown {
    return {
      accounts: this.accounts.save(),
      orders: this.orders.save(),
      instances: this.instances.save(),
      subscriptions: this.subscriptions.save(),
      earnings: this.earnings.save(),
      flows: this.flows.save(),
      coupons: this.coupons.save(),
      invoices: this.invoices.save(),
      tickets: this.tickets.save(),
      sales: this.sales.save(),
      sellerBooks: this.sellerBooks.save(),
      contacts: this.contacts.save(),
      trials: Float64Array.from(this.trials),
      pools: this.pools.save(),
      waiting: this.waiting.save(),
      imagePrices: this.imagePrices.slice(),
      numbers: { ...this.#numbers },
      ledger: this.ledger.save(),
    }
  }

  restore(state: unknown): void {
    const saved = state as {
      accounts: ReturnType<Market['accounts']['save']>
      orders: ReturnType<Market['orders']['save']>
      instances: ReturnType<Market['instances']['save']>
      subscriptions: ReturnType<Market['subscriptions']['save']>
      earnings: ReturnType<Market['earnings']['save']>
      flows: ReturnType<Market['flows']['save']>
      coupons: ReturnType<Market['coupons']['save']>
      invoices: ReturnType<Invoices['save']>
      tickets: ReturnType<Market['tickets']['save']>
      sales: ReturnType<SellerSales['save']>
      sellerBooks: unknown
      contacts: ReturnType<Market['contacts']['save']>
      trials: Float64Array
      pools: ReturnType<Market['pools']['save']>
      waiting: ReturnType<Waiting['save']>
      imagePrices: Float64Array
      numbers: Record<Numbered, number>
      ledger: number
    }
    this.accounts.restore(saved.accounts)
    this.orders.restore(saved.orders)
    this.instances.restore(saved.instances)
    this.subscriptions.restore(saved.subscriptions)
    this.earnings.restore(saved.earnings)
    this.flows.restore(saved.flows)
    this.coupons.restore(saved.coupons)
    this.invoices.restore(saved.invoices)
    this.tickets.restore(saved.tickets)
    this.sales.restore(saved.sales)
    this.sellerBooks.restore(saved.sellerBooks)
    this.contacts.restore(saved.contacts)
    this.trials = new Set(saved.trials)
    this.pools.restore(saved.pools)
    this.waiting.restore(saved.waiting)
    this.imagePrices.set(saved.imagePrices)
    this.#numbers = { ...saved.numbers }
    this.ledger.restore(saved.ledger)
  }
}
