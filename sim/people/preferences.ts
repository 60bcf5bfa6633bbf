/** What a segment's buyers may buy, ready to draw from: laws compiled once, one draw a question in a fixed order. */
import type { Duration } from '#base/time.ts'
import { CorrelatedInputs } from '#engine/random/correlated.ts'
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import type { Stream } from '#engine/random/streams.ts'
import { hasNoChoice } from '#scenarios/occupancy.ts'
import type { Policies } from '#scenarios/policies.ts'
import type { Buy, BuyerSegment } from '#scenarios/sections/buyers.ts'
import type { QuantityAttribute } from '#scenarios/sections/catalog.ts'
import type { Catalog, Offer } from '../world/catalog.ts'
import type { World } from '../world/world.ts'
import { durationDistribution } from './draws.ts'

export type Channel = 'search' | 'category' | 'popular' | 'favourites'

/** One line of `buys`. */
export interface Interest {
  /** Position in the segment, from 1. */
  readonly line: number
  readonly buy: Buy
  readonly offer: Offer
  readonly quantity: Distribution
  readonly lifetime: Distribution | null
  readonly months: Distribution | null
  /** Draws quantity and lifetime together; null where they are independent. */
  readonly together: CorrelatedInputs | null
}

/** What one visit wants. */
export interface Wish {
  /** Which wish of this buyer it is, from 1. */
  readonly number: number
  readonly line: number
  readonly buy: Buy
  readonly offer: Offer
  readonly quantity: number
  readonly months: number
  /** Life of each server, ms. */
  readonly lifetime: Duration
  readonly channel: Channel
  /** E-04: quick provisioning leaves no choice of quantity and duration. */
  readonly isPlain?: boolean
}

const channels: readonly Channel[] = ['search', 'category', 'popular', 'favourites']

/** The whole quantity on sale that is nearest to a drawn one (C-04). */
export function sold(drawn: number, attribute: QuantityAttribute | null): number {
  if (attribute === null) return Math.max(1, Math.round(drawn))
  const { min, max, step } = attribute
  const steps = Math.round((Math.min(Math.max(drawn, min), max) - min) / step)
  const value = min + steps * step
  return value > max ? value - step : value
}

export class Preferences {
  readonly interests: readonly Interest[]
  readonly #catalog: Catalog
  readonly #policies: Policies
  readonly #which: Distribution
  readonly #channel: Distribution

  constructor(world: World, segment: BuyerSegment) {
    this.#catalog = world.catalog
    this.#policies = world.policies
    this.interests = segment.buys.map((buy, index) => {
      const quantity = distribution(buy.quantity)
      const lifetime = buy.lifetime === null ? null : durationDistribution(buy.lifetime)
      const months = buy.months === null ? null : distribution(buy.months)
      const offer = world.catalog.find(buy.product, buy.specification)
      return { line: index + 1, buy, offer, quantity, lifetime, months, together: pair(quantity, lifetime, buy) }
    })
    this.#which = distribution({
      discrete: { values: this.interests.map((_, index) => index), weights: this.interests.map(weightOf) },
    })
    this.#channel = distribution({
      discrete: { values: channels.map((_, index) => index), weights: channels.map((name) => segment.channels[name]) },
    })
  }

  /**
   * Five draws, for every intent, so that a change of one law moves no other answer. `find` says what is found by a
   * channel that does not lead to everything; if that is nothing, the buyer searches. `answer`: what the visitor has found by
   * its category already (C-07).
   */
  wish(
    number: number,
    stream: Stream,
    now: number,
    find: (channel: Channel) => Interest | null,
    answer: Interest | null = null,
  ): Wish {
    const wished = this.interests[this.#which.sample(stream)]
    const drawn = channels[this.#channel.sample(stream)]
    const isNarrow = drawn === 'popular' || drawn === 'favourites'
    const found = answer ?? (isNarrow ? find(drawn) : wished)
    const channel = answer !== null ? 'category' : found === null ? 'search' : drawn
    const interest = found ?? wished
    const [size, lifetime] = interest.together?.sample(stream) ?? [
      draw(interest.quantity, stream),
      draw(interest.lifetime, stream),
    ]
    const isPlain = hasNoChoice(interest.buy, this.#policies)
    const quantity = isPlain ? 1 : sold(size, interest.offer.quantity)
    const wanted = draw(interest.months, stream)
    return {
      number,
      line: interest.line,
      buy: interest.buy,
      offer: interest.offer,
      quantity,
      months: nearestPlan(this.#catalog.at(interest.offer.id, now), isPlain ? 0 : wanted),
      lifetime: interest.lifetime === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.round(lifetime)),
      channel,
      isPlain,
    }
  }
}

/** C-07: what is listed for a requirement is found by those who looked for it alone. */
const weightOf = ({ buy, offer }: Interest): number => (offer.product.requirements === null ? buy.weight : 0)

/** The laws of quantity and lifetime with the rank correlation of a line; null where they are independent. */
function pair(quantity: Distribution, lifetime: Distribution | null, { correlation }: Buy): CorrelatedInputs | null {
  if (correlation === 0 || lifetime === null) return null
  const matrix = [
    [1, correlation],
    [correlation, 1],
  ]
  return new CorrelatedInputs([quantity, lifetime], matrix, 'spearman')
}

/** One uniform draw even where nothing is asked. */
function draw(dist: Distribution | null, stream: Stream): number {
  if (dist !== null) return dist.sample(stream)
  stream.next()
  return 0
}

/** The duration on offer that is nearest to the wanted one; without a wish the first plan. */
function nearestPlan(offer: Offer, wanted: number): number {
  if (offer.plans.length === 0) return 0
  if (wanted === 0) return offer.plans[0].months
  let best = offer.plans[0].months
  for (const { months } of offer.plans) if (Math.abs(months - wanted) < Math.abs(best - wanted)) best = months
  return best
}
