/**
 * C-05: a repricing. The hours of an image that runs cost the new price from now on (U-07). Prices by duration and
 * discounts need nothing done: the catalog is a function of time, and an order keeps the price it was made with (O-04).
 */
import { parseUnitPrice } from '../../billing/money.ts'
import { repriceImages } from '../../market/pool-changes.ts'
import type { EventOf, EventScope } from './event-scope.ts'

export function priceChange({ market, meter }: EventScope, event: EventOf<'priceChange'>): void {
  if (event.hourly === null) return
  const { id } = market.world.catalog.find(event.product, event.specification)
  repriceImages(market, meter, id, parseUnitPrice(event.hourly))
}
