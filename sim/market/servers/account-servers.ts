/** What arrears and freezes do to the servers of an account (A-03, A-05, U-05, O-14). */

import type { Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { remove, step } from './instance-steps.ts'
import { settleServer } from './order-completion.ts'
import type { Servers } from './servers.ts'
import { suspendedBy } from './suspension.ts'

/** Listens to how accounts are. */
export function connectAccounts(market: Servers): void {
  const { arrears, freezes } = market
  arrears.arrearsEntered.connect((account) => markServers(market, account))
  arrears.accountSuspended.connect((account) => suspendServers(market, account))
  arrears.accountReleased.connect((account) => deleteServers(market, account))
  arrears.accountRestored.connect((account) => thawServers(market, account, 'A-05'))
  freezes.accountFrozen.connect((account) => freezeServers(market, account))
  freezes.accountUnfrozen.connect((account) => thawServers(market, account, 'O-14'))
}

/** grace has begun, in which use may be free. */
function markServers(market: Servers, account: Row<'accounts'>): void {
  market.instanceList.each(account, (row) => market.instanceChanged.emit(row))
}

/**
 * what is wholly yearly/monthly keeps running (O-10); a metered image in arrears freezes the server under it too
 * (U-05).
 */
function suspendServers(market: Servers, account: Row<'accounts'>): void {
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
function deleteServers(market: Servers, account: Row<'accounts'>): void {
  const { instances } = market
  market.instanceList.each(account, (row) => {
    if (instances.ecsMetered[row] === 0) return
    if (instances.state[row] === instance.state.creating) settleServer(market, instances.order[row], false)
    remove(market, row, 'release', 'A-03')
  })
}

/** O-14: all servers of an account that are there are suspended, whatever pays for them. */
function freezeServers(market: Servers, account: Row<'accounts'>): void {
  const { state } = market.instances
  const { running, stopped } = instance.state
  market.instanceList.each(account, (row) => {
    const isThere = state[row] === running || state[row] === stopped || state[row] === instance.state['changing-image']
    if (isThere) step(market, row, 'suspend', 'O-14')
    // What is suspended already is not charged for its disk any more.
    else market.instanceChanged.emit(row)
  })
}

/** Suspended servers of an account come back, but those that something else suspends: a term that is over, for instance. */
function thawServers(market: Servers, account: Row<'accounts'>, rule: 'A-05' | 'O-14'): void {
  market.instanceList.each(account, (row) => {
    const isBack = market.instances.state[row] === instance.state.suspended && suspendedBy(market, row) === null
    if (isBack) bringBack(market, row, rule)
    else market.instanceChanged.emit(row)
  })
}

/**
 * yearly/monthly servers run again, pay-per-use ones come back stopped, or by policy running if they ran when they
 * were frozen: those hold their unit still.
 */
function bringBack(market: Servers, row: Row<'instances'>, rule: 'A-05' | 'O-14'): void {
  const { instances, policies } = market
  const runs = policies['unfreeze.payPerUse'] === 'running' && instances.holds[row] === 1
  if (instances.ecsMetered[row] === 0 || runs) step(market, row, 'resume', rule)
  else {
    step(market, row, 'unfreeze', rule)
    market.unfrozen.emit(row)
  }
}
