/** Buyers who want more of what they have (X-01..X-04): the next specification of a SaaS product, or more units. */

import { type Distribution, distribution } from '#engine/random/distribution.ts'
import { kindOf } from '#scenarios/product-kinds.ts'
import { NONE } from '../cell/table.ts'
import { offerOf } from '../market/subscriptions/about.ts'
import { orderExpansion, orderUpgrade } from '../market/subscriptions/changes.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import type { Offer } from '../world/catalog.ts'
import { durationLaw } from './duration-law.ts'
import type { StreamOf } from './stream-of.ts'
import { sold } from './taste.ts'
import { timersOf } from './timers.ts'

interface Habit {
  readonly upgrade: { readonly probability: number; readonly after: Distribution }
  readonly expand: { readonly probability: number; readonly after: Distribution; readonly by: Distribution }
}

export class Changing {
  readonly #market: Subscriptions
  readonly #stream: StreamOf
  readonly #habits: readonly Habit[]

  constructor(market: Subscriptions, stream: StreamOf) {
    this.#market = market
    this.#stream = stream
    this.#habits = market.world.scenario.buyers.map(({ habits: { upgrade, expand } }) => ({
      upgrade: { probability: upgrade.probability, after: durationLaw(upgrade.after) },
      expand: {
        probability: expand.probability,
        after: durationLaw(expand.after),
        by: distribution(expand.by),
      },
    }))
  }

  #habit(row: number): Habit {
    const { accounts, subscriptions } = this.#market
    return this.#habits[accounts.segment[subscriptions.account[row]]]
  }

  /** A subscription started: the buyer decides once in its lifetime. */
  begun(row: number): void {
    const offer = offerOf(this.#market, row)
    if (!kindOf(offer.product).changes) return
    const { upgrade, expand } = this.#habit(row)
    const { subscriptions } = this.#market
    if (nextOffer(this.#market, offer) !== undefined)
      subscriptions.upgradeTimer[row] = this.#when(row, upgrade, 'upgrading', 'buyerUpgrades')
    if (offer.quantity !== null) subscriptions.expandTimer[row] = this.#when(row, expand, 'expanding', 'buyerExpands')
  }

  #when(
    row: number,
    { probability, after }: { readonly probability: number; readonly after: Distribution },
    purpose: string,
    kind: 'buyerUpgrades' | 'buyerExpands',
  ): number {
    const timers = timersOf(this.#market)
    const { subscriptions, now } = this.#market
    if (probability === 0) return NONE
    const stream = this.#stream(subscriptions.account[row], purpose)
    if (stream.next() >= probability) return NONE
    return timers.wake(kind, now + Math.max(0, Math.round(after.sample(stream))), row)
  }

  upgrades(row: number): void {
    const { subscriptions } = this.#market
    subscriptions.upgradeTimer[row] = NONE
    const next = nextOffer(this.#market, offerOf(this.#market, row))
    if (next !== undefined) orderUpgrade(this.#market, row, next, sold(subscriptions.quantity[row], next.quantity))
  }

  expands(row: number): void {
    const { subscriptions } = this.#market
    subscriptions.expandTimer[row] = NONE
    const { quantity: attribute } = offerOf(this.#market, row)
    const by = Math.max(1, this.#habit(row).expand.by.sample(this.#stream(subscriptions.account[row], 'expanding')))
    const quantity = subscriptions.quantity[row]
    orderExpansion(this.#market, row, Math.max(quantity, sold(quantity + by, attribute)))
  }
}

/** The specification after this one in its product, if it is sold for a term too. */
function nextOffer(market: Subscriptions, offer: Offer): Offer | undefined {
  if (offer.id === market.world.catalog.offers.length) return undefined
  const next = market.offer(offer.id + 1)
  const { billing } = next.specification
  return next.productId === offer.productId && (billing === 'monthly' || billing === 'yearly') ? next : undefined
}
