/** Ordering pay-per-use servers with an image (E-02, E-04, O-10). */
import { isRefusal } from '../../billing/line.ts'
import type { Denial } from '../orders/admission.ts'
import { createOrder } from '../orders/order-creation.ts'
import { step as stepOrder } from '../orders/order-steps.ts'
import { admission, type ServerIntent } from './admission.ts'
import { createServers } from './creation.ts'
import { hasRoom } from './pools.ts'
import { patienceFor } from './room.ts'
import type { Servers } from './servers.ts'
import { wait } from './waiting.ts'

/**
 * Orders `quantity` servers with a pay-per-use image. Nothing is due now (E-04): the hours are charged as they are used.
 * Where the pool is full the order waits (E-02). Returns its row, or why there is none.
 */
export function orderServers(market: Servers, intent: ServerIntent): number | Denial {
  const creation = admission(market, intent)
  if (isRefusal(creation)) return creation
  const { pool, provisioning } = intent
  const fits = hasRoom(market, pool, intent.quantity)
  const row = createOrder(market.orderChapter, intent, [], provisioning === 'quick' ? 'E-04' : 'O-01')
  stepOrder(market.orderChapter, row, 'pay', 'O-10')
  if (fits) createServers(market, row, pool, creation.launches)
  else wait(market, row, pool, creation.launches, patienceFor(market, pool, creation.patience))
  return row
}
