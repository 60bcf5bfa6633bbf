import type { Row } from '../../cell/table.ts'
import { topUp } from '../wallets/cash.ts'
import { asksCard } from './card.ts'
import type { Orders } from './orders.ts'

/** A-05, O-13: a top-up by card; false where it is declined. */
export function topUpByCard(market: Orders, account: Row<'accounts'>, amount: bigint): boolean {
  if (!asksCard(market, account, 0, amount)) return false
  topUp(market.wallets, account, amount)
  return true
}
