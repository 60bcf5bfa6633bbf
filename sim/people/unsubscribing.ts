/** Buyers who give a yearly/monthly image, or a server under an image, back (N-01). */
import type { Distribution } from '#engine/random/distribution.ts'
import { NONE } from '../cell/table.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { unsubscribe } from '../market/subscriptions/unsubscribe.ts'
import { durationLaw } from './duration-law.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

export class Unsubscribing {
  readonly #market: Subscriptions
  readonly #stream: StreamOf
  readonly #after: readonly Distribution[]

  constructor(market: Subscriptions, stream: StreamOf) {
    this.#market = market
    this.#stream = stream
    this.#after = market.world.scenario.buyers.map(({ habits }) => durationLaw(habits.unsubscribe.after))
  }

  /** A subscription with servers began: will it come back, and when? */
  begun(row: number): void {
    const timers = timersOf(this.#market)
    const { subscriptions, accounts, world, now } = this.#market
    if (subscriptions.pool[row] === NONE) return
    const account = subscriptions.account[row]
    const segment = accounts.segment[account]
    const { probability } = world.scenario.buyers[segment].habits.unsubscribe
    if (probability === 0) return
    const stream = this.#stream(account, 'unsubscribing')
    if (stream.next() >= probability) return
    const wait = Math.max(0, Math.round(this.#after[segment].sample(stream)))
    subscriptions.unsubscribeTimer[row] = timers.wake('buyerUnsubscribes', now + wait, row)
  }

  unsubscribes(row: number): void {
    this.#market.subscriptions.unsubscribeTimer[row] = NONE
    unsubscribe(this.#market, row)
  }
}
