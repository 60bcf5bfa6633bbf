/** C-05, U-07: the hours of a pool's servers cost another price from now on. */
import { parseUnitPrice } from '#base/money.ts'
import { repriceServers } from '../../market/servers/pool-changes.ts'
import { type EventOf, type EventScope, poolRows } from './event-scope.ts'

export function serverPriceChange(scope: EventScope, event: EventOf<'serverPriceChange'>): void {
  const hourly = parseUnitPrice(event.hourly)
  for (const pool of poolRows(scope, event)) repriceServers(scope.market, pool, hourly)
}
