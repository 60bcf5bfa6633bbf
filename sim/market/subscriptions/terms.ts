/** Terms of yearly/monthly subscriptions (T-04, T-05): their beginning, expiry, grace, retention and release. */
import { DAY } from '#base/time.ts'
import { patience, patienceEnds } from '../../billing/grace.ts'
import { termEnd } from '../../billing/term.ts'
import { beginEarning, earnAtOnce, earningsOf, endEarning } from './earnings.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { withdraw } from '../orders/open-orders.ts'
import { subscription } from './subscription.ts'
import { subscriptionTimers } from './subscription-table.ts'
import { NONE } from '../tables.ts'
import { expireServers, freezeServers, joinServers, releaseServers } from '../servers/term-servers.ts'
import { trialEnd } from '../orders/trial.ts'
import { type NoticeCode, wordNumber } from '../words.ts'

type SubscriptionEvent = (typeof subscription.events)[number]

interface Milestone {
  /** Days before the end of the phase; 0 is its end. */
  readonly daysBefore: number
  readonly notice: NoticeCode
}

/** 7, 3 and 1 days before expiry; then, as in A-06, before the freeze and before the release. */
const milestones: Readonly<Record<'active' | 'grace' | 'retention', readonly Milestone[]>> = {
  active: [
    { daysBefore: 7, notice: 'expires-in-7-days' },
    { daysBefore: 3, notice: 'expires-in-3-days' },
    { daysBefore: 1, notice: 'expires-in-1-day' },
    { daysBefore: 0, notice: 'expired' },
  ],
  grace: [
    { daysBefore: 5, notice: 'freeze-in-5-days' },
    { daysBefore: 2, notice: 'freeze-in-2-days' },
    { daysBefore: 0, notice: 'frozen' },
  ],
  retention: [
    { daysBefore: 6, notice: 'release-in-6-days' },
    { daysBefore: 2, notice: 'release-in-2-days' },
    { daysBefore: 0, notice: 'released' },
  ],
}

/** The term of an order that was completed begins, now or as of `start` (O-11). Its price is earned by its days. */
export function beginTerm(market: Market, order: number, start: number = market.now): void {
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
  subscriptions.state[row] = subscription.state.active
  subscriptions.boughtAt[row] = orders.createdAt[order]
  subscriptions.termStart[row] = start
  subscriptions.trial[row] = orders.trial[order]
  subscriptions.termEnd[row] =
    orders.trial[order] === 1 ? trialEnd(market, start) : termEnd(start, months, policies['time.utcOffset'])
  subscriptions.anchor[row] = start
  subscriptions.total[row] = months
  subscriptions.busy[row] = NONE
  subscriptions.earning[row] = NONE
  for (const timer of subscriptionTimers) subscriptions[timer][row] = NONE
  writeStep(market, row, 'begin', NONE, 'T-05')
  earnPeriod(market, row, order, start, true)
  joinServers(market, row, order)
  scheduleMilestone(market, row, 0)
  if (orders.trial[order] === 0) market.reactions.termTurned(row, 'begun')
}

