/** Payments go through again: orders that waited for nothing else are paid. */
import type { EventOf, EventScope } from './event-scope.ts'

export function paymentFailureEnds({ market, retryPayment }: EventScope, event: EventOf<'paymentFailure'>): void {
  const { accounts, world } = market
  for (let account = 0; account < accounts.rows; account++) {
    const { segment } = world.scenario.buyers[accounts.segment[account]]
    if (event.segment === null || event.segment === segment) retryPayment(account)
  }
}
