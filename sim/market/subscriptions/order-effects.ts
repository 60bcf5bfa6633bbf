/** What a paid order does: a change or renewal of its subscription. */
import { dayOf, startOfDay } from '#base/civil-time.ts'
import { termEnd } from '../../billing/term.ts'
import { NONE, type Row } from '../../cell/table.ts'
import { orderKind } from '../orders/order.ts'
import { step as stepOrder } from '../orders/order-steps.ts'
import { beginEarning } from './earnings.ts'
import type { Subscriptions } from './subscriptions.ts'
import { earnPeriod, scheduleMilestone, step } from './terms.ts'

/** The order of a change or renewal was paid at this instant. */
export function takeEffect(market: Subscriptions, order: Row<'orders'>): void {
  const { orders, subscriptions } = market
  const row = orders.subscription[order]
  subscriptions.busy[row] = NONE
  if (orders.kind[order] === orderKind.renewal) prolong(market, row, order)
  else change(market, row, order)
  orders.remove(order)
}

/** the new configuration holds from now on; what it cost is earned by the days from today to the term's end. */
function change(market: Subscriptions, row: Row<'subscriptions'>, order: Row<'orders'>): void {
  const { orders, subscriptions, now } = market
  const isUpgrade = orders.kind[order] === orderKind.upgrade
  subscriptions.specification[row] = orders.specification[order]
  subscriptions.quantity[row] = orders.quantity[order]
  if (isUpgrade) subscriptions.plan[row] = orders.plan[order]
  step(market, row, isUpgrade ? 'upgrade' : 'expand', 'X-08')
  stepOrder(market.orderChapter, order, 'complete', 'X-08')
  market.termChanged.emit(row, isUpgrade ? 'upgraded' : 'expanded')
  const price = orders.amount.at(order) - orders.tax.at(order)
  if (price === 0n) return
  beginEarning(market, {
    order: orders.id[order],
    subscription: row,
    from: now,
    to: subscriptions.termEnd[row],
    months: 0,
    first: false,
    price,
    commission: price - orders.sellerCost.at(order),
    tax: orders.tax.at(order),
    cloud: false,
  })
}

/** one more period from the original expiry on. Frozen servers run again. */
function prolong(market: Subscriptions, row: Row<'subscriptions'>, order: Row<'orders'>): void {
  const { orders, subscriptions, policies, timers } = market
  const offset = policies['time.utcOffset']
  const from = subscriptions.termEnd[row]
  const end = orders.newEnd[order]
  const months = orders.months[order]
  const { anchor, total } = subscriptions
  if (end === termEnd(anchor[row], total[row] + months, offset)) total[row] += months
  else {
    // aligned terms are counted from their aligned day.
    anchor[row] = startOfDay(dayOf(end - 1, offset), offset)
    total[row] = 0
  }
  subscriptions.termEnd[row] = end
  subscriptions.months[row] = months
  subscriptions.specification[row] = orders.specification[order]
  subscriptions.quantity[row] = orders.quantity[order]
  subscriptions.plan[row] = orders.plan[order]
  step(market, row, 'renew', 'R-01')
  stepOrder(market.orderChapter, order, 'complete', 'R-01')
  earnPeriod(market, row, order, from, false)
  market.termRenewed.emit(row)
  timers.cancel(subscriptions.timer[row])
  scheduleMilestone(market, row, 0)
  market.termTurned.emit(row, 'renewed')
}
