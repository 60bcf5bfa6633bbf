/**
 * Who is there: buyers may join after the start, and leave after a time or for a reason. Who is not there does not come, and
 * renews nothing. Where everyone stays from the start to the end, nothing is drawn or kept.
 */
import type { Instant } from '#base/time.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { drawDuration, durationDistribution } from './draws.ts'
import type { StreamOf } from './stream-of.ts'
import { timersOf } from './timers.ts'

/** What buyers do about coming at all, and why. */
export type BuyerMove = 'join' | 'leave' | 'forgo' | 'retry' | 'recommend' | 'return'

interface Turnover {
  readonly joins: Distribution | null
  readonly stays: Distribution | null
}

/** When an account is there: from `from` (ms) until before `until`. */
export interface Stay {
  readonly from: Instant
  readonly until: Instant
}

export class Presence {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  /** By segment; null where everyone is there from start to end. */
  readonly #turnovers: readonly (Turnover | null)[]
  /** Whether everyone is there from start to end. */
  readonly isFixed: boolean
  /** Only of accounts that do not stay from the start to the end. */
  #stays = new Map<number, Stay>()

  constructor(market: Orders, streamOf: StreamOf) {
    this.#market = market
    this.#streamOf = streamOf
    this.#turnovers = market.world.scenario.buyers.map(({ joins, stays }) =>
      joins === null && stays === null
        ? null
        : {
            joins: joins === null ? null : durationDistribution(joins),
            stays: stays === null ? null : durationDistribution(stays),
          },
    )
    const leave = market.world.scenario.buyers.some(({ habits: { churn } }) => churn.refusal + churn.outage > 0)
    this.isFixed = !leave && this.#turnovers.every((turnover) => turnover === null)
  }

  /** As the run begins: when each buyer joins and leaves. */
  open(): void {
    const { accounts, world } = this.#market
    const { start, end } = world.scenario
    const timers = timersOf(this.#market)
    for (let account = 0; account < accounts.rows; account++) {
      const turnover = this.#turnovers[accounts.segment[account]]
      if (turnover === null) continue
      const { joins, stays } = turnover
      const stream = this.#streamOf(account, 'presence')
      const from = joins === null ? start : start + drawDuration(joins, stream)
      const until = stays === null ? Number.POSITIVE_INFINITY : from + drawDuration(stays, stream)
      this.#stays.set(account, { from, until })
      if (from > start && from < end) timers.wake('buyerJoins', from, account)
      if (until < end) timers.wake('buyerLeaves', until, account)
    }
  }

  /** When a buyer is first there. */
  from(account: Row<'accounts'>): Instant {
    return this.#stays.get(account)?.from ?? this.#market.world.scenario.start
  }

  /** When a buyer is no longer there. */
  until(account: Row<'accounts'>): Instant {
    return this.#stays.get(account)?.until ?? Number.POSITIVE_INFINITY
  }

  isThere(account: Row<'accounts'>): boolean {
    const stay = this.#stays.get(account)
    const { now } = this.#market
    return stay === undefined || (now >= stay.from && now < stay.until)
  }

  joins(account: Row<'accounts'>): void {
    this.note(account, 'join', '')
  }

  /** The stay that was drawn is over, unless the buyer has left before. */
  stayEnds(account: Row<'accounts'>): void {
    if (this.until(account) === this.#market.now) this.note(account, 'leave', '')
  }

  /** The buyer leaves now, unless that has happened before. Returns whether. */
  leaves(account: Row<'accounts'>, why: string): boolean {
    const { now } = this.#market
    if (this.until(account) <= now) return false
    this.#stays.set(account, { from: this.from(account), until: now })
    this.note(account, 'leave', why)
    return true
  }

  /** Writes what a buyer does about coming, and why (a word). */
  note(account: Row<'accounts'>, move: BuyerMove, why: string): void {
    const { accounts, facts, now } = this.#market
    facts.buyer_moves({
      account: accounts.id[account],
      at: now,
      move: this.#market.word(move),
      reason: this.#market.word(why),
      rule: this.#market.word('C-06'),
    })
  }

  save(): [number, Stay][] {
    return [...this.#stays]
  }

  restore(state: readonly [number, Stay][]): void {
    this.#stays = new Map(state)
  }
}
