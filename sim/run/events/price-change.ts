/**
 * C-05: a repricing. The hours of an image that runs cost the new price, or the old one with its new discount (M-06), from
 * now on (U-07). Prices by duration need nothing done: the catalog is a function of time, and an order keeps the price it
 * was made with (O-04).
 */
import { repriceImages } from '../../market/servers/pool-changes.ts'
import type { EventOf, EventScope } from './event-scope.ts'

export function priceChange({ market }: EventScope, event: EventOf<'priceChange'>): void {
  const { catalog } = market.world
  const { id, specification } = catalog.find(event.product, event.specification)
  if (specification.billing === 'pay-per-use') repriceImages(market, id, catalog.at(id, event.at).hourly)
}
