/** Terms of yearly/monthly subscriptions (T-04, T-05, R-02) and the revenue they earn day by day (M-05, Q-07). */
import { dayOf } from '../billing/civil-time.ts'
import { termEnd } from '../billing/term.ts'
import { wordNumber } from '../record/words.ts'
import type { Market } from './market.ts'
import { subscription } from './subscription.ts'
import { NONE } from './tables.ts'

const DAY = 86_400_000

type SubscriptionEvent = (typeof subscription.events)[number]

/** A term begins, now or as of `start` (O-11). What was paid is earned evenly over its civil days. */
export function beginTerm(
  market: Market,
  what: { order: number; account: number; months: number; price: number; start?: number; trialEnd?: number },
): void {
  const { subscriptions, timers, policies, now } = market
  const start = what.start ?? now
  const row = subscriptions.add()
  subscriptions.id[row] = what.order
  subscriptions.account[row] = what.account
  subscriptions.state[row] = subscription.state.active
  subscriptions.termStart[row] = start
  subscriptions.termEnd[row] = what.trialEnd ?? termEnd(start, what.months, policies['time.utcOffset'])
  subscriptions.trial[row] = what.trialEnd === undefined ? 0 : 1
  subscriptions.price[row] = what.price
  writeStep(market, row, 'begin', NONE, 'T-05')
  subscriptions.timer[row] = timers.wake('subscriptionMilestone', Math.max(now, subscriptions.termEnd[row]), row)
}

/** expiry, then grace (usable), then retention (frozen), then release; a trial (O-12) has neither of them. */
export function passSubscriptionMilestone(market: Market, row: number): void {
  const { subscriptions, policies, timers, now } = market
  const state = subscriptions.state[row]
  const day = subscriptions.trial[row] === 1 ? 0 : DAY
  if (state === subscription.state.active) {
    recognise(market, row)
    step(market, row, 'expire')
    subscriptions.timer[row] = timers.wake('subscriptionMilestone', now + policies['grace.days'] * day, row)
  } else if (state === subscription.state.grace) {
    step(market, row, 'graceEnds')
    subscriptions.timer[row] = timers.wake('subscriptionMilestone', now + policies['retention.days'] * day, row)
  } else {
    step(market, row, 'retentionEnds')
    subscriptions.remove(row)
  }
}

function step(market: Market, row: number, event: SubscriptionEvent): void {
  const { subscriptions } = market
  const from = subscriptions.state[row]
  subscriptions.state[row] = market.move(subscription, from, event)
  writeStep(market, row, event, from, 'R-02')
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

/** What is earned at an instant: the price over the term's civil days, times the days that have ended, truncated. */
function earned(market: Market, row: number): number {
  const { subscriptions, policies, now } = market
  const offset = policies['time.utcOffset']
  const first = dayOf(subscriptions.termStart[row], offset)
  const days = dayOf(subscriptions.termEnd[row], offset) - first
  const ended = Math.min(days, dayOf(now, offset) - first)
  return Number((BigInt(subscriptions.price[row]) * BigInt(ended)) / BigInt(days))
}

/** Moves what has been earned since the last time from deferred to marketplace revenue. */
function recognise(market: Market, row: number): void {
  const { subscriptions } = market
  const price = earned(market, row) - subscriptions.recognised[row]
  subscriptions.recognised[row] += price
  earnAtOnce(market, { order: subscriptions.id[row], account: subscriptions.account[row], price })
}

/** `price` of an order is earned now: a stretch of its term, or all of what has no term. */
export function earnAtOnce(market: Market, what: { order: number; account: number; price: number }): void {
  const { accounts, ledger, now } = market
  const amount = what.price
  if (amount === 0) return
  const owner = accounts.id[what.account]
  ledger.begin({
    at: now,
    kind: 'recognition',
    account: owner,
    order: what.order,
    hour: 0,
    repeats: 1,
    rule: wordNumber('M-05'),
  })
  ledger.post('deferred-revenue', owner, amount)
  ledger.post('marketplace-revenue', 0, -amount)
  ledger.close()
}

/** At the end of a month, and of the run: every running term earns up to now. */
export function recogniseAll(market: Market): void {
  const { subscriptions } = market
  for (let row = 0; row < subscriptions.rows; row++)
    if (subscriptions.price[row] > 0 && subscriptions.state[row] === subscription.state.active) recognise(market, row)
}
