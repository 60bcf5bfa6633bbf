/** Synthetic buyers: they come by their load shape, wish, and place orders; a trace places them line by line. */

import type { Stream, Streams } from '#engine/random/streams.ts'
import { kindOf } from '#scenarios/product-kinds.ts'
import type { Market } from '../market/market.ts'
import type { Meter } from '../market/metering/meter.ts'
import type { OrderIntent } from '../market/orders/order-steps.ts'
import { orderSaas } from '../market/orders/saas.ts'
import { orderServers } from '../market/servers/creation.ts'
import { standing } from '../market/arrears/standing.ts'
import { NONE } from '../market/tables.ts'
import { orderTrial } from '../market/orders/trial.ts'
import type { RefusalCode } from '../market/words.ts'
import { orderYearlyServers } from '../market/servers/yearly-servers.ts'
import { Channels } from './channels.ts'
import { TraceReplays } from './load/trace.ts'
import { Prerequisites } from './prerequisites.ts'
import { ServerWishes } from './server-wishes.ts'
import { type Channel, type Interest, Taste, type Wish } from './taste.ts'
import { UnmetDemand } from './unmet.ts'
import { Visits } from './visits.ts'

/** A wish of a visit, or of a line of a trace. */
type Wanted = Omit<Wish, 'channel'> & { readonly channel: OrderIntent['channel'] }

export class Buyers {
  readonly #market: Market
  readonly #meter: Meter
  readonly #streams: Streams
  /** Streams handed out, by purpose and account: putting a path together costs more than a draw. */
  readonly #streamsByPurpose = new Map<string, (Stream | undefined)[]>()
  readonly #tastes: readonly Taste[]
  readonly servers: ServerWishes
  readonly #prerequisites: Prerequisites<OrderIntent['channel']>
  readonly #visits: Visits
  readonly #replays: TraceReplays
  readonly #channels: Channels
  readonly #unmet: UnmetDemand

  constructor(market: Market, meter: Meter, streams: Streams) {
    this.#market = market
    this.#meter = meter
    this.#streams = streams
    this.#tastes = market.world.scenario.buyers.map((segment) => new Taste(market.world, segment))
    const streamOf = (account: number, purpose: string): Stream => this.stream(account, purpose)
    this.servers = new ServerWishes(market, streamOf)
    this.#prerequisites = new Prerequisites(market, streamOf)
    this.#visits = new Visits(market, streamOf, streams)
    this.#replays = new TraceReplays(market)
    this.#channels = new Channels(market, streamOf, this.#tastes)
    this.#unmet = new UnmetDemand(market, streamOf)
  }

  /** A buyer's stream for one purpose, named by segment and number, so that no other buyer moves it. */
  stream(account: number, purpose: string): Stream {
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
  orderStream(account: number, wish: number, purpose: string): Stream {
    return this.#streams.fresh(`${this.#path(account)}/order/${wish}/${purpose}`)
  }

  #path(account: number): string {
    const { accounts, world } = this.#market
    const { segment } = world.scenario.buyers[accounts.segment[account]]
    return `buyer/${segment}/${world.population.number[accounts.id[account] - 1]}`
  }

  /** Sets the first arrival of everyone. */
  open(): void {
    this.#visits.open()
    this.#replays.open()
  }

