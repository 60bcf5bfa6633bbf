/** A zone, or one of its pools, is down: nothing can be created or started, and running servers break. */
import { beginOutage, endOutage } from '../../market/servers/pool-changes.ts'
import { type EventOf, type EventScope, poolRows } from './event-scope.ts'

/** `number` is the event's own, which names its chance. */
export function outageBegins(scope: EventScope, event: EventOf<'outage'>, number: number): void {
  const { market, streams } = scope
  for (const pool of poolRows(scope, event)) {
    const { zone, plan } = market.world.pools[market.pools.id[pool] - 1]
    const isLost = (): boolean =>
      event.breaks === 1 ||
      (event.breaks > 0 && streams.stream(`event/${number}/${zone}/${plan.flavour}`).next() < event.breaks)
    beginOutage(market, pool, isLost)
  }
}

export function outageEnds(scope: EventScope, event: EventOf<'outage'>): void {
  for (const pool of poolRows(scope, event)) endOutage(scope.market, pool)
}
