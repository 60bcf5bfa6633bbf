/**
 * Servers of an order that its buyer paid for and does not have: those that could not be created (E-05, `custom.partial:
 * keep-created`), and those that an outage takes (E-10, `outage.refund: rest-of-term`). Their part of what was paid goes back,
 * `k` of `n` equal ones, truncated; the term of the others continues, and is renewed for them alone.
 */
import { NONE, type Row } from '../../cell/table.ts'
import { withdraw } from '../orders/order-steps.ts'
import { splitEarning } from './earnings.ts'
import { isRefunded, refundPeriods, withoutFee } from './period-refunds.ts'
import type { Subscriptions } from './subscriptions.ts'

/** An outage takes a server of a subscription (E-10), and others remain: it is refunded when all are gone that it takes. */
export function loseServer(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, timers, now } = market
  if (subscriptions.servers[row] === 0 || !isRefunded(market, row)) return
  subscriptions.lost[row]++
  if (subscriptions.lostTimer[row] === NONE) subscriptions.lostTimer[row] = timers.wake('serversAreRefunded', now, row)
}

/** The outage has taken them all; the others remain. */
export function refundLostServers(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions } = market
  const lost = subscriptions.lost[row]
  subscriptions.lost[row] = 0
  subscriptions.lostTimer[row] = NONE
  refundServers(market, row, lost, 'E-10')
}

/**
 * The part of `servers` in each period that was paid goes back: N-03 of what has begun, N-05 of what has not, which the term
 * of servers that were not created never does. An open order about the subscription is for too many, and is cancelled.
 */
export function refundServers(
  market: Subscriptions,
  row: Row<'subscriptions'>,
  servers: number,
  rule: 'E-05' | 'E-10',
): void {
  const { subscriptions, policies } = market
  const share = { part: servers, of: subscriptions.quantity[row] }
  subscriptions.quantity[row] -= servers
  const parts = market.earningsOf(row).map((earning) => splitEarning(market, earning, share))
  refundPeriods(market, row, parts, { kind: 'partial-refund', rule, servers, policies: withoutFee(policies) })
  if (subscriptions.busy[row] !== NONE) withdraw(market.orderChapter, subscriptions.busy[row], rule)
  market.wallets.wakeBalance(subscriptions.account[row])
}
