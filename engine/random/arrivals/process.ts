/**
 * A sequence of arrivals in time, fixed by its stream and parameters alone: who pauses and comes back later finds
 * the arrivals that he would have found anyway. A plain object of a few numbers, since every buyer has one.
 */
export interface ArrivalProcess {
  /**
   * Instant of the next arrival, whole ms, not before `now`; Infinity when no more will come. Each arrival is
   * returned once, several may share an instant, and those that lie before `now` are passed over.
   */
  next(now: number): number
  /** How many arrive at the instant last returned: 1 but for batch arrivals. */
  readonly batch: number
  /** What changes, as numbers; the stream is saved with all streams. */
  save(): readonly number[]
  restore(state: readonly number[]): void
}
