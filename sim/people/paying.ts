/** How buyers pay their orders (O-01, O-07): after a while, one by one or all together, or never. */

import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { payNow } from '../market/orders/payment.ts'
import { openOrders, payTogether } from '../market/orders/payment-together.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from './behaviour.ts'
import { durationDistribution, happens } from './draws.ts'
import type { StreamOf } from './stream-of.ts'

type PayingHabit = Habit & Pick<BuyerSegment['habits']['paying'], 'abandon' | 'together'>

const never: Habit = { probability: 0, after: durationDistribution({ constant: 0 }) }

export class Paying {
  readonly behaviour: Behaviour<Orders, 'orders', PayingHabit>
  readonly #retrying: Behaviour<Orders, 'orders'>
  readonly #market: Orders
  /** The orders that a buyer has chosen to pay together, by the number of the order they were chosen with. */
  #chosen = new Map<number, readonly number[]>()

  constructor(market: Orders, streamOf: StreamOf) {
    this.#market = market
    this.behaviour = new Behaviour(market, streamOf, this.#paying())
    this.#retrying = new Behaviour(market, streamOf, {
      timer: 'buyerPays',
      stream: 'card-retry',
      habit: ({ wallet: { card } }) => (card === null ? never : habitFrom(card.retry)),
      account: ({ orders }) => orders.account,
      pending: ({ orders }) => orders.payTimer,
      act: payNow,
    })
  }

  /** O-13: a declined card may be tried again. */
  declined(order: Row<'orders'>): void {
    this.#retrying.consider(order)
  }

  #paying(): Declared<Orders, 'orders', PayingHabit> {
    return {
      timer: 'buyerPays',
      stream: 'paying',
      habit: ({ habits: { paying } }) => ({ ...paying, after: durationDistribution(paying.reaction) }),
      account: ({ orders }) => orders.account,
      pending: ({ orders }) => orders.payTimer,
      act: (market, order) => {
        const { orders } = market
        const id = orders.id[order]
        const chosen = this.#chosen.get(id)
        this.#chosen.delete(id)
        if (chosen === undefined) payNow(market, order)
        else payTogether(market, orders.account[order], chosen)
      },
    }
  }

  /** An order waits for its buyer, who pays later or never. */
  awaited(order: Row<'orders'>): void {
    const { orders } = this.#market
    const { behaviour } = this
    const { abandon, together } = behaviour.habit(order)
    if (happens(abandon, () => behaviour.stream(order, 'abandon'))) return
    if (happens(together, () => behaviour.stream(order, 'together')))
      this.#chosen.set(orders.id[order], openOrders(this.#market, orders.account[order]))
    behaviour.consider(order)
  }

  save() {
    return [...this.#chosen]
  }

  restore(state: ReturnType<Paying['save']>): void {
    this.#chosen = new Map(state)
  }
}
