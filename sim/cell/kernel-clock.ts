import { type EventKind, type Kernel, LAST_TIME } from '#engine/kernel.ts'
import { NONE } from './table.ts'
import type { Clock, TimerHandler } from './timers.ts'

/** A kernel as the clock of a cell. */
export class KernelClock implements Clock {
  readonly #kernel: Kernel
  readonly #kinds = new Map<string, EventKind>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  get now(): number {
    return this.#kernel.now
  }

  on(kind: string, rank: number, handler: TimerHandler): void {
    this.#kinds.set(kind, this.#kernel.on(kind, rank, handler))
  }

  /** What is beyond the end of time never happens; a sum of long durations may be there. */
  wake(kind: string, at: number, entity: number, a = 0): number {
    return this.#kernel.at(at < LAST_TIME ? at : LAST_TIME, this.#kinds.get(kind) as EventKind, entity, a)
  }

  cancel(handle: number): void {
    if (handle !== NONE) this.#kernel.cancel(handle)
  }
}
