/**
 * Closed model: each buyer buys, waits until the purchase has ended (its order is completed or cancelled, or it is refused
 * immediately), thinks, and buys again. So no buyer has two purchases at a time, and a slow market gets fewer requests.
 */
import type { Instant } from '#base/time.ts'
import { columns } from '#engine/columns.ts'
import type { RateFunction } from '#engine/random/arrivals/rate.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import { NONE, type Row } from '../../cell/table.ts'
import type { Orders } from '../../market/orders/orders.ts'
import { durationDistribution } from '../draws.ts'
import type { Presence } from '../presence.ts'
import type { StreamOf } from '../stream-of.ts'
import { timersOf } from '../timers.ts'

/** A purchase without an order so far, because the buyer lacks a prerequisite. */
const PUT_OFF = -1

/**
 * `source` is NONE for a buyer outside the closed model; `order` is the current purchase, 0 for none; `factor`: how much more
 * often than the think time says the buyer comes.
 */
const loopTable = (count: number) => columns({ source: 'i32', order: 'f64', factor: 'f64' }, Math.max(1, count))

export class ClosedLoops {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  /** By segment; null for other shapes. */
  readonly #thinkTimes: readonly (Distribution | null)[]
  /** By segment: how much more often than usual its buyers come at an instant; null for always once. */
  readonly #rateFactors: readonly (RateFunction | null)[]
  readonly #loops: ReturnType<typeof loopTable>
  readonly #presence: Presence
  /** From here on no buyer comes, ms. */
  readonly #end: number
  /** Whose wish is being placed. Wishes are placed within one event, so this is not saved. */
  #placing = NONE

  constructor(market: Orders, streamOf: StreamOf, rateFactors: readonly (RateFunction | null)[], presence: Presence) {
    this.#market = market
    this.#presence = presence
    this.#end = market.world.scenario.arrivalsUntil ?? Number.POSITIVE_INFINITY
    this.#streamOf = streamOf
    this.#rateFactors = rateFactors
    this.#thinkTimes = market.world.scenario.buyers.map(({ load }) =>
      load.kind === 'closed' ? durationDistribution(load.thinkTime) : null,
    )
    this.#loops = loopTable(market.world.population.homes[market.cell].length)
  }

  /** Starts the loop of a buyer with a think time, so that not all come at the first instant. */
  enter(account: Row<'accounts'>, source: number): void {
    this.#rowOf(account)
    this.#loops.source[account] = source
    this.#think(account, this.#presence.from(account))
  }

  /** How much more often than the think time says the buyer comes, before `enter`. */
  factor(account: Row<'accounts'>, factor: number): void {
    this.#rowOf(account)
    this.#loops.factor[account] = factor
  }

  #rowOf(account: Row<'accounts'>): void {
    const loops = this.#loops
    while (loops.rows <= account) {
      const row = loops.add()
      loops.source[row] = NONE
      loops.factor[row] = 1
    }
  }

  #isIn(account: number): boolean {
    return account < this.#loops.rows && this.#loops.source[account] !== NONE
  }

  #think(account: Row<'accounts'>, since = this.#market.now): void {
    const timers = timersOf(this.#market)
    const { accounts, now } = this.#market
    const segment = accounts.segment[account]
    const distribution = this.#thinkTimes[segment] as Distribution
    const time = distribution.sample(this.#streamOf(account, 'think'))
    const begins = this.#resumesAt(segment, since)
    const factor = (this.#rateFactors[segment]?.at(begins) ?? 1) * this.#loops.factor[account]
    // At least a millisecond, or a market that refuses immediately would be asked forever within one instant.
    const wait = begins - now + Math.max(1, Math.round(time / factor))
    const until = this.#presence.isFixed ? this.#end : Math.min(this.#end, this.#presence.until(account))
    if (now + wait < until) timers.wake('buyerArrives', now + wait, this.#loops.source[account])
  }

  /** The first instant from now on at which the segment comes at all. */
  #resumesAt(segment: number, since: Instant): Instant {
    const rateFactors = this.#rateFactors[segment]
    let at = since
    while (rateFactors !== null && rateFactors.at(at) === 0 && at < Number.POSITIVE_INFINITY) at = rateFactors.until(at)
    return at
  }

  /** `place` submits the intent to the market, now or again after it was postponed. */
  buy(account: Row<'accounts'>, place: () => void): void {
    if (!this.#isIn(account)) {
      place()
      return
    }
    const { order } = this.#loops
    order[account] = 0
    this.#placing = account
    place()
    // Still set: it led neither to an order nor to a delay, so it was refused.
    if (this.#placing === account) this.#think(account)
    this.#placing = NONE
  }

  /** The buyer lacks a prerequisite and will return with the purchase. */
  putOff(account: number): void {
    if (this.#placing !== account) return
    this.#placing = NONE
    this.#loops.order[account] = PUT_OFF
  }

  orderBegan(order: Row<'orders'>): void {
    const account = this.#placing
    if (account === NONE || this.#market.orders.account[order] !== account) return
    this.#placing = NONE
    this.#loops.order[account] = this.#market.orders.id[order]
  }

  orderEnded(order: Row<'orders'>): void {
    const { orders } = this.#market
    const account = orders.account[order]
    if (!this.#isIn(account) || this.#loops.order[account] !== orders.id[order]) return
    this.#loops.order[account] = 0
    this.#think(account)
  }

  save() {
    return this.#loops.save()
  }

  restore(state: ReturnType<ClosedLoops['save']>): void {
    this.#loops.restore(state)
  }
}
