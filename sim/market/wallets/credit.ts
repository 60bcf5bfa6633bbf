/**
 * Credit (O-05): the last source of a payment. What was drawn on it is owed (buyer receivable) but not due; the next
 * money that comes in restores it, after the debts that are due.
 */

import { least } from '#base/money.ts'
import type { Row } from '../../cell/table.ts'
import type { Wallets } from './wallets.ts'

/** A service ticket was granted: from now on payments may draw so much more than the balance holds (whole 1e-8). */
export function grantCredit(market: Wallets, account: Row<'accounts'>, limit: bigint): void {
  const { accounts, facts, ledger, now, balances } = market
  balances.credit.add(account, limit)
  facts.credit_grants({
    account: accounts.id[account],
    at: now,
    amount: limit,
    transactions_from: ledger.next,
    rule: market.word('O-05'),
  })
}

/** What may still be drawn. */
export const creditLeft = ({ balances }: Wallets, account: Row<'accounts'>): bigint =>
  balances.credit.at(account) - balances.creditUsed.at(account)

/** Cash restores the credit. */
export function restoreCredit(market: Wallets, account: Row<'accounts'>): void {
  const { accounts, ledger, now, balances } = market
  const paid = least(balances.creditUsed.at(account), balances.cash.at(account))
  if (paid <= 0n) return
  balances.creditUsed.add(account, -paid)
  balances.cash.add(account, -paid)
  const owner = accounts.id[account]
  ledger.book('credit-repaid', 'O-05', { at: now, account: owner }, [
    ['buyer-cash', owner, paid],
    ['buyer-receivable', owner, -paid],
  ])
}
