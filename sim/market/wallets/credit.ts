/**
 * Credit (O-05): the last source of a payment. What was drawn on it is owed (buyer receivable) but not due; the next
 * money that comes in restores it, after the debts that are due.
 */
import { least } from '#base/money.ts'
import type { Market } from '../market.ts'
import { wordNumber } from '../words.ts'

/** A service ticket was granted: from now on payments may draw so much more than the balance holds (whole 1e-8). */
export function grantCredit(market: Market, account: number, limit: bigint): void {
  const { accounts, facts, ledger, now } = market
  accounts.credit.add(account, limit)
  facts.credit_grants({
    account: accounts.id[account],
    at: now,
    amount: limit,
    transactions_from: ledger.next,
    rule: wordNumber('O-05'),
  })
}

/** What may still be drawn. */
export const creditLeft = ({ accounts }: Market, account: number): bigint =>
  accounts.credit.at(account) - accounts.creditUsed.at(account)

/** Cash restores the credit. */
export function restoreCredit(market: Market, account: number): void {
  const { accounts, ledger, now } = market
  const paid = least(accounts.creditUsed.at(account), accounts.cash.at(account))
  if (paid <= 0n) return
  accounts.creditUsed.add(account, -paid)
  accounts.cash.add(account, -paid)
  const owner = accounts.id[account]
  ledger.begin({
    at: now,
    kind: 'credit-repaid',
    account: owner,
    order: 0,
    hour: 0,
    repeats: 1,
    rule: wordNumber('O-05'),
  })
  ledger.post('buyer-cash', owner, paid)
  ledger.post('buyer-receivable', owner, -paid)
  ledger.close()
}
