/** What arrears do to the servers of an account (A-03, A-05, U-05). */

import type { Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { remove, step } from './instance-steps.ts'
import { settleServer } from './order-completion.ts'
import type { Servers } from './servers.ts'

/** grace has begun, in which use may be free. */
export function markServers(market: Servers, account: Row<'accounts'>): void {
  market.instanceList.each(account, (row) => market.instanceChanged.emit(row))
}

/**
 * what is wholly yearly/monthly keeps running (O-10); a metered image in arrears freezes the server under it too
 * (U-05).
 */
export function suspendServers(market: Servers, account: Row<'accounts'>): void {
  const { state, ecsMetered, imageMetered } = market.instances
  market.instanceList.each(account, (row) => {
    // What is not there is frozen as soon as it is.
    const isFrozen =
      state[row] === instance.state.creating ||
      state[row] === instance.state.down ||
      state[row] === instance.state.interrupted ||
      state[row] === instance.state.suspended
    if (!isFrozen && ecsMetered[row] + imageMetered[row] > 0) step(market, row, 'suspend', 'A-03')
  })
}

/** pay-per-use servers are deleted and their units return. */
export function deleteServers(market: Servers, account: Row<'accounts'>): void {
  const { instances } = market
  market.instanceList.each(account, (row) => {
    if (instances.ecsMetered[row] === 0) return
    if (instances.state[row] === instance.state.creating) settleServer(market, instances.order[row], false)
    remove(market, row, 'release', 'A-03')
  })
}

/**
 * yearly/monthly servers run again, pay-per-use ones come back stopped, or by policy running if they ran when they
 * were frozen: those hold their unit still.
 */
export function thawAccount(market: Servers, account: Row<'accounts'>): void {
  const { instances, policies } = market
  const resumes = (row: Row<'instances'>): boolean =>
    instances.ecsMetered[row] === 0 || (policies['unfreeze.payPerUse'] === 'running' && instances.holds[row] === 1)
  market.instanceList.each(account, (row) => {
    if (instances.state[row] !== instance.state.suspended) market.instanceChanged.emit(row)
    // The term of a yearly/monthly server that is over froze it: no top-up brings that back.
    else if (instances.ecsMetered[row] === 0 && instances.expired[row] === 1) return
    else if (resumes(row)) step(market, row, 'resume', 'A-05')
    else {
      step(market, row, 'unfreeze', 'A-05')
      market.unfrozen.emit(row)
    }
  })
}
