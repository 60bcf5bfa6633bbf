/** C-05: when a product is on sale, and whether its automatic renewals continue, by number of the product - 1. */
import type { Scenario } from '#scenarios/schema.ts'
import { inOrderOfTime, type Since } from './timeline.ts'

export type Listing = 'listed' | 'delisted' | 'no-renewal'

export function listingTimelines({ start, catalog, events }: Scenario): Since<Listing>[][] {
  const planned = inOrderOfTime(events)
  return catalog.map(({ id, listed }) => {
    const timeline: Since<Listing>[] = [
      { since: start, value: listed === null || listed <= start ? 'listed' : 'delisted' },
    ]
    if (listed !== null && listed > start) timeline.push({ since: listed, value: 'listed' })
    for (const event of planned) {
      if ((event.kind !== 'list' && event.kind !== 'delist') || event.product !== id) continue
      const value = event.kind === 'list' ? 'listed' : event.renewals === 'stop' ? 'no-renewal' : 'delisted'
      timeline.push({ since: event.at, value })
    }
    return timeline.sort((a, b) => a.since - b.since)
  })
}
