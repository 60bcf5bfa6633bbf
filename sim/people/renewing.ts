/** How buyers renew (R-01..R-03): automatically if they switch it on, by hand in time or late, or not at all. */
import { kindOf } from '#scenarios/product-kinds.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { withinLastDays } from '../billing/term.ts'
import { NONE, type Row } from '../cell/table.ts'
import { offerOf } from '../market/subscriptions/about.ts'
import { enableAutoRenewal } from '../market/subscriptions/auto-renewal.ts'
import { asItIs, type Renewal } from '../market/subscriptions/renewal.ts'
import type { Subscriptions } from '../market/subscriptions/subscriptions.ts'
import { releaseAt } from '../market/subscriptions/terms.ts'
import type { Behaviour, Declared, Habit } from './behaviour.ts'
import { durationDistribution, happens } from './draws.ts'
import { sold } from './preferences.ts'
import type { OrderTerm } from './term-wishes.ts'

/** a smaller configuration may be chosen in the last days of a term. */
const LAST_DAYS = 30

/** `after` is how long before the expiry. */
type RenewalHabit = Habit & Pick<BuyerSegment['habits'], 'downgrade' | 'renewing'>
type Renewing = Behaviour<Subscriptions, 'subscriptions', RenewalHabit>

/** whether and when the buyer renews a term by hand: before its expiry, or at any time until the release. */
export const renewing = (order: OrderTerm): Declared<Subscriptions, 'subscriptions', RenewalHabit> => ({
  timer: 'buyerRenews',
  stream: 'renewing',
  habit: ({ habits: { renewing, downgrade } }) => ({
    probability: renewing.manual,
    after: durationDistribution(renewing.before),
    ...{ renewing, downgrade },
  }),
  account: ({ subscriptions }) => subscriptions.account,
  pending: ({ subscriptions }) => subscriptions.renewTimer,
  delay: (market, row, habit, stream) => {
    const { subscriptions, now } = market
    const expiry = subscriptions.termEnd[row]
    const isLate = now >= expiry || happens(habit.renewing.late, () => stream)
    const at = isLate
      ? expiry + Math.floor(stream.next() * (releaseAt(market, row) - expiry))
      : expiry - Math.max(1, Math.round(habit.after.sample(stream)))
    return Math.max(0, at - now)
  },
  act: (market, row, behaviour) => {
    const { offer, quantity, months } = wish(market, row, behaviour)
    order({ kind: 'renewal', row, specification: offer.id, quantity, months })
  },
})

/** A term began, was renewed or expired: the buyer decides about the next one. */
export function termTurned(
  behaviour: Renewing,
  market: Subscriptions,
  row: Row<'subscriptions'>,
  how: 'begun' | 'renewed' | 'expired',
): void {
  const { subscriptions } = market
  if (how === 'expired') {
    // Automatic renewal failed: the buyer may still renew by hand.
    if (subscriptions.autoOn[row] === 1) behaviour.consider(row)
    return
  }
  behaviour.cancel(row)
  const { auto, autoDay } = behaviour.habit(row).renewing
  if (how === 'begun' && happens(auto, () => behaviour.stream(row, 'auto-renewal')))
    enableAutoRenewal(market, row, autoDay)
  if (subscriptions.autoTimer[row] === NONE) behaviour.consider(row)
}

/** As it is, or (X-01, where it is allowed) smaller: the specification before it, or else half of the quantity. */
function wish(market: Subscriptions, row: Row<'subscriptions'>, behaviour: Renewing): Renewal {
  const { subscriptions, policies, now } = market
  const same = asItIs(market, row)
  const isAllowed = policies['change.downAtRenewal'] && withinLastDays(now, subscriptions.termEnd[row], LAST_DAYS)
  if (!isAllowed || !kindOf(same.offer.product).changes) return same
  if (!happens(behaviour.habit(row).downgrade, () => behaviour.stream(row, 'downgrading'))) return same
  const smaller = same.offer.id > 1 ? market.offer(same.offer.id - 1) : undefined
  const isSold =
    smaller?.productId === same.offer.productId && smaller.plans.some(({ months }) => months === same.months)
  if (smaller !== undefined && isSold)
    return { ...same, offer: smaller, quantity: sold(same.quantity, smaller.quantity) }
  const { quantity } = offerOf(market, row)
  return quantity === null ? same : { ...same, quantity: Math.min(same.quantity, sold(same.quantity / 2, quantity)) }
}
