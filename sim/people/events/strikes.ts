/** Planned strikes of sellers (L-04): for a while they do nothing. */
import type { Scenario } from '#scenarios/schema.ts'

/** When sellers of a segment work again at the earliest: `now` when none is on strike. */
export function strikeEnds({ events }: Scenario, segment: string, now: number): number {
  let end = now
  // One strike may run into another.
  for (let moved = true; moved; ) {
    moved = false
    for (const event of events) {
      if (event.kind !== 'sellerStrike' || (event.segment !== null && event.segment !== segment)) continue
      if (event.at > end || event.at + event.for <= end) continue
      end = event.at + event.for
      moved = true
    }
  }
  return end
}
