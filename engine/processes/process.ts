import type { Yieldable } from './condition.ts'
import type { ProcessHandle } from './process-handle.ts'

/**
 * What a process is: a generator that yields what it waits for, a delay in the model's unit or a waitable, and gets back
 * the answer. What it returns is the answer to those who wait for its end.
 */
// biome-ignore lint/suspicious/noExplicitAny: the answer's type follows from what is yielded; `yield*` knows it
export type Process<R = void> = Generator<Yieldable<any>, R, any>

/** A process that waits for something other than time. */
export type Waiting = {
  readonly process: ProcessHandle
  readonly name: string
  /** Since when, in the model's unit. */
  readonly since: number
  /** What for, and who has it: `a unit of 'desk' (held by customer 1)`. */
  readonly for: string
}
