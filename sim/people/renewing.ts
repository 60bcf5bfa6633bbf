/** How buyers renew (R-01..R-03): automatically if they switch it on, by hand in time or late, or not at all. */

import type { Distribution } from '#engine/random/distribution.ts'
import { kindOf } from '#scenarios/product-kinds.ts'
import { withinLastDays } from '../billing/term.ts'
import { NONE } from '../cell/table.ts'
import { offerOf } from '../market/subscriptions/about.ts'
import { enableAutoRenewal } from '../market/subscriptions/auto-renewal.ts'
import { asItIs, type Renewal, renew } from '../market/subscriptions/renewal.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { releaseAt } from '../market/subscriptions/terms.ts'
import { durationLaw } from './duration-law.ts'
import type { StreamOf } from './stream-of.ts'
import { sold } from './taste.ts'
import { timersOf } from './timers.ts'

/** a smaller configuration may be chosen in the last days of a term. */
const LAST_DAYS = 30

export class Renewing {
  readonly #market: Subscriptions
  readonly #stream: StreamOf
  readonly #before: readonly Distribution[]

  constructor(market: Subscriptions, stream: StreamOf) {
    this.#market = market
    this.#stream = stream
    this.#before = market.world.scenario.buyers.map(({ habits }) => durationLaw(habits.renewing.before))
  }

  #segment(row: number): number {
    const { accounts, subscriptions } = this.#market
    return accounts.segment[subscriptions.account[row]]
  }

  #habits(row: number) {
    return this.#market.world.scenario.buyers[this.#segment(row)].habits
  }

  /** A term began, was renewed or expired: the buyer decides about the next one. */
  turned(row: number, how: 'begun' | 'renewed' | 'expired'): void {
    const timers = timersOf(this.#market)
    const { subscriptions } = this.#market
    if (how === 'expired') {
      // Automatic renewal failed: the buyer may still renew by hand.
      if (subscriptions.autoDay[row] > 0) this.#plan(row, true)
      return
    }
    timers.cancel(subscriptions.renewTimer[row])
    subscriptions.renewTimer[row] = NONE
    if (how === 'begun') this.#chooseAutomatic(row)
    if (subscriptions.autoTimer[row] === NONE) this.#plan(row, false)
  }

  #chooseAutomatic(row: number): void {
    const { auto, autoDay } = this.#habits(row).renewing
    const { account } = this.#market.subscriptions
    if (auto > 0 && this.#stream(account[row], 'auto-renewal').next() < auto)
      enableAutoRenewal(this.#market, row, autoDay)
  }

  /** Whether and when the buyer renews this term by hand: before its expiry, or at any time until the release. */
  #plan(row: number, isExpired: boolean): void {
    const timers = timersOf(this.#market)
    const { subscriptions, now } = this.#market
    const { manual, late } = this.#habits(row).renewing
    if (manual === 0) return
    const stream = this.#stream(subscriptions.account[row], 'renewing')
    if (stream.next() >= manual) return
    const expiry = subscriptions.termEnd[row]
    const isLate = isExpired || (late > 0 && stream.next() < late)
    const patience = releaseAt(this.#market, row) - expiry
    const at = isLate
      ? expiry + Math.floor(stream.next() * patience)
      : expiry - Math.max(1, Math.round(this.#before[this.#segment(row)].sample(stream)))
    subscriptions.renewTimer[row] = timers.wake('buyerRenews', Math.max(now, at), row)
  }

  /** The moment has come. */
  renews(row: number): void {
    this.#market.subscriptions.renewTimer[row] = NONE
    renew(this.#market, row, this.#wish(row))
  }

  /** As it is, or (X-01, where it is allowed) smaller: the specification before it, or else half of the quantity. */
  #wish(row: number): Renewal {
    const { subscriptions, policies, now } = this.#market
    const same = asItIs(this.#market, row)
    const { downgrade } = this.#habits(row)
    const isAllowed = policies['change.downAtRenewal'] && withinLastDays(now, subscriptions.termEnd[row], LAST_DAYS)
    if (downgrade === 0 || !isAllowed || !kindOf(same.offer.product).changes) return same
    if (this.#stream(subscriptions.account[row], 'downgrading').next() >= downgrade) return same
    const smaller = same.offer.id > 1 ? this.#market.offer(same.offer.id - 1) : undefined
    const isSold =
      smaller?.productId === same.offer.productId && smaller.plans.some(({ months }) => months === same.months)
    if (smaller !== undefined && isSold)
      return { ...same, offer: smaller, quantity: sold(same.quantity, smaller.quantity) }
    const { quantity } = offerOf(this.#market, row)
    return quantity === null ? same : { ...same, quantity: Math.min(same.quantity, sold(same.quantity / 2, quantity)) }
  }
}
