/** L-04: sellers stop working; what they were asked to do waits until they are back. */
import type { EventOf, EventScope } from './event-scope.ts'

export function sellerStrike({ market, closeSeller }: EventScope, event: EventOf<'sellerStrike'>): void {
  const { sellers, scenario } = market.world
  for (const { id, cell, segment } of sellers) {
    const isMeant = event.segment === null || scenario.sellers[segment].segment === event.segment
    if (cell === market.cell && isMeant) closeSeller(id, event.at + event.for)
  }
}
