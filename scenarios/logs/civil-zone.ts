/** Where the clocks are that a log was written by: a UTC offset, or a place whose offset changes with the season. */

/** A place by its name, `Europe/Berlin`. */
export interface NamedZone {
  readonly name: string
  /** Milliseconds, without daylight saving: what is written is in this one. */
  readonly standard: number
  /**
   * The offset at a civil time (ms since 1970 as its clocks show it); of an hour that comes twice the first. Undefined for a time
   * that they skip.
   */
  offsetOf(civil: number): number | undefined
  /** Whether clocks show the time of an instant a second time. */
  isTwice(instant: number): boolean
}

/** Milliseconds ahead of UTC, or a place. */
export type CivilZone = number | NamedZone

export const offsetIn = (zone: CivilZone, civil: number): number | undefined =>
  typeof zone === 'number' ? zone : zone.offsetOf(civil)

export const standardOf = (zone: CivilZone): number => (typeof zone === 'number' ? zone : zone.standard)
