/** Money that goes back to a buyer (S-07, S-09, O-08): out of what was deferred for the order, by way of `refunds`. */

import { paidBack } from '../../billing/minor-units.ts'
import type { Row } from '../../cell/table.ts'
import { takeShareBack } from '../sellers/seller-share.ts'
import { returnToCoupon } from '../wallets/coupons.ts'
import { isResold } from '../wallets/reseller.ts'
import { startsFlow } from './fulfilment.ts'
import type { Orders } from './orders.ts'
import { sellersPrice } from './sale.ts'

/**
 * Returns `amount` (whole 1e-8, tax in it) of a paid order; its part of the order's tax goes with it, truncated. A full
 * refund gives coupons back what they paid (O-08); the rest goes to the buyer's balance, where it first pays what is due,
 * as a top-up would, at the same instant, or to the reseller who was charged (O-06). What goes back in cash has the
 * minor units of the currency (M-08); the difference is a rounding, no part of the order.
 */
export function refundOrder(market: Orders, row: Row<'orders'>, amount: bigint, rule: string): void {
  const { orders, accounts, ledger, now, balances, policies, world } = market
  if (amount === 0n) return
  const paid = orders.amount.at(row)
  if (amount > paid) throw new Error(`Q-05: order ${orders.id[row]} is refunded ${amount} of ${paid} paid`)
  const account = orders.account[row]
  const owner = accounts.id[account]
  const tax = (orders.tax.at(row) * amount) / paid
  const byCoupon = orders.couponPaid.at(row) + orders.discountPaid.at(row)
  const coupons = amount === paid ? returnCoupons(market, row, rule) : 0n
  const inCash = { amount: amount - coupons, paid: paid - byCoupon }
  const cash = paidBack(inCash, policies, world.scenario.currency.decimals)
  const resold = isResold(market.wallets, account)
  if (!resold) balances.cash.add(account, cash)
  ledger.book('refund', rule, { at: now, account: owner, order: orders.id[row] }, [
    ['deferred-revenue', owner, amount - tax],
    ['tax-payable', 0, tax],
    ['refunds', owner, -amount],
    ['refunds', owner, amount],
    ['buyer-coupons', owner, -coupons],
    resold ? ['payment-clearing', 0, -cash] : ['buyer-cash', owner, -cash],
    ['rounding-differences', 0, cash - inCash.amount],
  ])
  // L-02: a supervised order that was not completed was never its seller's sale.
  if (amount === paid && !startsFlow(market, row))
    takeShareBack(market.sellers, {
      specification: orders.specification[row],
      account,
      order: orders.id[row],
      sales: sellersPrice(market, row),
      deferred: orders.sellerCost.at(row),
    })
  market.wallets.wakeBalance(account)
}

/**
 * O-08, N-05: what coupons paid of an order goes back to them, whole; a discount coupon is good again for what it took
 * off. Returns how much that was.
 */
function returnCoupons({ orders, wallets }: Orders, order: Row<'orders'>, rule: string): bigint {
  const discountPaid = orders.discountPaid.at(order)
  const couponPaid = orders.couponPaid.at(order)
  returnToCoupon(wallets, orders.discountCoupon[order], orders.id[order], discountPaid, rule)
  returnToCoupon(wallets, orders.cashCoupon[order], orders.id[order], couponPaid, rule)
  orders.discountPaid.put(order, 0n)
  orders.couponPaid.put(order, 0n)
  return discountPaid + couponPaid
}
