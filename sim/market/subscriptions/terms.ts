/** Terms of yearly/monthly subscriptions (T-04, T-05): their beginning, expiry, grace, retention and release. */

import { dayOf, startOfDay } from '#base/civil-time.ts'
import type { Instant } from '#base/time.ts'
import { patience, patienceEnds } from '../../billing/grace.ts'
import { termEnd } from '../../billing/term.ts'
import { graceMilestones, type Milestone, nextMilestone, retentionMilestones } from '../../cell/milestones.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { begin, type Step, transition } from '../../cell/transition.ts'
import { withdraw } from '../orders/order-steps.ts'
import { beginEarning, earnAtOnce, endEarning } from './earnings.ts'
import { subscription } from './subscription.ts'
import { type Subscriptions, subscriptionTimerColumns } from './subscriptions.ts'

type SubscriptionEvent = (typeof subscription.events)[number]

/** 7, 3 and 1 days before expiry; then, as in A-06, before the freeze and before the release. */
const milestones: Readonly<Record<'active' | 'grace' | 'retention', readonly Milestone[]>> = {
  active: [
    { daysBefore: 7, notice: 'expires-in-7-days' },
    { daysBefore: 3, notice: 'expires-in-3-days' },
    { daysBefore: 1, notice: 'expires-in-1-day' },
    { daysBefore: 0, notice: 'expired' },
  ],
  grace: graceMilestones,
  retention: retentionMilestones,
}

/**
 * The term of an order that was completed begins, now or as of `start` (O-11). Its price is earned by its days. Returns the
 * row of its subscription.
 */
export function beginTerm(
  market: Subscriptions,
  order: Row<'orders'>,
  start: Instant = market.now,
): Row<'subscriptions'> {
  const { subscriptions, orders, policies } = market
  const row = subscriptions.add()
  const months = orders.months[order]
  subscriptions.id[row] = orders.id[order]
  subscriptions.account[row] = orders.account[order]
  subscriptions.specification[row] = orders.specification[order]
  subscriptions.quantity[row] = orders.quantity[order]
  subscriptions.pool[row] = orders.pool[order]
  subscriptions.plan[row] = orders.plan[order]
  subscriptions.ownMonths[row] = months
  subscriptions.months[row] = months
  subscriptions.boughtAt[row] = orders.createdAt[order]
  subscriptions.termStart[row] = start
  subscriptions.trial[row] = orders.trial[order]
  subscriptions.termEnd[row] =
    orders.trial[order] === 1 ? trialEnd(market, start) : termEnd(start, months, policies['time.utcOffset'])
  subscriptions.anchor[row] = start
  subscriptions.total[row] = months
  writeStep(market, row, begin(market, subscription, subscriptions.state, row, 'active', 'T-05'))
  earnPeriod(market, row, order, start, true)
  market.termBegan.emit(row, order)
  scheduleMilestone(market, row, 0)
  if (orders.trial[order] === 0) market.termTurned.emit(row, 'begun')
  return row
}

/** An order was completed: the term that it bought begins, a trial (O-12) too; what was bought once is earned. */
export function beginOrEarn(market: Subscriptions, order: Row<'orders'>, start: Instant): void {
  const { orders } = market
  if (orders.trial[order] === 0 && orders.months[order] === 0) earnOrder(market, order)
  else beginTerm(market, order, start)
}

/** What was bought once is earned with its completion; the share of its seller is a cost then. */
export function earnOrder(market: Subscriptions, order: Row<'orders'>): void {
  const { orders } = market
  const price = orders.amount.at(order) - orders.tax.at(order)
  earnAtOnce(market, {
    order: orders.id[order],
    account: orders.account[order],
    specification: orders.specification[order],
    price,
    commission: price - orders.sellerCost.at(order),
  })
}

/** What a paid order bought is earned from `from` to the end of the term; a server's share is the cloud's. */
export function earnPeriod(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  order: Row<'orders'>,
  from: number,
  first: boolean,
): void {
  const { subscriptions, orders } = market
  const cloud = orders.cloudPrice.at(order)
  const net = orders.amount.at(order) - orders.tax.at(order)
  if (net === 0n && !first) market.freePeriods.add(row, { from, to: subscriptions.termEnd[row] }, market.now)
  const what = {
    order: orders.id[order],
    subscription: row,
    from,
    to: subscriptions.termEnd[row],
    // What an order bought of days that had passed is earned when it was paid; a first term begins with its order.
    since: first ? from : Math.max(from, market.now),
    months: orders.months[order],
    first,
  }
  const paid = { tax: orders.tax.at(order), ...couponsOf(market, order) }
  const none = { tax: 0n, cashCoupon: NONE, couponPaid: 0n, discountCoupon: NONE, discountPaid: 0n, lowered: 0 }
  if (net > cloud) {
    const commission = net - cloud - orders.sellerCost.at(order)
    beginEarning(market, { ...what, ...paid, price: net - cloud, commission, cloud: false })
  }
  if (cloud > 0n)
    beginEarning(market, { ...what, ...(net > cloud ? none : paid), price: cloud, commission: cloud, cloud: true })
}

/** Which coupons paid of an order, and how much: an unsubscription may give them back (N-05, N-06). */
const couponsOf = ({ orders }: Subscriptions, order: Row<'orders'>) => ({
  cashCoupon: orders.cashCoupon[order],
  couponPaid: orders.couponPaid.at(order),
  discountCoupon: orders.discountCoupon[order],
  discountPaid: orders.discountPaid.at(order),
  lowered: orders.lowered[order],
})