  /** The next line of a trace is due. */
  traceArrives(replay: number): void {
    const { account, quantity, lifetime } = this.#replays.take(replay)
    const wish = this.#wish(account, () => null)
    this.#place(account, {
      ...wish,
      quantity: quantity ?? wish.quantity,
      lifetime: lifetime ?? wish.lifetime,
      channel: 'trace',
    })
  }

  /** A visit by the segment's load shape. */
  buyerArrives(source: number): void {
    this.#visits.arrive(source, (account) => {
      if (this.#unmet.findsNothing(account)) return
      this.#place(
        account,
        this.#wish(account, (channel) => this.#channels.find(account, channel)),
      )
    })
  }

  /** `find` is asked what is found by a channel that does not lead to everything. */
  #wish(account: number, find: (channel: Channel) => Interest | null): Wish {
    const { accounts } = this.#market
    const taste = this.#tastes[accounts.segment[account]]
    return taste.wish(++accounts.wishes[account], this.stream(account, 'choice'), this.#market.now, find)
  }

  /** An order was created, or has come to its end: a buyer of the closed model waits for his own. */
  orderBegan(order: number): void {
    this.#visits.loops.orderBegan(order)
    this.#channels.orderBegan(order)
  }

  orderEnded(order: number): void {
    this.#visits.loops.orderEnded(order)
  }

  /** A VPC is there: what waited for it is asked for again (E-03). */
  buyerReturns(account: number): void {
    const taste = this.#tastes[this.#market.accounts.segment[account]]
    for (const { line, ...wish } of this.#prerequisites.takePutOff(account)) {
      const { buy, offer } = taste.interests[line - 1]
      this.#visits.loops.buy(account, () => this.#place(account, { ...wish, line, buy, offer }, true))
    }
  }

  /** What an account has as the run begins (O-02, E-03). */
  openAccount(account: number): void {
    this.#prerequisites.open(account)
  }

  vpcCreated(account: number): void {
    this.#prerequisites.vpcCreated(account)
  }

  /** A wish becomes an order, unless one of its prerequisites is missing; `agreed` when he was asked before (O-03). */
  #place(account: number, wish: Wanted, agreed = false): void {
    const needsServer = kindOf(wish.offer.product).needsServer
    const pool = needsServer ? this.servers.choosePool(account, wish) : NONE
    const refuse = (code: RefusalCode, rule: string): void =>
      this.#market.refuse(code, rule, {
        account,
        specification: wish.offer.id,
        pool: pool === NONE ? 0 : this.#market.pools.id[pool],
        quantity: wish.quantity,
        order: 0,
        lost: 0n,
      })
    if (!this.#market.isListed(wish.offer.productId)) {
      refuse('product-delisted', 'C-05')
      return
    }
    const refusal = this.#refusal(account, !agreed, wish.offer.product.needsAuthorisation)
    if (refusal !== null) {
      refuse(refusal.code, refusal.rule)
      return
    }
    if (needsServer && !this.#isEquipped(account, wish, refuse)) {
      this.#visits.loops.putOff(account)
      return
    }
    const intent: OrderIntent = {
      account,
      specification: wish.offer.id,
      pool,
      quantity: wish.quantity,
      // E-06: the server under a pay-per-use image may be paid for a term of its own.
      months: wish.months === 0 ? (wish.buy.serverMonths ?? 0) : wish.months,
      channel: wish.channel,
      interest: wish.line,
      wish: wish.number,
      lifetime: wish.lifetime,
    }
    this.#channels.ordering(account, wish.offer.productId, () => this.#order(intent, wish))
  }

  #order(intent: OrderIntent, { number, offer, buy, quantity }: Wanted): void {
    if (kindOf(offer.product).needsServer) {
      const launches = this.servers.launches(
        intent.pool,
        quantity,
        this.orderStream(intent.account, number, 'creation'),
      )
      const patience = this.servers.patience(intent.account, intent.pool)
      const { provisioning } = buy
      if (intent.months === 0) orderServers(this.#market, this.#meter, { ...intent, provisioning, launches, patience })
      else orderYearlyServers(this.#market, intent, { quick: provisioning === 'quick', launches })
    } else if (buy.trial) orderTrial(this.#market, intent)
    else orderSaas(this.#market, intent)
  }

  /** E-03: refused for what is missing, the buyer creates it one step at a time; false while a VPC is being created. */
  #isEquipped(account: number, wish: Wanted, refuse: (code: RefusalCode, rule: string) => void): boolean {
    const { number, line, quantity, months, lifetime, channel } = wish
    const putOff = { account, number, line, quantity, months, lifetime, channel }
    for (let code = this.#prerequisites.refusal(account); code !== null; code = this.#prerequisites.refusal(account)) {
      refuse(code, 'E-03')
      if (!this.#prerequisites.create(putOff, refuse)) return false
    }
    return true
  }

  /** O-02, O-03, O-10: asked in this order, before anything else is. */
  #refusal(account: number, agrees: boolean, authorises: boolean): { code: RefusalCode; rule: string } | null {
    const { accounts } = this.#market
    if (accounts.registered[account] === 0) return { code: 'account-missing', rule: 'O-02' }
    if (accounts.paymentMethod[account] === 0) return { code: 'payment-method-missing', rule: 'O-02' }
    const disagreement = agrees ? this.#disagreement(account, authorises) : null
    if (disagreement !== null) return { code: disagreement, rule: 'O-03' }
    return accounts.standing[account] === standing.state.good ? null : { code: 'in-arrears', rule: 'O-10' }
  }

  /** O-03: what the buyer does not agree to, order by order; who always agrees is not asked. */
  #disagreement(account: number, needsAuthorisation: boolean): RefusalCode | null {
    const { accounts, world } = this.#market
    const { acceptsTerms, authorises } = world.scenario.buyers[accounts.segment[account]].account
    if (acceptsTerms < 1 && this.stream(account, 'terms').next() >= acceptsTerms) return 'terms-not-accepted'
    const asked = needsAuthorisation && authorises < 1
    return asked && this.stream(account, 'authorisation').next() >= authorises ? 'authorisation-missing' : null
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
