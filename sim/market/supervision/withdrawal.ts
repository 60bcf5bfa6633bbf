/** N-01: unsubscribing from a supervised product before its order is completed, where the policy allows it. */
import type { RefusalCode } from '../../cell/codes.ts'
import type { Row } from '../../cell/table.ts'
import { invoicedState } from '../invoices/invoicing.ts'
import type { Supervision } from './supervision.ts'
import { supervisionState } from './supervision-lifecycles.ts'
import { cancelSupervised } from './supervision-orders.ts'
import { step } from './supervision-steps.ts'

/** The buyer asks for it: refused, or the flow ends and all that was paid is refunded. */
export function withdrawOrder(market: Supervision, row: Row<'flows'>): void {
  const refused = refusalOf(market, row)
  if (refused !== null) {
    refuse(market, row, ...refused)
    return
  }
  market.flowCloses.emit(row)
  step(market, row, 'withdraw', 'N-01', 'buyer')
  cancelSupervised(market, row, 'N-01', true)
}

function refusalOf(market: Supervision, row: Row<'flows'>): readonly [RefusalCode, rule: string] | null {
  const { flows, policies, invoices } = market
  if (policies['unsubscribe.beforeCompletion'] === 'never') return ['not-refundable', 'N-01']
  // S-07: while an appeal is open neither side may act.
  if (flows.state[row] === supervisionState.frozen) return ['change-in-progress', 'S-07']
  return invoicedState(invoices, flows.id[row]) > 0 ? ['invoice-outstanding', 'N-02'] : null
}

function refuse(market: Supervision, row: Row<'flows'>, code: RefusalCode, rule: string): void {
  const { flows, orders } = market
  const order = flows.order[row]
  market.refuse(code, rule, {
    account: flows.account[row],
    specification: orders.specification[order],
    pool: 0,
    quantity: orders.quantity[order],
    order: flows.id[row],
    lost: 0n,
  })
}
