/**
 * Customers of a reseller (O-06): they pay nothing, amounts are for reference. The reseller is charged in their place
 * and settles immediately from outside the run, so what they order and use is posted against payment clearing; they hold
 * no balance, spend no coupons and never fall into arrears.
 */

import type { Row } from '../../cell/table.ts'
import type { Offer } from '../../world/catalog.ts'
import type { Wallets } from './wallets.ts'

/** Makes a buyer a reseller's customer; `budget` is whole 1e-8 a month, null without one. */
export function joinReseller(market: Wallets, account: Row<'accounts'>, budget: bigint | null): void {
  const { accounts, facts, now, balances } = market
  balances.reseller[account] = 1
  balances.limited[account] = budget === null ? 0 : 1
  balances.budget.put(account, budget ?? 0n)
  facts.reseller_customers({
    account: accounts.id[account],
    at: now,
    limited: balances.limited[account],
    budget: budget ?? 0n,
    rule: market.word('O-06'),
  })
}

export const isResold = ({ balances }: Wallets, account: Row<'accounts'>): boolean => balances.reseller[account] === 1

/** The list price of a quantity for a duration, without discount and tax, whole 1e-8; 0 of what is sold by the hour. */
export function listPriceOf({ policies }: Wallets, offer: Offer, quantity: number, months: number): bigint {
  const plan = offer.plans.find((offered) => offered.months === months) ?? offer.plans[0]
  return plan === undefined ? 0n : plan.list.amount(quantity, policies['rounding.charge'])
}

/**
 * Puts a new order of a customer of a reseller on the budget of its month; false when that does not reach. Who is no such
 * customer has no budget. Pay-per-use neither asks it nor counts against it; one-off purchases are asked like terms.
 */
export function chargeBudget(market: Wallets, account: Row<'accounts'>, listPrice: bigint): boolean {
  const { balances } = market
  if (!isResold(market, account)) return true
  const spent = balances.budgetSpent.at(account) + listPrice
  if (balances.limited[account] === 1 && spent > balances.budget.at(account)) return false
  balances.budgetSpent.put(account, spent)
  return true
}

/** A new month begins with the whole budget. */
export function renewBudgets({ balances }: Wallets): void {
  balances.budgetSpent.clear()
}
