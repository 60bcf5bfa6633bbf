/** Synthetic buyers: they come by their load shape, wish, and place orders; a trace places them line by line. */

import type { Stream, Streams } from '#engine/random/streams.ts'
import { kindOf } from '#scenarios/product-kinds.ts'
import { NONE, type Row } from '../cell/table.ts'
import { orderAmount } from '../market/order-amount.ts'
import type { OrderIntent } from '../market/orders/intent.ts'
import { placeOrder } from '../market/place-order.ts'
import type { ServerIntent } from '../market/servers/admission.ts'
import type { Servers } from '../market/servers/servers.ts'
import { Channels } from './channels.ts'
import type { Confirming } from './confirming.ts'
import type { ConfirmedPurchase, LaterWish, OnRefusal } from './later-wish.ts'
import { TraceReplays } from './load/trace.ts'
import { type Channel, type Interest, Preferences, type Wish } from './preferences.ts'
import { Prerequisites } from './prerequisites.ts'
import { ServerWishes } from './server-wishes.ts'
import { UnmetDemand } from './unmet.ts'
import { Visits } from './visits.ts'

/** A wish of a visit, or of a line of a trace. */
type Wanted = Omit<Wish, 'channel'> & {
  readonly channel: OrderIntent['channel']
  /** Of the servers, where that is not the one of the line of `buys`. */
  readonly flavour?: string
  readonly tries?: number
}

export class Buyers {
  /** A purchase was refused. Reactions are connected by `People`. */
  refused: OnRefusal = () => {}
  /** A purchase became an order (row). */
  placed: (purchase: ConfirmedPurchase, order: Row<'orders'>) => void = () => {}
  /** How many purchases a visit leads to at the price of now. */
  purchases: (account: Row<'accounts'>, wish: Wanted, pool: Row<'pools'>) => number = () => 1
  readonly #market: Servers
  readonly #streams: Streams
  /** Streams handed out, by purpose and account: putting a path together costs more than a draw. */
  readonly #streamsByPurpose = new Map<string, (Stream | undefined)[]>()
  readonly #preferences: readonly Preferences[]
  readonly servers: ServerWishes
  readonly #prerequisites: Prerequisites<OrderIntent['channel']>
  readonly #visits: Visits
  readonly #replays: TraceReplays
  readonly #channels: Channels
  readonly #unmet: UnmetDemand
  readonly #confirming: Confirming<LaterWish>
  /** By segment: whether customers of a reseller confirm amounts (O-06). */
  readonly #confirms: readonly boolean[]

  constructor(market: Servers, streams: Streams, confirming: Confirming<LaterWish>) {
    this.#market = market
    this.#streams = streams
    this.#confirming = confirming
    this.#confirms = market.world.scenario.buyers.map(({ reseller }) => reseller?.confirmation != null)
    this.#preferences = market.world.scenario.buyers.map((segment) => new Preferences(market.world, segment))
    const streamOf = (account: Row<'accounts'>, purpose: string): Stream => this.stream(account, purpose)
    this.servers = new ServerWishes(market, streamOf)
    this.#prerequisites = new Prerequisites(market, streamOf)
    this.#visits = new Visits(market.orderChapter, streamOf, streams)
    this.#replays = new TraceReplays(market.orderChapter, streams)
    this.#channels = new Channels(market.orderChapter, streamOf, this.#preferences)
    this.#unmet = new UnmetDemand(market.orderChapter, streamOf, this.#preferences)
  }

  /** A buyer's stream for one purpose, named by segment and number, so that no other buyer moves it. */
  stream(account: Row<'accounts'>, purpose: string): Stream {
    let known = this.#streamsByPurpose.get(purpose)
    if (known === undefined) this.#streamsByPurpose.set(purpose, (known = []))
    const kept = known[account]
    if (kept !== undefined) return kept
    const stream = this.#streams.stream(`${this.#path(account)}/${purpose}`)
    known[account] = stream
    return stream
  }

  /**
   * A stream of one order, named by its buyer and the number of the wish: what happens to other orders, a refusal for
   * instance, moves none of its draws (common random numbers).
   */
  orderStream(account: Row<'accounts'>, wish: number, purpose: string): Stream {
    return this.#streams.fresh(`${this.#path(account)}/order/${wish}/${purpose}`)
  }

