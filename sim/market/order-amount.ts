/** What an order of a buyer would cost now, without placing it. */
import { NONE } from '../cell/table.ts'
import type { OrderIntent } from './orders/intent.ts'
import { priceLines } from './orders/price.ts'
import { termLines } from './servers/server-price.ts'
import type { Servers } from './servers/servers.ts'

/** Whole 1e-8, tax included; 0 for what is paid by the hour, for a trial, and for what is not on sale. */
export function orderAmount(market: Servers, intent: OrderIntent): bigint {
  const { specification, pool, quantity, months } = intent
  const offer = market.offer(specification)
  if (intent.kind === 'trial' || !market.isListed(offer.productId) || (pool !== NONE && months === 0)) return 0n
  const lines =
    pool === NONE ? priceLines(market.orderChapter.wallets, offer, quantity, months) : termLines(market, intent)
  return lines.reduce((sum, line) => sum + line.amount, 0n)
}
