/** What the end of a supervision flow does to its order (O-10, O-11, S-07..S-09, S-11). */
import { earnAtOnce } from '../subscriptions/earnings.ts'
import type { Market } from '../market.ts'
import { step } from '../orders/order-steps.ts'
import { refundOrder } from '../orders/refunds.ts'
import { sellOrder } from '../sellers/seller-share.ts'
import { beginTerm, earnOrder } from '../subscriptions/terms.ts'
import { supervisionKinds } from './supervision-lifecycles.ts'
import { wordNumber } from '../words.ts'

/** The order is completed; a term begins by O-11, and what was bought once is earned now. */
export function completeSupervised(market: Market, row: number, rule: string): void {
  const { flows, orders } = market
  const order = flows.order[row]
  step(market, order, 'complete', rule)
  sellOrder(market, order, 'after-completion')
  if (orders.months[order] === 0 && orders.trial[order] === 0) earnOrder(market, order)
  else beginTerm(market, order, termStart(market, row))
  if (supervisionKinds[flows.kind[row]] === 'saas') issueCredentials(market, row)
  forget(market, row)
}

/** The order is cancelled: all that was paid is returned, or (S-09 alone) kept and so earned. */
export function cancelSupervised(market: Market, row: number, rule: string, refunds: boolean): void {
  const { flows, orders } = market
  const order = flows.order[row]
  step(market, order, 'cancel', rule)
  if (refunds) refundOrder(market, order, orders.amount.at(order), rule)
  else
    earnAtOnce(market, {
      order: orders.id[order],
      account: orders.account[order],
      specification: orders.specification[order],
      price: orders.amount.at(order) - orders.tax.at(order),
      // It was never completed, so that its seller has no share of it (L-02).
      commission: orders.amount.at(order) - orders.tax.at(order),
    })
  forget(market, row)
}

/** O-11: at acceptance, at completion or at payment. What a manager or the 365 days complete was never accepted. */
function termStart(market: Market, row: number): number {
  const { flows, policies, now } = market
  if (policies['term.start'] === 'paid') return flows.paidAt[row]
  return policies['term.start'] === 'accepted' && flows.acceptedAt[row] > 0 ? flows.acceptedAt[row] : now
}

/** S-11: the application appears among the purchased ones; the record knows that there is a password, never which. */
function issueCredentials(market: Market, row: number): void {
  const { flows, accounts, facts, now } = market
  facts.app_credentials({
    order_id: flows.id[row],
    at: now,
    account: accounts.id[flows.account[row]],
    rule: wordNumber('S-11'),
  })
}

function forget(market: Market, row: number): void {
  const { flows, orders } = market
  orders.remove(flows.order[row])
  flows.remove(row)
}
