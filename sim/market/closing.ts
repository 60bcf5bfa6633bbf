/** What all chapters do when a month ends, and when the books close with the run. */
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { awaitFinalBill, billOpenMonths, closeMonth } from './invoices/bills.ts'
import type { Invoices } from './invoices/invoices.ts'
import type { Metering } from './metering/metering.ts'
import { settleAll } from './metering/settlement.ts'
import { bookUse, closeSales } from './sellers/month-sales.ts'
import { billedAfter } from './sellers/seller-share.ts'
import type { Sellers } from './sellers/sellers.ts'
import { recogniseAll } from './subscriptions/earnings.ts'
import type { Subscriptions } from './subscriptions/subscriptions.ts'
import { renewBudgets } from './wallets/reseller.ts'
import { bookSettlement } from './wallets/usage-run.ts'
import type { Wallets } from './wallets/wallets.ts'

interface Closing {
  readonly wallets: Wallets
  readonly sellers: Sellers
  readonly invoices: Invoices
  readonly subscriptions: Subscriptions
  readonly metering: Metering
}

/** A month (counted as civil-time does) begins: the one before it is closed. Invariants are checked as it ends. */
export function beginMonth({ wallets, sellers, invoices, subscriptions }: Closing, month: number): void {
  const ended = startOfMonth(month - 1, wallets.world.policies['time.utcOffset'])
  wallets.at.checkInvariants()
  recogniseAll(subscriptions)
  renewBudgets(wallets)
  closeMonth(invoices, ended)
  closeSales(sellers, ended)
  sellers.timers.wake('sellersBilled', sellers.now + billedAfter(sellers), month - 1)
  awaitFinalBill(invoices)
}

/**
 * The books close with the run: what the meter reads a last time is settled immediately, terms have earned up to now, and
 * months without a final bill get a provisional one.
 */
export function closeBooks({ wallets, sellers, invoices, subscriptions, metering }: Closing): void {
  const { now, world, accounts } = wallets
  const offset = world.policies['time.utcOffset']
  wallets.at.checkInvariants()
  settleAll(metering)
  for (let account = 0; account < accounts.rows; account++) bookSettlement(wallets, account)
  bookUse(sellers)
  recogniseAll(subscriptions)
  closeMonth(invoices, startOfMonth(monthOf(now - 1, offset), offset))
  billOpenMonths(invoices)
}
