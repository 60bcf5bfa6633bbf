/** Yearly/monthly servers through the life of their subscription (E-01, R-02, U-04): they hold their unit to the end. */
import { instance } from './instance.ts'
import { remove, step } from './instance-steps.ts'
import type { Market } from '../market.ts'
import type { Meter } from '../metering/meter.ts'
import { NONE } from '../tables.ts'

/** Visits the servers of a subscription; the visitor may remove the one it is given. */
function eachServer(market: Market, subscription: number, visit: (row: number) => void): void {
  const { instances, accounts, subscriptions } = market
  if (subscriptions.pool[subscription] === NONE) return
  for (let row = accounts.instances[subscriptions.account[subscription]]; row !== NONE; ) {
    const next = instances.next[row]
    if (instances.subscription[row] === subscription) visit(row)
    row = next
  }
}

/** The servers of the order that began the subscription are its servers from now on. */
export function joinServers(market: Market, subscription: number, order: number): void {
  const { instances, accounts, orders, subscriptions } = market
  if (subscriptions.pool[subscription] === NONE) return
  for (let row = accounts.instances[orders.account[order]]; row !== NONE; row = instances.next[row])
    if (instances.order[row] === order) instances.subscription[row] = subscription
}

/** U-04: the term is over, and so is the metering of a pay-per-use image on them, unless grace is billed by policy. */
export function expireServers(market: Market, meter: Meter, subscription: number): void {
  eachServer(market, subscription, (row) => {
    market.instances.expired[row] = 1
    meter.refresh(row)
  })
}

/** grace is over; they are frozen and keep their units. */
export function freezeServers(market: Market, meter: Meter, subscription: number): void {
  const { instances } = market
  eachServer(market, subscription, (row) => {
    if (instances.state[row] !== instance.state.suspended) step(market, meter, row, 'suspend', 'R-02')
  })
}

/** a renewed subscription's frozen servers run again, and their term goes on. */
export function thawServers(market: Market, meter: Meter, subscription: number): void {
  const { instances } = market
  eachServer(market, subscription, (row) => {
    instances.expired[row] = 0
    if (instances.state[row] === instance.state.suspended) step(market, meter, row, 'resume', 'A-05')
    else meter.refresh(row)
  })
}

/** Retention is over, or the image was unsubscribed: the servers are deleted and their units return. */
export function releaseServers(market: Market, meter: Meter, subscription: number, rule: string): void {
  eachServer(market, subscription, (row) => remove(market, meter, row, 'release', rule))
}

/** How many servers a subscription still has. */
export function serversOf(market: Market, subscription: number): number {
  let count = 0
  eachServer(market, subscription, () => count++)
  return count
}
