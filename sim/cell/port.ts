/**
 * Ports: how a chapter of the rules announces what happened to later chapters, which it does not know. Handlers run
 * immediately, in the order in which they were connected: that of `sim/market/modules.ts`, then that of the people. So one
 * event has one order of handlers, as one instant has one order of events (T-06).
 */
type Handler<A extends readonly unknown[]> = (...event: A) => void
type AnyHandler = (first: unknown, second: unknown, third: unknown) => void

const nothing = (): void => {}

/** Calls all. An event has three parts at most: named one by one, they cost no array for each event. */
const each =
  (handlers: readonly AnyHandler[]): AnyHandler =>
  (first, second, third) => {
    for (let at = 0; at < handlers.length; at++) handlers[at](first, second, third)
  }

export class Port<A extends readonly [unknown?, unknown?, unknown?]> {
  /** Says that it happened: each handler has run when this returns. */
  emit: Handler<A> = nothing
  readonly #handlers: Handler<A>[] = []

  connect(handler: Handler<A>): void {
    const handlers = this.#handlers
    handlers.push(handler)
    this.emit =
      handlers.length === 1
        ? handler
        : (each(handlers as readonly unknown[] as readonly AnyHandler[]) as unknown as Handler<A>)
  }
}

/** A question to those who come later; without a listener that says yes, the answer is no. */
export class Gate<A extends readonly unknown[]> {
  readonly #askers: ((...about: A) => boolean)[] = []

  connect(answer: (...about: A) => boolean): void {
    this.#askers.push(answer)
  }

  /** Whether any listener says yes; those after the first that does are not asked. */
  ask(...about: A): boolean {
    for (const answer of this.#askers) if (answer(...about)) return true
    return false
  }
}

/** A value that later chapters may change before it holds, each what the one before it made of it. */
export class Pipe<V, A extends readonly unknown[]> {
  readonly #steps: ((value: V, ...about: A) => V)[] = []

  through(step: (value: V, ...about: A) => V): void {
    this.#steps.push(step)
  }

  of(value: V, ...about: A): V {
    let result = value
    for (const step of this.#steps) result = step(result, ...about)
    return result
  }
}
