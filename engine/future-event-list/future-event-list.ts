/** Names a pending event: a non-negative int32, or -1 for none. Good until its event has run or was cancelled. */
export type Handle = number

/** Plain data: numbers, strings and typed arrays only. */
export type FutureEventListState = { structure: string; [part: string]: Int32Array | Float64Array | number | string }

/**
 * The pending events in the total order of T-06: (time, rank, entity, sequence). Times are whole numbers; the caller
 * has checked them and never asks for a time before that of the last event taken.
 */
export interface FutureEventList {
  /** Number of pending events. */
  readonly size: number
  /** Time of the event taken last. */
  readonly time: number
  /** Fields of the event taken last: `words[r + 2] & 0x1fff` is the kind, then entity, a, b. Valid until the next insert. */
  readonly words: Int32Array
  insert(time: number, rank: number, kind: number, entity: number, a: number, b: number): Handle
  /** False when the event has already run or was cancelled. */
  cancel(handle: Handle): boolean
  /** Moves an event as if it had been scheduled now, under its old handle. */
  reschedule(handle: Handle, time: number): boolean
  /** Time of the first event, Infinity when there is none. */
  next(): number
  /** Removes the first event if it is earlier than `end` and returns its record, else -1. */
  take(end: number): number
  save(): FutureEventListState
  restore(state: FutureEventListState): void
  /** Renumbers kinds; returns a kind in use without a new number, or -1. */
  renumber(numbers: Int32Array): number
}
