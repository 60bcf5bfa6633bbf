import type { Row } from '../../cell/table.ts'
import { step as stepOrder } from '../orders/order-steps.ts'
import type { Servers } from './servers.ts'

/** O-10: the order is completed when its last server is there, or failed (O-08). */
export function settleServer(market: Servers, order: Row<'orders'>, isThere: boolean): void {
  const { orders } = market
  orders.launched[order]++
  if (!isThere) orders.failed[order]++
  if (orders.launched[order] < orders.instances[order]) return
  if (orders.failed[order] === orders.instances[order]) stepOrder(market.orderChapter, order, 'fail', 'O-08')
  else stepOrder(market.orderChapter, order, 'complete', 'O-10')
}
