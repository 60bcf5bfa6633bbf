/** O-14, N-07: accounts are frozen for a violation, or for legal reasons, until a planned instant or the end of the run. */
import { freeze } from '../../market/freezes/freezing.ts'
import type { EventOf, EventScope } from './event-scope.ts'

/** `number` is the event's own, which names its chance. Each freeze ends by itself. */
export function freezeBegins(
  { market, streams }: EventScope,
  { at, buyer, segment, probability, reason, ...event }: EventOf<'accountFreeze'>,
  number: number,
): void {
  const { accounts, world, freezes } = market
  const planned = { reason, event: number + 1, until: at + (event.for ?? Number.POSITIVE_INFINITY) }
  for (let account = 0; account < accounts.rows; account++) {
    const own = world.scenario.buyers[accounts.segment[account]].segment
    const place = world.population.number[accounts.id[account] - 1]
    const isMeant =
      buyer === null ? segment === null || segment === own : buyer.segment === own && buyer.number === place
    if (!isMeant || probability === 0) continue
    if (probability === 1 || streams.fresh(`event/${number}/freeze/${own}/${place}`).next() < probability)
      freeze(freezes, account, planned)
  }
}