  #path(account: Row<'accounts'>): string {
    const { accounts, world } = this.#market
    const { segment } = world.scenario.buyers[accounts.segment[account]]
    return `buyer/${segment}/${world.population.number[accounts.id[account] - 1]}`
  }

  /** Who is there, and who leaves. */
  get presence() {
    return this.#visits.presence
  }

  /** Sets the first arrival of everyone. */
  open(): void {
    this.#visits.open()
    this.#replays.open()
  }

  /** The next line of a trace is due. */
  traceArrives(replay: number): void {
    const { account, quantity, lifetime, flavour } = this.#replays.take(replay)
    const wish = this.#wish(account, () => null)
    this.#place(account, {
      ...wish,
      // E-04: quick provisioning leaves no choice.
      quantity: (wish.isPlain ? null : quantity) ?? wish.quantity,
      lifetime: lifetime ?? wish.lifetime,
      ...(flavour === null ? {} : { flavour }),
      channel: 'trace',
    })
  }

  /** A visit by the segment's load shape. */
  buyerArrives(source: number): void {
    this.#visits.arrive(source, (account) => {
      const found = this.#unmet.found(account)
      if (found === null) return
      this.#visit(
        account,
        this.#wish(account, (channel) => this.#channels.find(account, channel), found),
      )
    })
  }

  /** Word of mouth led to a visit. */
  comesByWord(account: Row<'accounts'>): void {
    this.#visit(account, { ...this.#wish(account, () => null), channel: 'recommendation' })
  }

  /** What a buyer wants is ordered, more or less often where the price has changed. */
  #visit(account: Row<'accounts'>, wish: Wanted): void {
    const { accounts, world, orderChapter } = this.#market
    if (world.scenario.buyers[accounts.segment[account]].habits.elasticity === 0) {
      this.#place(account, wish)
      return
    }
    const pool = kindOf(wish.offer.product).needsServer ? this.servers.choosePool(account, wish) : NONE
    const count = this.purchases(account, wish, pool)
    for (let each = 0; each < count; each++) {
      const number = each === 0 ? wish.number : ++orderChapter.customers.wishes[account]
      this.#place(account, { ...wish, number }, false, pool)
    }
  }

  /** A purchase of before, again. */
  buysAgain({ pool: _, ...purchase }: ConfirmedPurchase): void {
    const { accounts, orderChapter } = this.#market
    const { account, line } = purchase
    const { buy, offer } = this.#preferences[accounts.segment[account]].interests[line - 1]
    const number = purchase.number === 0 ? ++orderChapter.customers.wishes[account] : purchase.number
    this.#place(account, { ...purchase, number, buy, offer }, true)
  }

  /** `find` is asked what is found by a channel that does not lead to everything; `answer` was found before (C-07). */
  #wish(account: Row<'accounts'>, find: (channel: Channel) => Interest | null, answer?: Interest): Wish {
    const { accounts, orderChapter, now } = this.#market
    const preferences = this.#preferences[accounts.segment[account]]
    const stream = this.stream(account, 'choice')
    return preferences.wish(++orderChapter.customers.wishes[account], stream, now, find, answer)
  }

  /** An order was created, or has come to its end: a buyer of the closed model waits for it. */
  orderBegan(order: Row<'orders'>): void {
    this.#visits.loops.orderBegan(order)
    this.#channels.orderBegan(order)
  }

  orderEnded(order: Row<'orders'>): void {
    this.#visits.loops.orderEnded(order)
  }

  /** A VPC is there: what waited for it is asked for again (E-03). */
  buyerReturns(account: Row<'accounts'>): void {
    const preferences = this.#preferences[this.#market.accounts.segment[account]]
    for (const wish of this.#prerequisites.takePutOff(account)) {
      const { buy, offer } = preferences.interests[wish.line - 1]
      this.#visits.loops.buy(account, () => this.#place(account, { ...wish, buy, offer }, true))
    }
  }

  /** O-06: the reseller has confirmed the amount of a purchase, or declined it. */
  amountAnswered(account: Row<'accounts'>, { pool, ...wish }: ConfirmedPurchase, isConfirmed: boolean): void {
    const { buy, offer } = this.#preferences[this.#market.accounts.segment[account]].interests[wish.line - 1]
    this.#visits.loops.buy(account, () => {
      if (isConfirmed) this.#place(account, { ...wish, buy, offer }, false, pool)
    })
  }

  /** What an account has as the run begins (O-02, E-03). */
  openAccount(account: Row<'accounts'>): void {
    this.#prerequisites.open(account)
    const { accounts, world, orderChapter } = this.#market
    const bound = world.scenario.buyers[accounts.segment[account]].wallet.paymentMethod
    orderChapter.customers.paymentMethod[account] = this.stream(account, 'account').next() < bound ? 1 : 0
  }

  vpcCreated(account: Row<'accounts'>): void {
    this.#prerequisites.vpcCreated(account)
  }

  /**
   * A wish becomes an order, or is refused; `agreed` where the buyer was asked for consent before (O-03). `chosen`: the pool
   * of the amount that a reseller has confirmed.
   */
  #place(account: Row<'accounts'>, wish: Wanted, agreed = false, chosen?: number): void {
    const { number, offer, buy, line, quantity, months, lifetime, channel, flavour, tries } = wish
    const { accounts } = this.#market
    const { needsServer } = kindOf(offer.product)
    const pool = chosen ?? (needsServer ? this.servers.choosePool(account, wish) : NONE)
    const intent: OrderIntent = {
      account,
      specification: offer.id,
      pool,
      quantity,
      // E-06: the server under a pay-per-use image may be paid for a term of its own.
      months: months === 0 ? (buy.serverMonths ?? 0) : months,
      channel,
      interest: line,
      wish: number,
      lifetime,
      kind: buy.trial && !needsServer ? 'trial' : 'purchase',
      ...(agreed ? {} : { consent: this.#consent(account) }),
    }
    const named = { ...(flavour === undefined ? {} : { flavour }), ...(tries === undefined ? {} : { tries }) }
    const plain = { account, number, line, quantity, months, lifetime, channel, ...named }
    if (this.#confirms[accounts.segment[account]] && this.#asksReseller(intent, { ...plain, pool })) {
      this.#visits.loops.putOff(account)
      return
    }
    const order = needsServer ? this.#ofServers(intent, wish) : intent
    this.#channels.ordering(account, offer.productId, () => {
      let placed = placeOrder(this.#market, order)
      while (typeof placed === 'object' && placed.rule === 'E-03') {
        if (!this.#prerequisites.provide(plain, intent)) {
          this.#visits.loops.putOff(account)
          return
        }
        // Who has agreed is not asked once more.
        const { consent: _, ...same } = order
        placed = placeOrder(this.#market, same)
      }
      if (typeof placed === 'object') this.refused({ ...plain, pool }, placed.refused)
      else this.placed({ ...plain, pool }, placed)
    })
  }

  /** O-06: the amount of a purchase has to be confirmed first. */
  #asksReseller(intent: OrderIntent, purchase: ConfirmedPurchase): boolean {
    const { account, specification, pool, quantity, months } = intent
    if (!this.#confirming.isAsked(account)) return false
    const what = { account, specification, pool, quantity, months, kind: 'purchase' as const, subject: 0 }
    const asked = { ...what, amount: orderAmount(this.#market, intent) }
    return this.#confirming.asks({ asked, name: `wish ${purchase.number}`, wish: { purchase } })
  }

  #ofServers(intent: OrderIntent, { number, buy: { provisioning } }: Wanted): ServerIntent {
    const { account, pool, quantity } = intent
    const creation = () => ({
      launches: this.servers.launches(pool, quantity, this.orderStream(account, number, 'creation')),
      patience: this.servers.patience(account, pool),
    })
    return { ...intent, provisioning, creation }
  }

  /** O-03: what a buyer agrees to, order by order; who always agrees draws nothing. */
  #consent(account: Row<'accounts'>): NonNullable<OrderIntent['consent']> {
    const { accounts, world } = this.#market
    const habits = world.scenario.buyers[accounts.segment[account]].account
    const agrees = (probability: number, purpose: string): boolean =>
      probability >= 1 || this.stream(account, purpose).next() < probability
    return {
      acceptsTerms: () => agrees(habits.acceptsTerms, 'terms'),
      authorises: () => agrees(habits.authorises, 'authorisation'),
    }
  }

  save() {
    return {
      visits: this.#visits.save(),
      replays: this.#replays.save(),
      putOff: this.#prerequisites.save(),
      favourites: this.#channels.save(),
    }
  }

  restore(state: ReturnType<Buyers['save']>): void {
    this.#visits.restore(state.visits)
    this.#prerequisites.restore(state.putOff)
    this.#replays.restore(state.replays)
    this.#channels.restore(state.favourites)
  }
}
