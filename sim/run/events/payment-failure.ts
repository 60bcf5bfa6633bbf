/** Payments go through again: orders that waited for nothing else are paid. No money came in, so no credit is restored (O-05). */
import type { EventOf, EventScope } from './event-scope.ts'

export function paymentFailureEnds({ market }: EventScope, event: EventOf<'paymentFailure'>): void {
  const { accounts, world } = market
  for (let account = 0; account < accounts.rows; account++) {
    const { segment } = world.scenario.buyers[accounts.segment[account]]
    const isMeant = event.segment === null || event.segment === segment
    if (isMeant && !market.orderChapter.unpaid.isEmpty(account)) market.orderChapter.wallets.balanceRose.emit(account)
  }
}
