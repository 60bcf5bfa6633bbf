/** Automatic renewal (R-03..R-05): tried at 03:00 from seven days, or a chosen day, before expiry, until it is paid. */

import { DAY } from '#base/time.ts'
import { renewalAttempts } from '../../billing/auto-renewal.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { offerOf, refuseAbout } from './about.ts'
import { renewAutomatically } from './renewal.ts'
import { subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'

/**
 * C-05: whether the seller lets it be renewed automatically; a delisted product is, unless the seller stopped renewals.
 */
function isRenewable(market: Subscriptions, row: Row<'subscriptions'>): boolean {
  const { specification, productId } = offerOf(market, row)
  return (!('autoRenew' in specification) || specification.autoRenew) && market.renewsAutomatically(productId)
}

/** Switches it on; the first try is `daysBefore` (1..7) days before the last day, or is the next one possible. */
export function enableAutoRenewal(market: Subscriptions, row: Row<'subscriptions'>, daysBefore: number): boolean {
  if (!isRenewable(market, row)) {
    refuseAbout(market, row, { refused: 'not-renewable', rule: 'C-05' })
    return false
  }
  market.subscriptions.autoDay[row] = daysBefore
  scheduleTry(market, row)
  return true
}

/** after any renewal the next try is seven days, or the chosen day, before the new expiry. */
export function scheduleTry(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, timers, policies, now } = market
  timers.cancel(subscriptions.autoTimer[row])
  subscriptions.autoTimer[row] = NONE
  const daysBefore = subscriptions.autoDay[row]
  if (daysBefore === 0 || subscriptions.state[row] !== subscription.state.active || isUsedUp(market, row)) return
  const expiry = subscriptions.termEnd[row]
  const whenFunded = { expiry, enabledAt: now, fundedAt: Number.NEGATIVE_INFINITY, daysBefore }
  const [first] = renewalAttempts(whenFunded, policies['time.utcOffset']).attempts
  if (first !== undefined) subscriptions.autoTimer[row] = timers.wake('autoRenewalTries', first, row)
}

/** R-04, `autoRenew.times`. */
function isUsedUp(market: Subscriptions, row: Row<'subscriptions'>): boolean {
  const times = market.policies['autoRenew.times']
  return times !== 'unlimited' && market.subscriptions.autoTimes[row] >= times
}

/** A try: the product's own term once more, or `autoRenew.period`. Daily until paid, none after expiry. */
export function tryRenewal(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, timers, policies, now } = market
  subscriptions.autoTimer[row] = NONE
  if (!isRenewable(market, row)) {
    refuseAbout(market, row, { refused: 'not-renewable', rule: 'C-05' })
    return
  }
  const period = policies['autoRenew.period']
  if (renewAutomatically(market, row, period === 'term' ? subscriptions.ownMonths[row] : period)) {
    subscriptions.autoTimes[row]++
    return
  }
  const next = now + DAY
  if (next < subscriptions.termEnd[row]) subscriptions.autoTimer[row] = timers.wake('autoRenewalTries', next, row)
}
