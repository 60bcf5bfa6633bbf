/** Money that goes back to a buyer (S-07, S-09, O-08): out of what was deferred for the order, by way of `refunds`. */
import { returnCoupons } from '../wallets/coupons.ts'
import { lapseInvoice } from '../invoices/invoicing.ts'
import type { Market } from '../market.ts'
import { isResold } from '../wallets/reseller.ts'
import { sellersPrice, takeShareBack } from '../sellers/seller-share.ts'
import { startsFlow } from '../supervision/supervision-steps.ts'
import { wordNumber } from '../words.ts'

/**
 * Returns `amount` (whole 1e-8, tax in it) of a paid order; its part of the order's tax goes with it, truncated. A full
 * refund gives coupons back what they paid (O-08); the rest goes to the buyer's balance, where it first pays what is due,
 * as a top-up would, at the same instant, or to the reseller who was charged (O-06).
 */
export function refundOrder(market: Market, row: number, amount: bigint, rule: string): void {
  const { orders, accounts, ledger, timers, now } = market
  if (amount === 0n) return
  const paid = orders.amount.at(row)
  if (amount > paid) throw new Error(`Q-05: order ${orders.id[row]} is refunded ${amount} of ${paid} paid`)
  const account = orders.account[row]
  const owner = accounts.id[account]
  const tax = (orders.tax.at(row) * amount) / paid
  // I-03: what is given back stands on no invoice.
  if (amount === paid) lapseInvoice(market, orders.id[row])
  const coupons = amount === paid ? returnCoupons(market, row, rule) : 0n
  const resold = isResold(market, account)
  if (!resold) accounts.cash.add(account, amount - coupons)
  ledger.begin({
    at: now,
    kind: 'refund',
    account: owner,
    order: orders.id[row],
    hour: 0,
    repeats: 1,
    rule: wordNumber(rule),
  })
  ledger.post('deferred-revenue', owner, amount - tax)
  ledger.post('tax-payable', 0, tax)
  ledger.post('refunds', owner, -amount)
  ledger.post('refunds', owner, amount)
  ledger.post('buyer-coupons', owner, -coupons)
  if (resold) ledger.post('payment-clearing', 0, -amount)
  else ledger.post('buyer-cash', owner, coupons - amount)
  ledger.close()
  // L-02: a supervised order that was not completed was never its seller's sale.
  if (amount === paid && !startsFlow(market, row))
    takeShareBack(market, {
      specification: orders.specification[row],
      account,
      order: orders.id[row],
      sales: sellersPrice(market, row),
      deferred: orders.sellerCost.at(row),
    })
  timers.wake('balanceRises', now, account)
}
