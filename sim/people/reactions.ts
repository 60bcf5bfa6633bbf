/**
 * How buyers react to what happens to them: they try again after a refusal, leave, recommend the marketplace, order again what
 * an outage took, and buy more or less at another price. All off unless a segment says otherwise; each draws from a stream of
 * its own, so that turning one on moves no other draw.
 */
import type { Distribution } from '#engine/random/distribution.ts'
import type { Habits } from '#scenarios/sections/habits.ts'
import type { RefusalCode } from '../cell/codes.ts'
import { NONE, type Row } from '../cell/table.ts'
import { order as orderLife } from '../market/orders/order.ts'
import type { Servers } from '../market/servers/servers.ts'
import { drawDuration, durationDistribution, happens } from './draws.ts'
import type { ConfirmedPurchase } from './later-wish.ts'
import type { Wish } from './preferences.ts'
import type { BuyerMove, Presence } from './presence.ts'
import { priceRatio, purchasesAt } from './price-response.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** What buyers do when they react. */
export interface Reacting {
  /** Places a purchase, by such a channel. */
  readonly buy: (purchase: ConfirmedPurchase) => void
  /** A visit that a recommendation led to. */
  readonly visit: (account: Row<'accounts'>) => void
}

/** What a buyer will do, and why; `purchase` null for a recommendation. */
interface Plan {
  readonly move: BuyerMove
  readonly account: Row<'accounts'>
  readonly reason: string
  readonly purchase: ConfirmedPurchase | null
}

/** A server that was lost in a pool that is down. */
interface Lost {
  readonly pool: Row<'pools'>
  readonly purchase: ConfirmedPurchase
}

/** Refusals for a reason that passes; who lacks an account or a flavour that is sold still lacks it later. */
const passing: ReadonlySet<RefusalCode> = new Set([
  'capacity-sold-out',
  'no-host',
  'zone-down',
  'in-arrears',
  'budget-exhausted',
  'patience-exhausted',
])

const reacts = ({ retry, churn, recommend, comeBack, elasticity }: Habits): boolean =>
  retry.probability + churn.refusal + churn.outage + recommend.probability + comeBack.probability - elasticity > 0

interface Delays {
  readonly retry: Distribution
  readonly recommend: Distribution
  readonly comeBack: Distribution
}

export class Reactions {
  /** Whether buyers of any segment react at all. */
  readonly isUsed: boolean
  readonly #market: Servers
  readonly #streamOf: StreamOf
  readonly #presence: Presence
  readonly #reacting: Reacting
  /** By segment. */
  readonly #habits: readonly Habits[]
  readonly #delays: readonly Delays[]
  #plans = new Map<number, Plan>()
  #nextPlan = 0
  #lost: Lost[] = []
  /** By number of the order: purchases that may be tried again if they wait in vain (E-02). */
  #waiting = new Map<number, ConfirmedPurchase>()

