/** What the end of a supervision flow does to its order (O-10, O-11, S-07..S-09, S-11). */

import type { Instant } from '#base/time.ts'
import type { Row } from '../../cell/table.ts'
import { order } from '../orders/order.ts'
import { step } from '../orders/order-steps.ts'
import { refundOrder } from '../orders/refunds.ts'
import { sellOrder } from '../orders/sale.ts'
import type { Supervision } from './supervision.ts'
import { supervisionKinds } from './supervision-lifecycles.ts'

/** The order is completed; a term begins by O-11, and what was bought once is earned now. */
export function completeSupervised(market: Supervision, row: Row<'flows'>, rule: string): void {
  const { flows } = market
  const sold = flows.order[row]
  step(market.orderChapter, sold, 'complete', rule)
  sellOrder(market.orderChapter, sold, 'after-completion')
  market.orderChapter.orderCompleted.emit(sold, termStart(market, row))
  if (supervisionKinds[flows.kind[row]] === 'saas') issueCredentials(market, row)
  removeFlow(market, row)
}

/** The order is cancelled: all that was paid is returned, or (S-09 alone) kept and so earned. */
export function cancelSupervised(market: Supervision, row: Row<'flows'>, rule: string, refunds: boolean): void {
  const { flows, orders } = market
  const sold = flows.order[row]
  step(market.orderChapter, sold, 'cancel', rule)
  if (refunds) refundOrder(market.orderChapter, sold, orders.amount.at(sold), rule)
  else market.orderChapter.paymentKept.emit(sold)
  removeFlow(market, row)
}

/** O-11: at acceptance, at completion or at payment. What a manager or the 365 days complete was never accepted. */
function termStart(market: Supervision, row: Row<'flows'>): Instant {
  const { flows, policies, now } = market
  if (policies['term.start'] === 'paid') return flows.paidAt[row]
  return policies['term.start'] === 'accepted' && flows.acceptedAt[row] > 0 ? flows.acceptedAt[row] : now
}

/** S-11: the application appears among the purchased ones; the record knows that there is a password, never which. */
function issueCredentials(market: Supervision, row: Row<'flows'>): void {
  const { flows, accounts, facts, now } = market
  facts.app_credentials({
    order_id: flows.id[row],
    at: now,
    account: accounts.id[flows.account[row]],
    rule: market.word('S-11'),
  })
}

function removeFlow(market: Supervision, row: Row<'flows'>): void {
  const { flows, orders } = market
  orders.remove(flows.order[row])
  flows.remove(row)
}

/** S-01: the order of a flow that is not over is paid, and neither completed nor cancelled. */
export function checkFlows({ flows, orders }: Supervision): void {
  for (let row = 0; row < flows.rows; row++) {
    if (flows.id[row] === 0) continue
    const at = flows.order[row]
    if (orders.id[at] !== flows.id[row] || orders.state[at] !== order.state.processing)
      throw new Error(`S-01: order ${flows.id[row]} is supervised and is '${order.states[orders.state[at]]}'`)
  }
}
