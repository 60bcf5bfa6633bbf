/** Yearly/monthly servers through the life of their subscription (E-01, R-02, U-04): they hold their unit to the end. */

import { NONE, type Row } from '../../cell/table.ts'
import { instance } from './instance.ts'
import { remove, step } from './instance-steps.ts'
import { eachOf } from './order-servers.ts'
import type { Servers } from './servers.ts'
import { suspendedBy } from './suspension.ts'

/** Visits the servers of a subscription; the visitor may remove the one it is given. */
function eachServer(market: Servers, subscription: Row<'subscriptions'>, visit: (row: number) => void): void {
  const { instances, subscriptions } = market
  if (subscriptions.pool[subscription] === NONE) return
  market.instanceList.each(subscriptions.account[subscription], (row) => {
    if (instances.subscription[row] === subscription) visit(row)
  })
}

/** The servers of the order that began the subscription are its servers from now on. */
export function joinServers(market: Servers, subscription: Row<'subscriptions'>, order: Row<'orders'>): void {
  const { instances, subscriptions } = market
  if (subscriptions.pool[subscription] === NONE) return
  eachOf(market, order, (row) => {
    instances.subscription[row] = subscription
    subscriptions.servers[subscription]++
  })
}

/** U-04: the term is over, and so is the metering of a pay-per-use image on them, unless grace is billed by policy. */
export function expireServers(market: Servers, subscription: Row<'subscriptions'>): void {
  eachServer(market, subscription, (row) => {
    market.instances.expired[row] = 1
    market.instanceChanged.emit(row)
  })
}

/** grace is over; they are frozen and keep their units. */
export function freezeServers(market: Servers, subscription: Row<'subscriptions'>): void {
  const { instances } = market
  eachServer(market, subscription, (row) => {
    const { down, suspended } = instance.state
    if (instances.state[row] !== suspended && instances.state[row] !== down) step(market, row, 'suspend', 'R-02')
  })
}

/** a renewed subscription's frozen servers run again, and their term continues. */
export function thawServers(market: Servers, subscription: Row<'subscriptions'>): void {
  const { instances } = market
  eachServer(market, subscription, (row) => {
    instances.expired[row] = 0
    const isBack = instances.state[row] === instance.state.suspended && suspendedBy(market, row) !== 'O-14'
    if (isBack) step(market, row, 'resume', 'A-05')
    else market.instanceChanged.emit(row)
  })
}

/** Retention is over, or the image was unsubscribed: the servers are deleted and their units return. */
export function releaseServers(market: Servers, subscription: Row<'subscriptions'>, rule: string): void {
  eachServer(market, subscription, (row) => remove(market, row, 'release', rule))
}
