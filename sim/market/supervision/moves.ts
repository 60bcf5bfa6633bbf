/**
 * The moves of a supervision flow (S-02..S-05, S-08, S-09): the caller has checked that it is still that side's turn.
 */

import type { Row } from '../../cell/table.ts'
import { invoicedState, invoiceStates } from '../invoices/invoicing.ts'
import { fileAppeal, groundOf, lapseAppeal } from './appeal-steps.ts'
import { side } from './flows.ts'
import type { Supervision } from './supervision.ts'
import { clearClock } from './supervision-clocks.ts'
import { supervisionKinds, supervisionState } from './supervision-lifecycles.ts'
import { cancelSupervised, completeSupervised } from './supervision-orders.ts'
import { startAge, step } from './supervision-steps.ts'

/** S-02: the buyer submits the request; then it is the seller's turn. */
export function submitRequest(market: Supervision, row: Row<'flows'>, isAttached = false): void {
  step(market, row, 'submit-request', 'S-02', 'buyer')
  writeRequest(market, row, isAttached)
  if (market.policies['auto365.start'] === 'first-request') startAge(market, row)
  market.flowTurned.emit(row, false)
}

/** S-02: a request that fills in the template of the seller of a SaaS, or has an attachment for a service. */
function writeRequest(market: Supervision, row: Row<'flows'>, isAttached: boolean): void {
  const { flows, orders, facts, now, world } = market
  const { product } = world.catalog.offers[orders.specification[flows.order[row]] - 1]
  if (!product.requestTemplate && !isAttached) return
  facts.supervision_requests({
    order_id: flows.id[row],
    at: now,
    template: product.requestTemplate ? 1 : 0,
    attachment: isAttached ? 1 : 0,
    rule: market.word('S-02'),
  })
}

/** S-04: a license has no request to reject, and `reject.cap` may set a limit. */
export function mayRejectRequest(market: Supervision, row: Row<'flows'>): boolean {
  const { flows, policies } = market
  const cap = policies['reject.cap']
  return supervisionKinds[flows.kind[row]] !== 'license' && (cap === 'none' || flows.sellerRejections[row] < cap)
}

/**
 * What a seller does on their turn: deliver, reject the request (S-04), or appeal (S-06). A policy that changed on the
 * way may leave only delivery; a complaint about a buyer's silence then has no effect.
 */
export function sellerMoves(
  market: Supervision,
  row: Row<'flows'>,
  move: 'deliver' | 'reject-request' | 'appeal',
): void {
  const { flows } = market
  if (move === 'appeal' && groundOf(market, row, 'seller') !== null) {
    fileAppeal(market, row, 'seller')
    return
  }
  if (flows.state[row] !== supervisionState['awaiting-seller']) return
  const rejects = move === 'reject-request' && mayRejectRequest(market, row)
  if (rejects) flows.sellerRejections[row]++
  step(market, row, rejects ? 'reject-request' : 'deliver', 'S-04', 'seller')
  market.flowTurned.emit(row, false)
  if (rejects && groundOf(market, row, 'buyer') !== null) market.appealPossible.emit(row, 'buyer')
}

/** S-05, N-01: the buyer accepts, warned that there is no way back; three hours later the order is completed (S-08). */
export function acceptProduct(market: Supervision, row: Row<'flows'>): void {
  const { flows } = market
  market.notify(flows.account[row], 'no-unsubscription', 'N-01', flows.id[row])
  flows.acceptedAt[row] = market.now
  step(market, row, 'accept', 'S-05', 'buyer')
}

/** S-05: the buyer wants it done again, and may say why. */
export function rejectProduct(market: Supervision, row: Row<'flows'>, reason?: string): void {
  const { flows, facts, now } = market
  if (reason !== undefined)
    facts.product_rejections({
      order_id: flows.id[row],
      at: now,
      reason: market.word(reason),
      rule: market.word('S-05'),
    })
  market.flows.buyerRejections[row]++
  step(market, row, 'reject-product', 'S-05', 'buyer')
  market.flowTurned.emit(row, false)
  if (groundOf(market, row, 'buyer') !== null) market.appealPossible.emit(row, 'buyer')
}

/** S-05: a reminder resets nothing. */
export function remindSeller(market: Supervision, row: Row<'flows'>): void {
  step(market, row, 'remind', 'S-05', 'buyer')
}

/** S-06 (a): the side whose turn it is has been silent for more than the limit. A frozen flow allows no action. */
export function silenceLasts(market: Supervision, row: Row<'flows'>): void {
  const { flows, facts, now } = market
  clearClock(market, row, 'silence')
  if (flows.silenceNotified[row] === 1 || flows.state[row] === supervisionState.frozen) return
  flows.silenceNotified[row] = 1
  const isSellers = flows.silenceSide[row] === side.seller
  facts.silence_breaches({
    order_id: flows.id[row],
    at: now,
    by: market.word(isSellers ? 'seller' : 'buyer'),
    rule: market.word('S-06'),
  })
  const other = isSellers ? 'buyer' : 'seller'
  if (groundOf(market, row, other) !== null) market.appealPossible.emit(row, other)
}

/** S-08: the time in which the buyer might still appeal is over. */
export function flowCompletes(market: Supervision, row: Row<'flows'>): void {
  clearClock(market, row, 'completion')
  market.flowCloses.emit(row)
  lapseAppeal(market, row, 'S-08')
  step(market, row, 'complete', 'S-08', 'system')
  completeSupervised(market, row, 'S-08')
}

/** S-09: a flow older than 365 days is closed, frozen or not: completed if it was invoiced, else cancelled. */
export function flowGrowsOld(market: Supervision, row: Row<'flows'>): void {
  const { flows, policies } = market
  clearClock(market, row, 'age')
  market.flowCloses.emit(row)
  lapseAppeal(market, row, 'S-09')
  const wanted = invoiceStates[policies['auto365.invoice']]
  const invoiced = invoicedState(market.invoices, flows.id[row]) >= wanted
  step(market, row, invoiced ? 'close-completed' : 'close-cancelled', 'S-09', 'system')
  if (invoiced) completeSupervised(market, row, 'S-09')
  else cancelSupervised(market, row, 'S-09', policies['auto365.refund'] === 'full')
}
