/** Whether a request for servers gets its units, may wait for them, or is refused (E-02). */
import type { RefusalCode } from '../../cell/codes.ts'
import type { Row } from '../../cell/table.ts'
import type { OrderIntent } from '../orders/intent.ts'
import { canEverHold, hasRoom, noRoom } from './pools.ts'
import type { Servers } from './servers.ts'

/**
 * Why a pool neither has the units of a request nor lets it wait for them (`pool.whenFull: queue`, or units of servers that
 * have got notice, E-11); null where it does one of them.
 */
export function shortage(
  market: Servers,
  { account, pool, quantity }: Pick<OrderIntent, 'account' | 'pool' | 'quantity'>,
): RefusalCode | null {
  if (hasRoom(market, pool, quantity)) return null
  market.unitsWanted.emit(pool, quantity, account)
  if (hasRoom(market, pool, quantity) || market.unitsToCome.ask(pool, quantity, account)) return null
  const refused = noRoom(market, pool, quantity)
  if (market.policies['pool.whenFull'] === 'refuse' || refused === 'flavour-abandoned') return refused
  return canEverHold(market, pool, quantity) ? null : 'never-fits'
}

/**
 * How long an order waits. Where a full pool refuses, it only waits for servers that have got notice (E-11), and is refused
 * as soon as they are gone and their units are not for it.
 */
export function patienceFor(market: Servers, pool: Row<'pools'>, patience: number): number {
  if (market.policies['pool.whenFull'] === 'queue') return patience
  return (market.places[pool].plan.interruptible?.notice ?? 0) + 1
}
