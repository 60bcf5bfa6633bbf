import type { Streams } from '#engine/random/streams.ts'
import type { PlannedEvent } from '#scenarios/sections/events.ts'
import type { Servers } from '../../market/servers/servers.ts'

/** What planned events act upon in one cell. */
export interface EventScope {
  readonly market: Servers
  readonly streams: Streams
  /** A seller at home here does nothing before an instant. */
  readonly closeSeller: (seller: number, until: number) => void
}

export type EventOf<K extends PlannedEvent['kind']> = Extract<PlannedEvent, { kind: K }>

/** Rows of this cell's pools that an event means: those of its zone, of one flavour or of all. */
export function poolRows(
  { market }: EventScope,
  { zone, flavour }: { zone: string; flavour: string | null },
): number[] {
  return market.world.pools
    .filter((place) => place.cell === market.cell && place.zone === zone)
    .filter(({ plan }) => flavour === null || plan.flavour === flavour)
    .map(({ row }) => row)
}
