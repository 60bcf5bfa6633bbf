/** Unsubscription of yearly/monthly images with their servers (N-01..N-07): each paid period refunds its own part. */

import type { Policies } from '#scenarios/policies.ts'
import type { Refusal } from '../../billing/line.ts'
import { unsubscriptionRefusal } from '../../billing/refund.ts'
import type { Row } from '../../cell/table.ts'
import { invoicedState } from '../invoices/invoicing.ts'
import { isOwingOrBusy, offerOf, refuseAbout } from './about.ts'
import { isRefunded, refundPeriods, withoutFee } from './period-refunds.ts'
import { subscription } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'
import { removeSubscription, step } from './terms.ts'

/** Gives a subscription back, if the rules allow it. */
export function unsubscribe(market: Subscriptions, row: Row<'subscriptions'>): void {
  const refusal = refusalOf(market, row)
  if (refusal !== null) {
    const { specification, quantity } = market.subscriptions
    const asked = { specification: specification[row], quantity: quantity[row], months: 0 }
    refuseAbout(market, row, refusal, { kind: 'unsubscription', ...asked })
    return
  }
  giveBack(market, row, 'N-03', market.policies)
}

/**
 * E-10, `outage.refund: rest-of-term`: an outage took the last server of a subscription. In its term, what is left of it goes
 * back as if it were unsubscribed.
 */
export function refundLost(market: Subscriptions, row: Row<'subscriptions'>): void {
  const { subscriptions, policies } = market
  if (subscriptions.servers[row] > 0 || !isRefunded(market, row)) return
  giveBack(market, row, 'E-10', withoutFee(policies))
}

/** What is left of the periods that were paid goes back, by these policies, and the subscription is released. */
function giveBack(market: Subscriptions, row: Row<'subscriptions'>, rule: 'N-03' | 'E-10', policies: Policies): void {
  const servers = market.subscriptions.servers[row]
  const asked = { kind: 'unsubscription', rule, servers, policies } as const
  const returned = refundPeriods(market, row, market.earningsOf(row), asked)
  if (returned.some(({ lines }) => lines.some(({ rule }) => rule === 'N-06')))
    market.returns.count[market.subscriptions.account[row]] += servers
  step(market, row, 'unsubscribe', rule)
  market.termReleased.emit(row, rule)
  const account = market.subscriptions.account[row]
  removeSubscription(market, row, rule)
  market.wallets.wakeBalance(account)
}

/** N-01, N-02, N-07 and O-10, in this order. */
function refusalOf(market: Subscriptions, row: Row<'subscriptions'>): Refusal | null {
  const { subscriptions, earnings } = market
  const { product, specification } = offerOf(market, row)
  const barred = isOwingOrBusy(market, row)
  const refusal = unsubscriptionRefusal({
    kind: product.kind,
    billing: specification.billing,
    invoiced: market.earningsOf(row).some((earning) => invoicedState(market.invoices, earnings.id[earning]) > 0),
    trial: false,
    busy: barred?.refused === 'change-in-progress',
  })
  if (refusal !== null) return refusal
  const frozen = frozenRefusal(market, subscriptions.account[row])
  if (frozen !== null) return frozen
  if (barred !== null) return barred
  return subscriptions.state[row] === subscription.state.active ? null : { refused: 'not-in-term', rule: 'N-07' }
}

/** N-07: not while frozen for legal reasons, nor, by policy, for a violation (O-14). */
function frozenRefusal({ freezes, policies }: Subscriptions, account: Row<'accounts'>): Refusal | null {
  const isRefused = policies['freeze.unsubscribe'] === 'refused' && freezes.isFrozen(account)
  return isRefused || freezes.isFrozenLegally(account) ? { refused: 'account-frozen', rule: 'N-07' } : null
}
