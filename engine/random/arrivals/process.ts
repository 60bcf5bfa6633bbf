/**
 * A sequence of arrivals in time, fixed by its stream and parameters alone: after a pause it continues with the same
 * arrivals. A plain object of a few numbers, since every buyer has one.
 */
export interface ArrivalProcess {
  /**
   * Instant of the next arrival, whole ms, not before `now`; Infinity when no more will come. Each arrival is
   * returned once, several may share an instant, and those that are before `now` are passed over.
   */
  next(now: number): number
  /** How many arrive at the instant last returned: 1 but for batch arrivals. */
  readonly batch: number
  /** What changes, as numbers; the stream is saved with all streams. */
  save(): readonly number[]
  restore(state: readonly number[]): void
}
