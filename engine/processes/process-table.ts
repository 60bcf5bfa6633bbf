import { doubled } from '../growth.ts'
import type { Claim } from './claim.ts'
import type { ProcessHandle } from './process-handle.ts'

/** What a process waits for: nothing, a delay, a unit, or any other waitable. */
export const RUNNING = 0
export const HOLDING = 1
export const QUEUEING = 2
export const AWAITING = 3

/**
 * The state of processes as columns: a table of entities, which are processes and branches of their conditions, and the
 * queue of those that may continue. Numbers instead of references, since each reference from here to a young object costs a
 * write barrier.
 */
export abstract class ProcessTable {
  protected readonly clients: (ProcessHandle | Claim | null)[] = []
  /** What each waits for. */
  protected waits = new Int32Array(16)
  /** Handle of the delay's event, or ticket; in an idle place, the next idle one. */
  protected tokens = new Int32Array(16)
  /** Tickets with units that each process holds. */
  protected holds = new Int32Array(16)
  /** When each wait began, ticks; waits for units are kept by their resource. */
  protected since = new Float64Array(16)
  /** Number of each process, by which a place is distinguished from its next tenant. */
  protected numbers = new Int32Array(16)
  /**
   * Processes ready to continue, four words each: place, number, an int32 as answer, and whether the answer is that or among
   * the parcels.
   */
  protected ready = new Int32Array(64)
  protected readyEnd = 0
  protected readonly parcels: unknown[] = []
  private idle = -1

  protected enqueue(index: number, value: unknown): void {
    const end = this.readyEnd
    if (end === this.ready.length) this.ready = doubled(this.ready)
    const { ready } = this
    this.readyEnd = end + 4
    ready[end] = index
    ready[end + 1] = this.numbers[index]
    const small = typeof value === 'number' && (value | 0) === value
    ready[end + 2] = small ? value : 0
    ready[end + 3] = small ? 0 : 1
    if (!small) this.parcels[end >> 2] = value
  }

  protected takePlace(): number {
    const index = this.idle
    if (index >= 0) {
      this.idle = this.tokens[index]
      return index
    }
    const added = this.clients.length
    this.clients.push(null)
    if (added === this.tokens.length) {
      this.waits = doubled(this.waits)
      this.tokens = doubled(this.tokens)
      this.holds = doubled(this.holds)
      this.numbers = doubled(this.numbers)
      const since = new Float64Array(this.tokens.length)
      since.set(this.since)
      this.since = since
    }
    return added
  }

  protected freePlace(index: number): void {
    this.clients[index] = null
    this.numbers[index] = 0
    this.waits[index] = RUNNING
    this.tokens[index] = this.idle
    this.idle = index
  }

  protected handleAt(index: number): ProcessHandle {
    return this.clients[index] as ProcessHandle
  }
}
