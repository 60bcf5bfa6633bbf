/** Names a pending event: a non-negative int32, or -1 for none. Good until its event has run or was cancelled. */
export type Handle = number

/** Plain data: numbers, strings and typed arrays only. */
export type FutureEventListState = {
  structure: string
  [part: string]: Int32Array | Uint8Array | Float64Array | number | string
}

/**
 * The pending events in the total order of T-06, (time, rank, entity, sequence), and the clock. Times and delays are
 * whole numbers of ms, checked by the caller.
 */
export interface FutureEventList {
  /** The clock, ms: the time of the event taken last, or where it was moved to. */
  readonly now: number
  /** The clock in two int32: whole blocks of 2^30 ms, and ms within the block. */
  readonly block: number
  readonly within: number
  /** Number of pending events. */
  readonly size: number
  /** Holds the fields of the event taken last until the next insert: `words[record | 2] & 0x1fff` is the kind, then
   * entity, a, b. */
  readonly words: Int32Array
  /** Moves the clock forward, not past a pending event; the horizon must not be behind it. */
  moveTo(time: number): void
  /** Schedules an event `delay` ms from now, 0 to 2^31 - 1; see `tagOf`. Entity, a and b are int32. */
  insert(delay: number, tag: number, entity: number, a: number, b: number): Handle
  /** The same for a longer delay. */
  insertFar(delay: number, tag: number, entity: number, a: number, b: number): Handle
  /** False when the event has already run or was cancelled. */
  cancel(handle: Handle): boolean
  /** Moves an event to `delay` ms from now as if it had been scheduled now, under its old handle. */
  reschedule(handle: Handle, delay: number): boolean
  /** Time of the first event, Infinity when there is none. */
  next(): number
  /** Sets the horizon of `take`, ms or Infinity; it starts as Infinity. */
  until(end: number): void
  /** Removes the first event if it is earlier than the horizon, moves the clock to it and returns its record; else -1. */
  take(): number
  save(): FutureEventListState
  /**
   * Takes over a saved state.
   * @param kinds the present number of each saved kind, -1 where there is none
   * @returns a saved kind that a pending event needs and that has no number, or -1 when all is well; nothing has
   * changed unless it is -1
   */
  restore(state: FutureEventListState, kinds: Int32Array): number
}
