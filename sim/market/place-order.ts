/** The single entry point for orders, for every caller. */
import type { Denial } from './orders/admission.ts'
import type { OrderIntent } from './orders/intent.ts'
import { orderSaas } from './orders/saas.ts'
import { orderTrial } from './orders/trial.ts'
import type { ServerIntent } from './servers/admission.ts'
import { orderServers } from './servers/pay-per-use.ts'
import type { Servers } from './servers/servers.ts'
import { orderTermServers } from './servers/term-orders.ts'

export type { Denial }

/** Returns the row of the order, or why there is none. */
export function placeOrder(market: Servers, intent: OrderIntent | ServerIntent): number | Denial {
  if ('creation' in intent) return intent.months === 0 ? orderServers(market, intent) : orderTermServers(market, intent)
  return intent.kind === 'trial' ? orderTrial(market.orderChapter, intent) : orderSaas(market.orderChapter, intent)
}
