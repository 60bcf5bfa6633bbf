import type { Cell } from '../../cell/cell.ts'
import { onTimers } from '../../cell/timers.ts'
import type { Orders } from '../orders/orders.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'
import { connectAccounts } from './account-servers.ts'
import { created, createServers as createWaiting, failOrder } from './creation.ts'
import { completeSwitch } from './image-switch.ts'
import { connectOutages, restartServers } from './outages.ts'
import { changeCapacity, checkHeld, hostRoomChanged, hostRoomChanges } from './pools.ts'
import { vpcCreated } from './prerequisites.ts'
import { endLife } from './running.ts'
import { Servers, serverTimers } from './servers.ts'
import { begin, createServers, failServers, refundDenied, serversCreated } from './term-creation.ts'
import { expireServers, freezeServers, joinServers, releaseServers, thawServers } from './term-servers.ts'
import { renege, serveWaiting, waitForTerm } from './waiting.ts'

export function servers(
  cell: Cell,
  orders: Orders,
  subscriptions: Subscriptions,
  hosts: Servers['hostChapter'],
): Servers {
  const market = new Servers(cell, orders, subscriptions, hosts)
  onTimers(cell.clock, serverTimers, {
    capacityChanges: (pool, step) => changeCapacity(market, pool, cell.places[pool].plan.capacity[step].capacity),
    instanceLaunches: (row, fails) => created(market, row, fails === 1),
    instanceEnds: (row) => endLife(market, row),
    serversCreated: (order) => serversCreated(market, order),
    serversFail: (order) => failServers(market, order),
    orderFails: (order) => failOrder(market, order),
    imageChanges: (row, specification) => completeSwitch(market, row, specification),
    vpcCreated: (account) => vpcCreated(market, account),
    patienceEnds: (row) => renege(market, row),
    poolServes: (pool) => {
      restartServers(market, pool)
      serveWaiting(market, pool)
      market.poolServed.emit(pool)
    },
  })
  market.unitsGranted.connect((order, pool, launches) => {
    if (market.orders.months[order] > 0) begin(market, order)
    else createWaiting(market, order, pool, launches)
  })
  market.unitsAwaited.connect((order) => waitForTerm(market, order))
  market.unitsDenied.connect((order) => refundDenied(market, order))
  hosts.roomChanges.connect((group) => hostRoomChanges(market, group))
  hosts.roomChanged.connect((group) => hostRoomChanged(market, group))
  connectOutages(market)
  connectAccounts(market)
  orders.orderPaid.servers.connect((order) => createServers(market, order))
  orders.orderDropped.connect((order) => {
    if (market.orders.admitted[order] > 0) market.timers.wake('serversFail', market.now, order)
  })
  subscriptions.termBegan.connect((subscription, order) => joinServers(market, subscription, order))
  subscriptions.termExpired.connect((subscription) => expireServers(market, subscription))
  subscriptions.termFrozen.connect((subscription) => freezeServers(market, subscription))
  subscriptions.termRenewed.connect((subscription) => thawServers(market, subscription))
  subscriptions.termReleased.connect((subscription, rule) => releaseServers(market, subscription, rule))
  cell.invariant(() => checkHeld(market))
  return market
}
