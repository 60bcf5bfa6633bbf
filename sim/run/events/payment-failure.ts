/** Payments go through again: orders that waited for nothing else are paid. */
import { useBalance } from '../../market/wallets/cash.ts'
import type { EventOf, EventScope } from './event-scope.ts'

export function paymentFailureEnds({ market }: EventScope, event: EventOf<'paymentFailure'>): void {
  const { accounts, world } = market
  for (let account = 0; account < accounts.rows; account++) {
    const { segment } = world.scenario.buyers[accounts.segment[account]]
    const isMeant = event.segment === null || event.segment === segment
    if (isMeant && !market.orderChapter.unpaid.isEmpty(account)) useBalance(market.orderChapter.wallets, account)
  }
}
