/** E-01: a pool has another capacity from now on. */
import { setCapacity } from '../../market/servers/pool-changes.ts'
import { type EventOf, type EventScope, poolRows } from './event-scope.ts'

export function capacityChange(scope: EventScope, event: EventOf<'capacityChange'>): void {
  for (const pool of poolRows(scope, event)) setCapacity(scope.market, pool, event.capacity)
}
