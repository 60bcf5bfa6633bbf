/**
 * C-06: how a buyer finds a product. A search and the filter of a category find anything on sale; the popular
 * applications are those marked so; favourites were saved by the buyer at an earlier purchase.
 */
import type { Stream } from '#engine/random/streams.ts'
import { NONE, type Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import type { Channel, Interest, Preferences } from './preferences.ts'
import type { StreamOf } from './stream-of.ts'

export class Channels {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  readonly #preferences: readonly Preferences[]
  /** Numbers of the products that each account saved, in the order in which it did. */
  #saved = new Map<number, number[]>()
  /** Who is ordering what at the moment. Orders are placed within one event, so this is not saved. */
  #buyer = NONE
  #product = 0

  constructor(market: Orders, streamOf: StreamOf, preferences: readonly Preferences[]) {
    this.#market = market
    this.#streamOf = streamOf
    this.#preferences = preferences
  }

  /** What a buyer finds by a channel that does not lead to everything; null where it leads to nothing. */
  find(account: Row<'accounts'>, channel: Channel): Interest | null {
    const { interests } = this.#preferences[this.#market.accounts.segment[account]]
    if (channel === 'popular') {
      const shown = interests.filter(({ offer }) => offer.product.popular && this.#market.isListed(offer.productId))
      return drawn(shown, this.#streamOf(account, 'popular'))
    }
    const saved = this.#saved.get(account) ?? []
    const kept = interests.filter(({ offer }) => saved.includes(offer.productId))
    return drawn(kept, this.#streamOf(account, 'favourites'))
  }

  /** `place` orders a product for an account; after an order the buyer may save the product. */
  ordering(account: number, product: number, place: () => void): void {
    this.#buyer = account
    this.#product = product
    place()
    this.#buyer = NONE
  }

  orderBegan(order: Row<'orders'>): void {
    const { accounts, facts, orders, now, world } = this.#market
    const account = this.#buyer
    if (account === NONE || orders.account[order] !== account) return
    const { favourites } = world.scenario.buyers[accounts.segment[account]].habits
    if (favourites === 0) return
    const saved = this.#saved.get(account) ?? []
    if (saved.includes(this.#product) || this.#streamOf(account, 'saving').next() >= favourites) return
    this.#saved.set(account, [...saved, this.#product])
    facts.favourites({
      account: accounts.id[account],
      at: now,
      product: this.#product,
      rule: this.#market.word('C-06'),
    })
  }

  save(): [number, number[]][] {
    return [...this.#saved]
  }

  restore(state: readonly [number, number[]][]): void {
    this.#saved = new Map(state)
  }
}

/** One of them by weight; one number is drawn even if there is nothing to choose from. */
export function drawn(interests: readonly Interest[], stream: Stream): Interest | null {
  const sum = interests.reduce((total, { buy }) => total + buy.weight, 0)
  let rest = stream.next() * sum
  for (const interest of interests) {
    rest -= interest.buy.weight
    if (rest < 0) return interest
  }
  return interests.at(-1) ?? null
}
