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
import type { StreamOf } from '../stream-of.ts'
import { timersOf } from '../timers.ts'

/** A purchase without an order so far, because the buyer lacks a prerequisite. */
const PUT_OFF = -1

/** `source` is NONE for a buyer outside the closed model; `order` is the current purchase, 0 for none. */
const loopTable = (count: number) => columns({ source: 'i32', order: 'f64' }, Math.max(1, count))

export class ClosedLoops {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  /** By segment; null for other shapes. */
  readonly #thinkTimes: readonly (Distribution | null)[]
  /** By segment: how much more often than usual its buyers come at an instant; null for always once. */
  readonly #rateFactors: readonly (RateFunction | null)[]
  readonly #loops: ReturnType<typeof loopTable>
  /** Whose wish is being placed. Wishes are placed within one event, so this is not saved. */
  #placing = NONE

  constructor(market: Orders, streamOf: StreamOf, rateFactors: readonly (RateFunction | null)[]) {
    this.#market = market
    this.#streamOf = streamOf
    this.#rateFactors = rateFactors
    this.#thinkTimes = market.world.scenario.buyers.map(({ load }) =>
      load.kind === 'closed' ? durationDistribution(load.thinkTime) : null,
    )
    this.#loops = loopTable(market.world.population.homes[market.cell].length)
  }

  /** Starts the loop of a buyer with a think time, so that not all come at the first instant. */
  enter(account: Row<'accounts'>, source: number): void {
    while (this.#loops.rows <= account) this.#loops.source[this.#loops.add()] = NONE
    this.#loops.source[account] = source
    this.#think(account)
  }

  #isIn(account: number): boolean {
    return account < this.#loops.rows && this.#loops.source[account] !== NONE
  }

  #think(account: Row<'accounts'>): void {
    const timers = timersOf(this.#market)
    const { accounts, now } = this.#market
    const segment = accounts.segment[account]
    const distribution = this.#thinkTimes[segment] as Distribution
    const time = distribution.sample(this.#streamOf(account, 'think'))
    const begins = this.#resumesAt(segment)
    const factor = this.#rateFactors[segment]?.at(begins) ?? 1
    // At least a millisecond, or a market that refuses immediately would be asked forever within one instant.
    const wait = begins - now + Math.max(1, Math.round(time / factor))
    if (wait < Number.POSITIVE_INFINITY) timers.wake('buyerArrives', now + wait, this.#loops.source[account])
  }

  /** The first instant from now on at which the segment comes at all. */
  #resumesAt(segment: number): Instant {
    const { now } = this.#market
    const rateFactors = this.#rateFactors[segment]
    let at = now
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
