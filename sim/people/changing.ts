/** Buyers who want more of what they have (X-01..X-04): the next specification of a SaaS product, or more units. */
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import { kindOf } from '#scenarios/product-kinds.ts'
import { offerOf } from '../market/subscriptions/about.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import type { Offer } from '../world/catalog.ts'
import { type Declared, type Habit, habitFrom } from './behaviour.ts'
import { sold } from './preferences.ts'
import type { OrderTerm } from './term-wishes.ts'

/** Decided when the subscription begins, and (`repeat`) again after each change. */
export interface RepeatedHabit extends Habit {
  readonly repeat: boolean
}

/** */
export const upgrading = (order: OrderTerm): Declared<Subscriptions, 'subscriptions', RepeatedHabit> => ({
  timer: 'buyerUpgrades',
  stream: 'upgrading',
  habit: ({ habits: { upgrade } }) => ({ ...habitFrom(upgrade), repeat: upgrade.repeat }),
  account: ({ subscriptions }) => subscriptions.account,
  pending: ({ subscriptions }) => subscriptions.upgradeTimer,
  applies: (market, row) => {
    const offer = offerOf(market, row)
    return kindOf(offer.product).changes && nextOffer(market, offer) !== undefined
  },
  act: (market, row) => {
    const next = nextOffer(market, offerOf(market, row))
    if (next === undefined) return
    const quantity = sold(market.subscriptions.quantity[row], next.quantity)
    order({ kind: 'upgrade', row, specification: next.id, quantity, months: 0 })
  },
})

/** */
export const expanding = (
  order: OrderTerm,
): Declared<Subscriptions, 'subscriptions', RepeatedHabit & { readonly by: Distribution }> => ({
  timer: 'buyerExpands',
  stream: 'expanding',
  habit: ({ habits: { expand } }) => ({
    ...habitFrom(expand),
    repeat: expand.repeat,
    by: distribution(expand.by),
  }),
  account: ({ subscriptions }) => subscriptions.account,
  pending: ({ subscriptions }) => subscriptions.expandTimer,
  applies: (market, row) => {
    const { product, quantity } = offerOf(market, row)
    return kindOf(product).changes && quantity !== null
  },
  act: (market, row, behaviour) => {
    const by = Math.max(1, behaviour.habit(row).by.sample(behaviour.stream(row)))
    const quantity = market.subscriptions.quantity[row]
    const wanted = Math.max(quantity, sold(quantity + by, offerOf(market, row).quantity))
    order({
      kind: 'expansion',
      row,
      specification: market.subscriptions.specification[row],
      quantity: wanted,
      months: 0,
    })
  },
})

/** The specification after this one in its product, if it is sold for a term too. */
function nextOffer(market: Subscriptions, offer: Offer): Offer | undefined {
  if (offer.id === market.world.catalog.offers.length) return undefined
  const next = market.offer(offer.id + 1)
  const { billing } = next.specification
  return next.productId === offer.productId && (billing === 'monthly' || billing === 'yearly') ? next : undefined
}