  constructor(market: Servers, streamOf: StreamOf, presence: Presence, reacting: Reacting) {
    this.#market = market
    this.#streamOf = streamOf
    this.#presence = presence
    this.#reacting = reacting
    this.#habits = market.world.scenario.buyers.map(({ habits }) => habits)
    this.isUsed = this.#habits.some(reacts)
    this.#delays = this.#habits.map(({ retry, recommend, comeBack }) => ({
      retry: durationDistribution(retry.after),
      recommend: durationDistribution(recommend.after),
      comeBack: durationDistribution(comeBack.after),
    }))
  }

  /** How many purchases a visit leads to at the price of now: 0 where it is too high for this one. */
  purchases(
    account: Row<'accounts'>,
    { offer, quantity, months, buy }: Pick<Wish, 'offer' | 'quantity' | 'months' | 'buy'>,
    pool: Row<'pools'>,
  ): number {
    const { elasticity } = this.#habitsOf(account)
    const stream = this.#streamOf(account, 'price')
    const wish = { offer, quantity, months, isMetered: buy.serverMonths === null }
    const count = purchasesAt(priceRatio(this.#market, wish, pool), elasticity, stream)
    if (count === 0) this.#presence.note(account, 'forgo', '')
    return count
  }

  /** Whether a buyer still renews a term at the price of now, by hand or automatically. */
  renews(row: Row<'subscriptions'>): boolean {
    const { subscriptions } = this.#market
    const account = subscriptions.account[row]
    const { elasticity } = this.#habitsOf(account)
    if (elasticity === 0) return true
    const offer = this.#market.offer(subscriptions.specification[row])
    const about = {
      offer,
      quantity: subscriptions.quantity[row],
      months: subscriptions.ownMonths[row],
      isMetered: false,
    }
    const ratio = priceRatio(this.#market, about, subscriptions.pool[row])
    if (purchasesAt(ratio, elasticity, this.#streamOf(account, 'renewal-price')) > 0) return true
    this.#presence.note(account, 'forgo', 'renewal')
    return false
  }

  /** A purchase became an order, which may have to wait for its servers. */
  placed(purchase: ConfirmedPurchase, order: Row<'orders'>): void {
    const { orders } = this.#market
    const { retry, churn } = this.#habitsOf(purchase.account)
    const isOpen = orders.id[order] > 0 && orders.state[order] < orderLife.state.completed
    if (purchase.pool !== NONE && isOpen && retry.probability + churn.refusal > 0)
      this.#waiting.set(orders.id[order], purchase)
  }

  /** The buyer's patience is exhausted: as after a refusal, they leave, try again later, or do neither. */
  patienceEnded(order: Row<'orders'>): void {
    const purchase = this.#waiting.get(this.#market.orders.id[order])
    if (purchase !== undefined) this.refused(purchase, 'patience-exhausted')
  }

  /** A purchase was refused: the buyer leaves, tries again later, or does neither. */
  refused(purchase: ConfirmedPurchase, why: RefusalCode): void {
    if (!passing.has(why)) return
    const { account, tries = 0 } = purchase
    const { retry, churn } = this.#habitsOf(account)
    if (happens(churn.refusal, () => this.#streamOf(account, 'churn'))) {
      this.#presence.leaves(account, why)
      return
    }
    const stream = () => this.#streamOf(account, 'retrying')
    if (tries >= retry.times || !happens(retry.probability, stream)) return
    const wait = drawDuration(this.#delaysOf(account).retry, stream())
    // At least a millisecond, or a market that refuses immediately would be asked forever within one instant.
    this.#plan(Math.max(1, wait), {
      move: 'retry',
      account,
      reason: why,
      purchase: { ...purchase, channel: 'retry', tries: tries + 1 },
    })
  }

  /** A running server is lost in an outage: its buyer leaves, or will order it again for what is left of its life. */
  serverLost(row: Row<'instances'>): void {
    const { instances, pools, now } = this.#market
    const account = instances.account[row]
    const { churn, comeBack } = this.#habitsOf(account)
    if (happens(churn.outage, () => this.#streamOf(account, 'churn'))) {
      this.#presence.leaves(account, 'outage')
      return
    }
    if (instances.ecsMetered[row] === 0 || !happens(comeBack.probability, () => this.#streamOf(account, 'coming-back')))
      return
    const line = this.#lineOf(row)
    if (line === 0) return
    const pool = instances.pool[row]
    const lifetime = instances.lifeTimer[row] === NONE ? instances.lifetime[row] : instances.lifeEnds[row] - now
    const purchase: ConfirmedPurchase = {
      ...{ account, line, pool, quantity: 1, months: 0, lifetime, number: 0, channel: 'return' },
    }
    if (pools.down[pool] > 0) this.#lost.push({ pool, purchase })
    else this.#comesBack(purchase)
  }

  /** The line of `buys` that a server comes from: its image on its flavour; 0 where its image was replaced since. */
  #lineOf(row: Row<'instances'>): number {
    const { instances, accounts, world, places } = this.#market
    const { buys } = world.scenario.buyers[accounts.segment[instances.account[row]]]
    const { plan } = places[instances.pool[row]]
    const position = buys.findIndex(
      ({ product, specification, flavour }) =>
        flavour === plan.flavour && world.catalog.find(product, specification).id === instances.specification[row],
    )
    return position + 1
  }

  /** The zone of a pool is back. */
  outageEnded(pool: Row<'pools'>): void {
    if (this.#market.pools.down[pool] > 0) return
    const mine = this.#lost.filter((lost) => lost.pool === pool)
    this.#lost = this.#lost.filter((lost) => lost.pool !== pool)
    for (const { purchase } of mine) this.#comesBack(purchase)
  }

  #comesBack(purchase: ConfirmedPurchase): void {
    const { account } = purchase
    const wait = drawDuration(this.#delaysOf(account).comeBack, this.#streamOf(account, 'coming-back'))
    this.#plan(Math.max(1, wait), { move: 'return', account, reason: 'outage', purchase })
  }

  /** An order has ended. Word of a purchase that was completed may bring another buyer. */
  orderEnded(order: Row<'orders'>): void {
    const { orders } = this.#market
    this.#waiting.delete(orders.id[order])
    const { recommend } = this.#habitsOf(orders.account[order])
    if (recommend.probability === 0) return
    const isBought = orders.subject[order] === 0 && orders.state[order] === orderLife.state.completed
    const account = orders.account[order]
    const stream = () => this.#streamOf(account, 'recommending')
    if (!isBought || !happens(recommend.probability, stream)) return
    const wait = drawDuration(this.#delaysOf(account).recommend, stream())
    this.#plan(Math.max(1, wait), { move: 'recommend', account, reason: '', purchase: null })
  }

  #plan(wait: number, plan: Plan): void {
    const timers = timersOf(this.#market)
    const key = ++this.#nextPlan
    this.#plans.set(key, plan)
    timers.wake('buyerReacts', timers.now + wait, key)
  }

  /** The time of a plan has come. */
  reacts(key: number): void {
    const plan = this.#plans.get(key) as Plan
    this.#plans.delete(key)
    const { move, account, reason, purchase } = plan
    const { arrivalsUntil = Number.POSITIVE_INFINITY } = this.#market.world.scenario
    if (purchase === null) {
      // Word of mouth is an arrival, unlike what was begun before (`drain`).
      if (this.#market.now >= arrivalsUntil) return
      this.#presence.note(account, move, reason)
      this.#reacting.visit(this.#listener(account))
      return
    }
    if (!this.#presence.isFixed && !this.#presence.isThere(account)) return
    this.#presence.note(account, move, reason)
    this.#reacting.buy(purchase)
  }

  /** Who hears of a buyer's purchase: any buyer of the segment at home in the cell, each as likely. */
  #listener(account: Row<'accounts'>): Row<'accounts'> {
    const { accounts } = this.#market
    const segment = accounts.segment[account]
    const members: number[] = []
    for (let row = 0; row < accounts.rows; row++)
      if (accounts.segment[row] === segment && (this.#presence.isFixed || this.#presence.isThere(row)))
        members.push(row)
    return members.length === 0 ? account : members[this.#streamOf(account, 'recommending').below(members.length)]
  }

  #habitsOf(account: Row<'accounts'>): Habits {
    return this.#habits[this.#market.accounts.segment[account]]
  }

  #delaysOf(account: Row<'accounts'>): Delays {
    return this.#delays[this.#market.accounts.segment[account]]
  }

  save() {
    return { plans: [...this.#plans], nextPlan: this.#nextPlan, lost: this.#lost, waiting: [...this.#waiting] }
  }

  restore(state: ReturnType<Reactions['save']>): void {
    this.#plans = new Map(state.plans)
    this.#nextPlan = state.nextPlan
    this.#lost = [...state.lost]
    this.#waiting = new Map(state.waiting)
  }
}
