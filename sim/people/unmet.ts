/** C-06: visits that end without an order, because nothing fits; some mail their requirement to the marketplace. */

import { type Distribution, distribution } from '#engine/random/distribution.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Row } from '../cell/table.ts'
import type { Orders } from '../market/orders/orders.ts'
import { categoriesOf } from '../world/categories.ts'
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

  constructor(market: Orders, streamOf: StreamOf) {
    this.#market = market
    this.#streamOf = streamOf
    this.#wants = wantsOf(market.world.scenario)
  }

  /** Whether a visitor finds nothing that fits; then that is a fact. */
  findsNothing(account: Row<'accounts'>): boolean {
    const { accounts, facts, now } = this.#market
    const want = this.#wants[accounts.segment[account]]
    if (want === null) return false
    const stream = this.#streamOf(account, 'unmet')
    if (stream.next() >= want.probability) return false
    facts.unmet_demand({
      account: accounts.id[account],
      at: now,
      category: want.category.sample(stream),
      mailed: stream.next() < want.mails ? 1 : 0,
      rule: this.#market.word('C-06'),
    })
    return true
  }
}
