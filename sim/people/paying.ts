/** How buyers pay their orders (O-01, O-07): after a while, one by one or all together, or never. */
import type { Distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { NONE } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { payNow } from '../market/orders/payment.ts'
import { openOrders, payTogether } from '../market/orders/payment-together.ts'
import { durationLaw } from './duration-law.ts'
import { timersOf } from './timers.ts'

interface Habit {
  readonly reaction: Distribution
  readonly abandon: number
  readonly together: number
}

const habitOf = ({ habits: { paying } }: BuyerSegment): Habit => ({
  reaction: durationLaw(paying.reaction),
  abandon: paying.abandon,
  together: paying.together,
})

export class Paying {
  readonly #market: Orders
  readonly #habits: readonly Habit[]
  readonly #stream: (account: number, purpose: string) => Stream
  /** The orders that a buyer has chosen to pay together, by the number of the order they were chosen with. */
  #chosen = new Map<number, readonly number[]>()

  constructor(market: Orders, stream: (account: number, purpose: string) => Stream) {
    this.#market = market
    this.#habits = market.world.scenario.buyers.map(habitOf)
    this.#stream = stream
  }

  /** An order waits for its buyer, who pays later or never. */
  awaited(order: number): void {
    const timers = timersOf(this.#market)
    const { orders, accounts, now } = this.#market
    const account = orders.account[order]
    const { reaction, abandon, together } = this.#habits[accounts.segment[account]]
    if (abandon > 0 && this.#stream(account, 'abandon').next() < abandon) return
    if (together > 0 && this.#stream(account, 'together').next() < together)
      this.#chosen.set(orders.id[order], openOrders(this.#market, account))
    const wait = Math.max(0, Math.round(reaction.sample(this.#stream(account, 'paying'))))
    orders.payTimer[order] = timers.wake('buyerPays', now + wait, order)
  }

  /** The buyer pays. */
  pays(order: number): void {
    const { orders } = this.#market
    const id = orders.id[order]
    const chosen = this.#chosen.get(id)
    orders.payTimer[order] = NONE
    this.#chosen.delete(id)
    if (chosen === undefined) payNow(this.#market, order)
    else payTogether(this.#market, orders.account[order], chosen)
  }

  save() {
    return [...this.#chosen]
  }

  restore(state: ReturnType<Paying['save']>): void {
    this.#chosen = new Map(state)
  }
}
