/** Automatic renewal (R-03..R-05): tried at 03:00 from seven days, or a chosen day, before expiry, until it is paid. */

import { DAY } from '#base/time.ts'
import type { BuyerSegment } from '#scenarios/sections/buyers.ts'
import { renewalAttempts } from '../../billing/auto-renewal.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { offerOf, refuseAbout } from './about.ts'
import { askedAutomatically, renewAutomatically } from './renewal.ts'
import { subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'

/**
 * C-05: whether the seller lets it be renewed automatically; a delisted product is, unless the seller stopped renewals.
 */
function isRenewable(market: Subscriptions, row: Row<'subscriptions'>): boolean {
  const { specification, productId } = offerOf(market, row)
  return (!('autoRenew' in specification) || specification.autoRenew) && market.renewsAutomatically(productId)
}

/** Switches it on; the first try is `daysBefore` (0..7) days before the last day, or is the next one possible. */
export function enableAutoRenewal(market: Subscriptions, row: Row<'subscriptions'>, daysBefore: number): boolean {
  if (!isRenewable(market, row)) {
    refuseAbout(
      market,
      row,
      { refused: 'not-renewable', rule: market.delistedBy(offerOf(market, row).productId) },
      null,
    )
    return false
  }
  market.subscriptions.autoOn[row] = 1
  market.subscriptions.autoDay[row] = daysBefore
  write(market, row, 'enable')
  scheduleTry(market, row)
  return true
}

/** another day, and (`months` above 0) another period, from the next try on. */
export function modifyAutoRenewal(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  daysBefore: number,
  months: number,
): void {
  const { subscriptions } = market
  if (subscriptions.autoOn[row] === 0) return
  subscriptions.autoDay[row] = daysBefore
  if (months > 0) subscriptions.autoMonths[row] = months
  write(market, row, 'modify')
  scheduleTry(market, row)
}

/** it is not tried any more. */
export function disableAutoRenewal(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions } = market
  if (subscriptions.autoOn[row] === 0) return
  subscriptions.autoOn[row] = 0
  write(market, row, 'disable')
  scheduleTry(market, row)
}

/** A fact where the segment has any of the habits of R-08: then the record knows of every change. */
function write(market: Subscriptions, row: Row<'subscriptions'>, event: 'enable' | 'modify' | 'disable'): void {
  const { subscriptions, accounts, facts, now, world } = market
  const account = subscriptions.account[row]
  if (!changesAutoRenewal(world.scenario.buyers[accounts.segment[account]])) return
  facts.auto_renewals({
    subscription_id: subscriptions.id[row],
    at: now,
    account: accounts.id[account],
    event: market.word(event),
    day: subscriptions.autoDay[row],
    months: subscriptions.autoMonths[row],
    rule: market.word('R-08'),
  })
}

/** whether buyers of a segment ever change it in the term, leave it behind (C-06), or find its price too high. */
export const changesAutoRenewal = ({ stays, habits: { renewing, churn, elasticity } }: BuyerSegment): boolean =>
  stays !== null ||
  elasticity < 0 ||
  churn.refusal + churn.outage > 0 ||
  renewing.enable.probability + renewing.modify.probability + renewing.disable.probability > 0

/** after any renewal the next try is seven days, or the chosen day, before the new expiry. */
export function scheduleTry(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, timers, policies, now } = market
  timers.cancel(subscriptions.autoTimer[row])
  subscriptions.autoTimer[row] = NONE
  subscriptions.autoTried[row] = 0
  const daysBefore = subscriptions.autoDay[row]
  const isOn = subscriptions.autoOn[row] === 1
  if (!isOn || subscriptions.state[row] !== subscription.state.active || isUsedUp(market, row)) return
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

/**
 * A try: the product's own term once more, or `autoRenew.period`. Daily until paid, none after expiry. Before the first one of a
 * term its owner may find the price too high.
 */
export function tryRenewal(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, timers, policies, now } = market
  subscriptions.autoTimer[row] = NONE
  const isFirst = subscriptions.autoTried[row] === 0
  subscriptions.autoTried[row] = 1
  if (market.ownerHasLeft.ask(subscriptions.account[row]) || (isFirst && market.renewalDeclined.ask(row))) {
    disableAutoRenewal(market, row)
    return
  }
  const period = policies['autoRenew.period']
  const usual = period === 'term' ? subscriptions.ownMonths[row] : period
  const chosen = subscriptions.autoMonths[row]
  const months = chosen === 0 ? usual : chosen
  if (!isRenewable(market, row)) {
    const rule = market.delistedBy(offerOf(market, row).productId)
    refuseAbout(market, row, { refused: 'not-renewable', rule }, askedAutomatically(market, row, months))
    return
  }
  if (renewAutomatically(market, row, months)) {
    subscriptions.autoTimes[row]++
    return
  }
  const next = now + DAY
  if (next < subscriptions.termEnd[row]) subscriptions.autoTimer[row] = timers.wake('autoRenewalTries', next, row)
}
