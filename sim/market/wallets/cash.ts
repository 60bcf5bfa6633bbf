/** Money that comes in: it pays what is due first, then restores the credit, then pays what waits for it. */

import { least } from '#base/money.ts'
import type { Row } from '../../cell/table.ts'
import { restoreCredit } from './credit.ts'
import { bookSettlement } from './usage-run.ts'
import type { Wallets } from './wallets.ts'

/** What an account starts with. */
export function openBalance(market: Wallets, account: Row<'accounts'>, cash: bigint): void {
  if (cash === 0n) return
  market.balances.cash.put(account, cash)
  bookCash(market, account, cash, 'opening')
}

/** A top-up pays what is due first, then the orders that wait for money, oldest first. */
export function topUp(market: Wallets, account: Row<'accounts'>, amount: bigint): void {
  bookCash(market, account, amount, 'top-up')
  market.balances.cash.add(account, amount)
  useBalance(market, account)
}

/** The balance rose: it pays what is due first, restores the credit, then pays the orders that wait for money. */
export function useBalance(market: Wallets, account: Row<'accounts'>): void {
  const { accounts, balances, ledger, now } = market
  const paid = least(balances.due.at(account), balances.cash.at(account))
  // The hours that made the debt are in the books before the payment that clears it.
  if (paid > 0n || balances.creditUsed.at(account) > 0n) bookSettlement(market, account)
  if (paid > 0n) {
    balances.due.add(account, -paid)
    balances.cash.add(account, -paid)
    const owner = accounts.id[account]
    ledger.book('arrears-paid', 'A-05', { at: now, account: owner }, [
      ['buyer-cash', owner, paid],
      ['buyer-receivable', owner, -paid],
    ])
  }
  restoreCredit(market, account)
  market.balanceRose.emit(account)
}

function bookCash(market: Wallets, account: Row<'accounts'>, amount: bigint, kind: 'opening' | 'top-up'): void {
  const { accounts, ledger, now } = market
  const owner = accounts.id[account]
  ledger.book(kind, kind === 'opening' ? 'M-05' : 'A-05', { at: now, account: owner }, [
    ['payment-clearing', 0, amount],
    ['buyer-cash', owner, -amount],
  ])
}
