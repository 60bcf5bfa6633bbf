import { type Host, Waitable, type Waiter } from './waitable.ts'

/**
 * Something that happens once, with a value: any number of processes wait for it by `yield event`. Who comes later gets
 * the value immediately.
 */
export class OneShotEvent<T = void> extends Waitable<T> {
  readonly name: string
  private readonly host: Host
  private readonly waiters = new Set<Waiter>()
  private state: 'pending' | 'succeeded' | 'failed' = 'pending'
  private answer: unknown
  private since = Number.NaN

  /** Made by `processes.event(name)`. */
  constructor(host: Host, name: string) {
    super()
    this.host = host
    this.name = name
  }

  /** Whether it has happened, well or not. */
  get triggered(): boolean {
    return this.state !== 'pending'
  }

  /** Its value; undefined before it happens. */
  get value(): T | undefined {
    return this.state === 'succeeded' ? (this.answer as T) : undefined
  }

  /** When it happened, in the model's unit; NaN before. */
  get time(): number {
    return this.since
  }

  /** Processes waiting. */
  get waiting(): number {
    return this.waiters.size
  }

  /**
   * It happens now: all who wait continue in the order in which they came.
   * @throws ProcessError when it has happened already
   */
  succeed(value: T): void {
    this.settle('succeeded', value)
  }

  /**
   * It fails now: the error is thrown in all who wait, and in all who come later.
   * @throws ProcessError when it has happened already; the error itself when no process waits for it
   */
  fail(error: Error): void {
    const seen = this.waiters.size > 0
    this.settle('failed', error)
    if (!seen) throw error
  }

  begin(waiter: Waiter, host: Host): void {
    if (host !== this.host)
      throw host.runningError(`event '${this.name}' belongs to other Processes; use this model's own`)
    if (this.state === 'pending') this.waiters.add(waiter)
    else if (this.state === 'succeeded') waiter.resume(this.answer)
    else waiter.fail(this.answer)
  }

  abandon(waiter: Waiter): void {
    this.waiters.delete(waiter)
  }

  describe(): string {
    return `event '${this.name}'`
  }

  private settle(state: 'succeeded' | 'failed', answer: unknown): void {
    const { host } = this
    if (this.state !== 'pending') {
      throw host.runningError(
        `event '${this.name}' has already happened, at time ${this.since}; make a new one for each time`,
      )
    }
    this.state = state
    this.answer = answer
    this.since = host.time.units(host.kernel.now)
    const outermost = host.pause()
    for (const waiter of this.waiters) {
      if (state === 'succeeded') waiter.resume(answer)
      else waiter.fail(answer)
    }
    this.waiters.clear()
    host.proceed(outermost)
  }
}
