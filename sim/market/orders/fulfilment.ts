import { isSupervised } from '#scenarios/product-kinds.ts'
import type { Row } from '../../cell/table.ts'
import type { Fulfilment } from '../../world/fulfilment.ts'
import { orderKind } from './order.ts'
import type { Orders } from './orders.ts'

/** S-01, S-10: the purchase of a supervised product starts a flow; its renewal starts no new one. */
export const startsFlow = ({ orders, world }: Orders, order: Row<'orders'>): boolean =>
  orders.subject[order] === 0 && isSupervised(world.catalog.offers[orders.specification[order] - 1].product)

/** How what an order bought is provided once it is paid. */
export function fulfilmentOf(market: Orders, order: Row<'orders'>): Fulfilment {
  const { orders } = market
  const kind = orders.kind[order]
  if (kind !== orderKind.purchase && kind !== orderKind.trial) return 'change'
  if (orders.pool[order] >= 0) return 'servers'
  return startsFlow(market, order) ? 'supervised' : 'seller'
}