/** What an expired subscription has of grace and retention: by the rules of its expiry, as far as they are known. */
function endsOf(market: Subscriptions, row: Row<'subscriptions'>) {
  const { subscriptions, accounts, world } = market
  const expiry = subscriptions.termEnd[row]
  const { tier } = world.scenario.buyers[accounts.segment[subscriptions.account[row]]]
  return patienceEnds(expiry, patience('yearly-monthly', market.policiesAt(Math.min(expiry, market.now)), tier))
}

/** The end of the phase that a subscription is in; a trial (O-12) has neither grace nor retention. */
export function phaseEnd(market: Subscriptions, row: Row<'subscriptions'>): number {
  const { subscriptions } = market
  const expiry = subscriptions.termEnd[row]
  const state = subscription.states[subscriptions.state[row]]
  if (state === 'active' || subscriptions.trial[row] === 1) return expiry
  const ends = endsOf(market, row)
  return state === 'grace' ? ends.graceEnds : ends.retentionEnds
}

/** When a subscription that is not renewed is released, by what is known now: people do not foresee a change of policy. */
export const releaseAt = (market: Subscriptions, row: Row<'subscriptions'>): number => endsOf(market, row).retentionEnds

const milestonesOf = (market: Subscriptions, row: Row<'subscriptions'>): readonly Milestone[] => {
  const state = subscription.states[market.subscriptions.state[row]]
  return state === 'released' ? [] : milestones[state]
}

/** Sets the timer to the next milestone from position `from` on. */
export function scheduleMilestone(market: Subscriptions, row: Row<'subscriptions'>, from: number): void {
  const { subscriptions, timers, now } = market
  // A renewal paid in retention may buy a period that is over already: what follows it is due immediately.
  const phase = { end: phaseEnd(market, row), now, silent: subscriptions.trial[row] === 1 }
  const next = nextMilestone(milestonesOf(market, row), from, phase)
  if (next !== null) subscriptions.timer[row] = timers.wake('subscriptionMilestone', next.at, row, next.index)
}

/** a message is due, or a phase ends: expiry, then grace (usable), then retention (frozen), then release. */
export function passSubscriptionMilestone(market: Subscriptions, row: Row<'subscriptions'>, index: number): void {
  const { subscriptions } = market
  subscriptions.timer[row] = NONE
  const { daysBefore, notice } = milestonesOf(market, row)[index]
  if (subscriptions.trial[row] === 0) market.notify(subscriptions.account[row], notice, 'R-02', subscriptions.id[row])
  if (daysBefore > 0) {
    scheduleMilestone(market, row, index + 1)
    return
  }
  const state = subscriptions.state[row]
  if (state === subscription.state.active) expire(market, row)
  else if (state === subscription.state.grace) {
    step(market, row, 'graceEnds', 'R-02')
    market.termFrozen.emit(row)
    scheduleMilestone(market, row, 0)
  } else {
    market.termReleased.emit(row, 'R-02')
    step(market, row, 'retentionEnds', 'R-02')
    removeSubscription(market, row, 'R-02')
  }
}

/** Automatic renewal tries no more, and nothing can be changed any more. */
function expire(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, timers } = market
  step(market, row, 'expire', 'R-02')
  timers.cancel(subscriptions.autoTimer[row])
  subscriptions.autoTimer[row] = NONE
  const { busy } = subscriptions
  if (busy[row] !== NONE && market.orders.months[busy[row]] === 0) withdraw(market.orderChapter, busy[row], 'X-01')
  market.termExpired.emit(row)
  scheduleMilestone(market, row, 0)
  if (subscriptions.trial[row] === 0) market.termTurned.emit(row, 'expired')
}

/** A released subscription: its open order goes, its timers and its row. */
export function removeSubscription(market: Subscriptions, row: Row<'subscriptions'>, rule: string): void {
  const { subscriptions, timers } = market
  if (subscriptions.busy[row] !== NONE) withdraw(market.orderChapter, subscriptions.busy[row], rule)
  for (const timer of subscriptionTimerColumns) timers.cancel(subscriptions[timer][row])
  for (const earning of market.earningsOf(row)) {
    timers.cancel(market.earnings.timer[earning])
    endEarning(market, earning)
  }
  market.freePeriods.remove(row)
  subscriptions.remove(row)
}

/** One step through the table, with the term as it is after it. */
export function step(market: Subscriptions, row: Row<'subscriptions'>, event: SubscriptionEvent, rule: string): void {
  const { subscriptions } = market
  writeStep(market, row, transition(market, subscription, subscriptions.state, row, event, rule))
}

function writeStep({ subscriptions, facts }: Subscriptions, row: Row<'subscriptions'>, step: Step): void {
  facts.subscription_steps({
    subscription_id: subscriptions.id[row],
    ...step,
    term_start: subscriptions.termStart[row],
    term_end: subscriptions.termEnd[row],
  })
}

/** A trial ends, like a term (T-05), with its last civil day: begun on the 1st for 7 days, it ends with the 8th. */
function trialEnd(market: Subscriptions, start: number): number {
  const offset = market.policies['time.utcOffset']
  return startOfDay(dayOf(start, offset) + market.policies['trial.days'] + 1, offset)
}
