/**
 * C-06: visits that end without an order, because nothing fits; some mail their requirement to the marketplace. C-07: once a
 * product is listed for it, they find that.
 */

import { type Distribution, distribution } from '#engine/random/distribution.ts'
import { categoryName } from '#scenarios/category-tree.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { categoriesOf } from '../world/categories.ts'
import { drawn } from './channels.ts'
import type { Interest, Preferences } from './preferences.ts'
import type { StreamOf } from './stream-of.ts'

interface Want {
  readonly probability: number
  /** Draws the number of a category. */
  readonly category: Distribution
  readonly mails: number
}

function wantsOf(scenario: Scenario): (Want | null)[] {
  const categories = categoriesOf(scenario)
  return scenario.buyers.map(({ unmet }) => {
    if (unmet === null || unmet.probability === 0) return null
    const names = Object.keys(unmet.categories)
    const values = names.map((name) => categories.indexOf(name) + 1)
    const category = distribution({ discrete: { values, weights: names.map((name) => unmet.categories[name]) } })
    return { probability: unmet.probability, category, mails: unmet.mails }
  })
}

export class UnmetDemand {
  readonly #market: Orders
  readonly #streamOf: StreamOf
  /** By segment; null for who always finds something. */
  readonly #wants: readonly (Want | null)[]
  /** By segment: what its buyers buy of products that wait for requirements, and the number of the category (C-07). */
  readonly #answers: readonly (readonly (Interest & { readonly answers: number })[])[]

  constructor(market: Orders, streamOf: StreamOf, preferences: readonly Preferences[]) {
    this.#market = market
    this.#streamOf = streamOf
    this.#wants = wantsOf(market.world.scenario)
    const categories = categoriesOf(market.world.scenario)
    this.#answers = preferences.map(({ interests }) =>
      interests.flatMap((interest) => {
        const { product } = interest.offer
        if (product.requirements === null) return []
        return [{ ...interest, answers: categories.indexOf(categoryName(product)) + 1 }]
      }),
    )
  }

  /**
   * What a visitor finds who looks for what there was not: a product that has been listed for it (C-07), or nothing, and then that
   * is a fact. Undefined for who looks for something else.
   */
  found(account: Row<'accounts'>): Interest | null | undefined {
    const { accounts, facts, now } = this.#market
    const segment = accounts.segment[account]
    const want = this.#wants[segment]
    if (want === null) return undefined
    const stream = this.#streamOf(account, 'unmet')
    if (stream.next() >= want.probability) return undefined
    const category = want.category.sample(stream)
    const mails = stream.next() < want.mails
    const answers = this.#answers[segment].filter(
      ({ answers, offer }) => answers === category && this.#market.isListed(offer.productId),
    )
    if (answers.length > 0) return drawn(answers, this.#streamOf(account, 'answered'))
    facts.unmet_demand({
      account: accounts.id[account],
      at: now,
      category,
      mailed: mails ? 1 : 0,
      rule: this.#market.word('C-06'),
    })
    if (mails) this.#market.sellers.requirementMailed.emit(category)
    return null
  }
}
