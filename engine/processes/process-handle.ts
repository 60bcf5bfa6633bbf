import type { Host, Waiter } from './waitable.ts'
import { Waitable } from './waitable.ts'

/** What a started process asks of its scheduler. */
export interface Scheduler extends Host {
  wake(handle: ProcessHandle, value: unknown): void
  fail(handle: ProcessHandle, error: unknown): void
  interrupt(handle: ProcessHandle, cause: unknown): void
  activate(handle: ProcessHandle, value: unknown): void
  cancel(handle: ProcessHandle): void
}

/** A process that was started: to wait for its end, `yield handle`, or to interrupt it. */
export class ProcessHandle<R = unknown> extends Waitable<R> implements Waiter {
  /** Its number in order of starting, from 1. */
  readonly number: number
  readonly generator: Generator<unknown, R, unknown>
  /** Its place in the table of entities, -1 after its end. */
  entity: number
  /** What it waits for, other than a delay. */
  target: Waitable<unknown> | null = null
  private answer: unknown
  private failed = false
  private readonly scheduler: Scheduler
  private readonly label: string | undefined
  private joiners: Set<Waiter> | null = null

  constructor(
    label: string | undefined,
    number: number,
    generator: Generator<unknown, R, unknown>,
    entity: number,
    scheduler: Scheduler,
  ) {
    super()
    this.label = label
    this.number = number
    this.generator = generator
    this.entity = entity
    this.scheduler = scheduler
  }

  /** As given to `start`, else 'process' and its number. */
  get name(): string {
    return this.label ?? `process ${this.number}`
  }

  get process(): number {
    return this.entity
  }

  /** Whether it has not ended. */
  get alive(): boolean {
    return this.entity >= 0
  }

  /** What it returned; undefined before its end and after a failure. */
  get result(): R | undefined {
    return this.failed ? undefined : (this.answer as R | undefined)
  }

  /**
   * Cancels what the process waits for and throws `Interrupted` at its `yield`, when its turn comes within this event.
   * An answer that it had already got comes first.
   * @throws ProcessError when it has ended, or interrupts itself
   */
  interrupt(cause?: unknown): void {
    this.scheduler.interrupt(this, cause)
  }

  /**
   * Ends the wait of `yield passivate()`, which returns `value`.
   * @throws ProcessError when the process is not passive
   */
  activate(value?: unknown): void {
    this.scheduler.activate(this, value)
  }

  /**
   * Ends the process where it is: `finally` blocks run, its waits and units are given up. Nothing happens when it has
   * ended already.
   */
  cancel(): void {
    this.scheduler.cancel(this)
  }

  resume(value: unknown): void {
    this.scheduler.wake(this, value)
  }

  fail(error: unknown): void {
    this.scheduler.fail(this, error)
  }

  begin(waiter: Waiter, host: Host): void {
    if (this.alive) {
      if (waiter.process === this.entity) throw host.runningError('it waits for its own end')
      this.joiners ??= new Set()
      this.joiners.add(waiter)
    } else if (this.failed) waiter.fail(this.answer)
    else waiter.resume(this.answer)
  }

  abandon(waiter: Waiter): void {
    this.joiners?.delete(waiter)
  }

  describe(): string {
    return `the end of ${this.name}`
  }

  /** Notes the end, with a result or an error, and tells those who wait for it; false when there is none. */
  settle(failed: boolean, answer: unknown): boolean {
    this.failed = failed
    this.answer = answer
    this.entity = -1
    this.target = null
    const { joiners } = this
    if (joiners === null) return false
    this.joiners = null
    for (const joiner of joiners) {
      if (failed) joiner.fail(answer)
      else joiner.resume(answer)
    }
    return joiners.size > 0
  }
}

/** Waits for the end of a process: `const result = yield join(handle)`. A failure is thrown at the `yield`. */
export function join<R>(handle: ProcessHandle<R>): Waitable<R> {
  return handle
}
