import type { Kernel } from '../kernel.ts'
import type { ModelTime } from '../model-time.ts'
import type { Resource, Ticket } from '../resources/resource.ts'

/** What a process wants of a resource; patience in the model's unit, null forever. */
export interface UnitRequest {
  /** Whether it was yielded. */
  used: boolean
  readonly resource: Resource
  readonly priority: number
  readonly patience: number | null
  readonly units: number
  readonly work: number
}

/** A waiter: a process, or one branch of a condition of a process. */
export interface Waiter {
  /** Number of the process that waits, or on whose behalf. */
  readonly process: number
  /** Its place in the table of entities, -1 for none: a process has one, a branch only while it waits by entity. */
  entity: number
  /** What was waited for has come; `value` is what `yield` returns. */
  resume(value: unknown): void
  /** What was waited for has failed; the error is thrown at the `yield`. */
  fail(error: unknown): void
}

/** What waitables ask of the scheduler of their processes. */
export interface Host {
  readonly kernel: Kernel
  readonly time: ModelTime
  /** Lets a waiter wait for a unit. */
  claimUnit(waiter: Waiter, wanted: UnitRequest): void
  /** Lets a waiter wait for a delay in ticks. */
  claimDelay(waiter: Waiter, ticks: number): void
  /** A place of the waiter in the table of entities, for what answers by entity. */
  claim(waiter: Waiter): number
  /** Ends a wait from `claimUnit`, `claimDelay` or `claim` without an answer. */
  giveUp(waiter: Waiter): void
  /** Notes who is passive, so that `activate` finds it; null for none. */
  setPassive(process: number, waiter: Waiter | null): void
  /** Releases a unit that a process got but never saw. */
  returnUnit(resource: Resource, ticket: Ticket): void
  /** From here to `proceed`, processes that may continue wait for their turn. */
  pause(): boolean
  proceed(outermost: boolean): void
  /** An error with the name of the running process, the time and the reason. */
  runningError(reason: string): Error
  /** Name of a process by its number. */
  nameOf(process: number): string
}

/**
 * Something a process can wait for: `const value = yield waitable`, or `yield* waitable` where the type of the value
 * should be known. What takes (acquire, get, hold) acts when it is yielded; what gives (put, succeed) acts immediately.
 */
export abstract class Waitable<T> {
  /** Starts the wait; may answer the waiter before it returns. */
  abstract begin(waiter: Waiter, host: Host): void
  /** Ends the wait of a waiter that has had no answer. */
  abstract abandon(waiter: Waiter, host: Host): void
  /** What is waited for, for reports: `a unit of 'desk'`. */
  abstract describe(): string

  /** Takes back an answer that its process never saw, since it was interrupted while it waited for more. */
  undo(_value: T, _host: Host): void {}

  /** For `yield*`: the same as `yield`, with the type of the answer. */
  *[Symbol.iterator](): Generator<Waitable<T>, T, T> {
    return yield this
  }
}