/** What was bought once is earned with its completion. */
export function earnOrder(market: Market, order: number): void {
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
export function earnPeriod(market: Market, row: number, order: number, from: number, first: boolean): void {
  const { subscriptions, orders } = market
  const cloud = orders.cloudPrice.at(order)
  const net = orders.amount.at(order) - orders.tax.at(order)
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
const couponsOf = ({ orders }: Market, order: number) => ({
  cashCoupon: orders.cashCoupon[order],
  couponPaid: orders.couponPaid.at(order),
  discountCoupon: orders.discountCoupon[order],
  discountPaid: orders.discountPaid.at(order),
  lowered: orders.lowered[order],
})

/** What an expired subscription has of grace and retention: by the rules of its expiry. */
function endsOf(market: Market, row: number) {
  const { subscriptions, accounts, world } = market
  const expiry = subscriptions.termEnd[row]
  const { tier } = world.scenario.buyers[accounts.segment[subscriptions.account[row]]]
  return patienceEnds(expiry, patience('yearly-monthly', market.policiesAt(expiry), tier))
}

/** The end of the phase that a subscription is in; a trial (O-12) has neither grace nor retention. */
export function phaseEnd(market: Market, row: number): number {
  const { subscriptions } = market
  const expiry = subscriptions.termEnd[row]
  const state = subscription.states[subscriptions.state[row]]
  if (state === 'active' || subscriptions.trial[row] === 1) return expiry
  const ends = endsOf(market, row)
  return state === 'grace' ? ends.graceEnds : ends.retentionEnds
}

/** When a subscription that nobody renews is released. */
export const releaseAt = (market: Market, row: number): number => endsOf(market, row).retentionEnds

const milestonesOf = (market: Market, row: number): readonly Milestone[] => {
  const state = subscription.states[market.subscriptions.state[row]]
  return state === 'released' ? [] : milestones[state]
}

/** Sets the timer to the first milestone from `from` on that still lies ahead: a short phase has no early messages. */
export function scheduleMilestone(market: Market, row: number, from: number): void {
  const { subscriptions, timers, now } = market
  const end = phaseEnd(market, row)
  const list = milestonesOf(market, row)
  for (let index = from; index < list.length; index++) {
    const { daysBefore } = list[index]
    const at = end - daysBefore * DAY
    if (daysBefore > 0 && (at <= now || subscriptions.trial[row] === 1)) continue
    // A renewal paid in retention may buy a period that is over already: what follows it is due at once.
    subscriptions.timer[row] = timers.wake('subscriptionMilestone', Math.max(now, at), row, index)
    return
  }
}

/** a message is due, or a phase ends: expiry, then grace (usable), then retention (frozen), then release. */
export function passSubscriptionMilestone(market: Market, meter: Meter, row: number, index: number): void {
  const { subscriptions } = market
  subscriptions.timer[row] = NONE
  const { daysBefore, notice } = milestonesOf(market, row)[index]
  if (subscriptions.trial[row] === 0) market.notify(subscriptions.account[row], notice, 'R-02', subscriptions.id[row])
  if (daysBefore > 0) {
    scheduleMilestone(market, row, index + 1)
    return
  }
  const state = subscriptions.state[row]
  if (state === subscription.state.active) expire(market, meter, row)
  else if (state === subscription.state.grace) {
    step(market, row, 'graceEnds', 'R-02')
    freezeServers(market, meter, row)
    scheduleMilestone(market, row, 0)
  } else {
    releaseServers(market, meter, row, 'R-02')
    step(market, row, 'retentionEnds', 'R-02')
    forget(market, row, 'R-02')
  }
}

/** Automatic renewal tries no more, and nothing can be changed any more. */
function expire(market: Market, meter: Meter, row: number): void {
  const { subscriptions, timers } = market
  step(market, row, 'expire', 'R-02')
  timers.cancel(subscriptions.autoTimer[row])
  subscriptions.autoTimer[row] = NONE
  const { busy } = subscriptions
  if (busy[row] !== NONE && market.orders.months[busy[row]] === 0) withdraw(market, busy[row], 'X-01')
  expireServers(market, meter, row)
  scheduleMilestone(market, row, 0)
  if (subscriptions.trial[row] === 0) market.reactions.termTurned(row, 'expired')
}

/** A released subscription: its open order goes, its timers and its row. */
export function forget(market: Market, row: number, rule: string): void {
  const { subscriptions, timers } = market
  if (subscriptions.busy[row] !== NONE) withdraw(market, subscriptions.busy[row], rule)
  for (const timer of subscriptionTimers) timers.cancel(subscriptions[timer][row])
  for (const earning of earningsOf(market, row)) {
    timers.cancel(market.earnings.timer[earning])
    endEarning(market, earning)
  }
  subscriptions.remove(row)
}

/** One step through the table, with the term as it stands after it. */
export function step(market: Market, row: number, event: SubscriptionEvent, rule: string): void {
  const { subscriptions } = market
  const from = subscriptions.state[row]
  subscriptions.state[row] = market.move(subscription, from, event)
  writeStep(market, row, event, from, rule)
}

function writeStep(market: Market, row: number, event: SubscriptionEvent | 'begin', from: number, rule: string): void {
  const { subscriptions, facts, now } = market
  facts.subscription_steps({
    subscription_id: subscriptions.id[row],
    at: now,
    event: wordNumber(event),
    from_state: from === NONE ? 0 : wordNumber(subscription.states[from]),
    to_state: wordNumber(subscription.states[subscriptions.state[row]]),
    rule: wordNumber(rule),
    term_start: subscriptions.termStart[row],
    term_end: subscriptions.termEnd[row],
  })
}
