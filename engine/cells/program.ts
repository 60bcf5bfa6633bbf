import type { Kernel } from '../kernel.ts'
import type { Streams } from '../random/streams.ts'

/** What a cell sees of the world: its own clock, its own chance, and the way to the others. */
export interface CellContext {
  /** This cell, 0 .. count - 1. */
  readonly id: number
  /** The number of cells. */
  readonly count: number
  readonly kernel: Kernel
  /** Streams of this cell alone. They are named by path only: put what tells two cells apart into the path. */
  readonly streams: Streams
  /**
   * Sends up to 12 float64 words to cell `to`, which receives them `delay` ms from now (whole ms, at least the
   * lookahead), before the actions and after the settlements of that millisecond (rank 3). Messages of one
   * millisecond arrive by sender, and those of one sender in the order sent. A message to oneself obeys the same
   * rule, so that a program never depends on where its partner lives; the kernel is there for anything sooner.
   * `kind` is an int32. May be called in `createCell`, in handlers, in `receive` and in `boundary`.
   */
  send(to: number, delay: number, kind: number, payload: readonly number[]): void
}

/** A cell's program. It may touch nothing outside its cell but what is in shared memory and never changes. */
export interface CellProgram {
  /** A message has arrived; `kernel.now` is its time. `payload` is good during the call only. */
  receive(from: number, kind: number, payload: Float64Array): void
  /** Called after each window (`kernel.now` is its end), and so before every save: the moment to flush buffers. */
  boundary?(windowEnd: number): void
  /** Called once at the end of the run; the result must be such as `v8.serialize` takes. */
  finish(): unknown
  /**
   * The program's own state, such as `v8.serialize` takes (typed arrays are by far the fastest); kernel, streams and
   * undelivered messages are saved for it.
   */
  save(): unknown
  /** Takes over what `save` gave. Whatever `createCell` scheduled, drew or sent has been replaced already. */
  restore(state: unknown): void
}

/** Exported as `createCell` by the program's module. Called in cell order; `spec` is to be read only. */
export type CreateCell = (spec: unknown, context: CellContext) => CellProgram
