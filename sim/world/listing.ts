/** C-05, C-07, O-14: when a product is on sale, and whether its automatic renewals continue, by number of the product - 1. */
import type { Scenario } from '#scenarios/schema.ts'
import { inForce, inOrderOfTime, type Since } from './timeline.ts'

/** `awaited`: listed from the instant on at which enough requirements were answered (C-07). */
export type Listing = 'listed' | 'delisted' | 'no-renewal' | 'violation' | 'awaited'

export function listingTimelines({ start, catalog, events }: Scenario): Since<Listing>[][] {
  const planned = inOrderOfTime(events)
  return catalog.map(({ id, listed, seller, requirements }) => {
    const first = requirements !== null ? 'awaited' : listed === null || listed <= start ? 'listed' : 'delisted'
    const timeline: Since<Listing>[] = [{ since: start, value: first }]
    if (listed !== null && listed > start) timeline.push({ since: listed, value: 'listed' })
    for (const event of planned) {
      if ((event.kind !== 'list' && event.kind !== 'delist') || event.product !== id) continue
      const value = event.kind === 'list' ? 'listed' : event.renewals === 'stop' ? 'no-renewal' : 'delisted'
      timeline.push({ since: event.at, value })
    }
    const listings = timeline.sort((a, b) => a.since - b.since)
    const violations = planned.flatMap((event) =>
      event.kind === 'violation' && event.seller.segment === seller.segment && event.seller.number === seller.number
        ? [{ from: event.at, to: event.for === null ? Number.POSITIVE_INFINITY : event.at + event.for }]
        : [],
    )
    return violations.reduce(delistedIn, listings)
  })
}

/** What is listed in other ways while a violation lasts shows again when it is over. */
function delistedIn(listings: readonly Since<Listing>[], { from, to }: { from: number; to: number }): Since<Listing>[] {
  return [
    ...listings.filter(({ since }) => since < from),
    { since: from, value: 'violation' },
    ...(to < Number.POSITIVE_INFINITY ? [{ since: to, value: inForce(listings, to) }] : []),
    ...listings.filter(({ since }) => since > to),
  ]
}
