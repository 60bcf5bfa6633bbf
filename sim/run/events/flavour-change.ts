/** E-02: a flavour is sold out, abandoned, or sold again. */
import { setFlavourStatus } from '../../market/servers/pool-changes.ts'
import { type EventOf, type EventScope, poolRows } from './event-scope.ts'

export function flavourChange(scope: EventScope, event: EventOf<'flavourChange'>): void {
  for (const pool of poolRows(scope, event)) setFlavourStatus(scope.market, pool, event.status)
}
