import type { Cell } from '../../cell/cell.ts'
import { NONE } from '../../cell/table.ts'
import { onTimers } from '../../cell/timers.ts'
import { orderKind } from '../orders/order.ts'
import type { Orders } from '../orders/orders.ts'
import { scheduleTry, tryRenewal } from './auto-renewal.ts'
import { changeLinesNow, orderExpansion, requoteExpansion } from './changes.ts'
import { checkEarned, endEarning } from './earnings.ts'
import { takeEffect } from './order-effects.ts'
import { renewalLinesNow } from './renewal.ts'
import { loseServer, refundLostServers, refundServers } from './server-refunds.ts'
import { Subscriptions, subscriptionTimers } from './subscriptions.ts'
import { purchaseLinesNow } from './term-price.ts'
import { beginOrEarn, earnOrder, passSubscriptionMilestone } from './terms.ts'
import { refundLost } from './unsubscribe.ts'

export function subscriptions(cell: Cell, orders: Orders): Subscriptions {
  const market = new Subscriptions(cell, orders)
  onTimers(cell.clock, subscriptionTimers, {
    serversAreRefunded: (row) => refundLostServers(market, row),
    subscriptionMilestone: (row, index) => passSubscriptionMilestone(market, row, index),
    earningEnds: (row) => endEarning(market, row),
    expansionIsRequoted: (row, quantity) => orderExpansion(market, row, quantity),
    autoRenewalTries: (row) => tryRenewal(market, row),
  })
  orders.orderPaid.change.connect((order) => takeEffect(market, order))
  orders.orderCompleted.connect((order, start) => beginOrEarn(market, order, start))
  orders.paymentKept.connect((order) => earnOrder(market, order))
  orders.orderDropped.connect((order) => {
    const subscription = orders.orders.subscription[order]
    if (subscription !== NONE) market.subscriptions.busy[subscription] = NONE
  })
  // before its buyer hears of it.
  market.termTurned.connect((row, how) => {
    if (how === 'renewed') scheduleTry(market, row)
  })
  orders.linesAtPayment.through((_, order) => {
    const kind = orders.orders.kind[order]
    if (kind === orderKind.purchase) return purchaseLinesNow(market, order)
    return kind === orderKind.renewal ? renewalLinesNow(market, order) : changeLinesNow(market, order)
  })
  orders.orderOutdated.connect((order) => requoteExpansion(market, order))
  market.serversMissing.connect((row, servers) => refundServers(market, row, servers, 'E-05'))
  market.serverLost.connect((row) => loseServer(market, row))
  market.serverLost.connect((row) => refundLost(market, row))
  cell.invariant(() => checkEarned(market))
  return market
}
