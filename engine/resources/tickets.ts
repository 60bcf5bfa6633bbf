import { doubled } from '../growth.ts'

/** Names one request: a non-negative int32, good until it is released, withdrawn, reneged or preempted. */
export type Ticket = number

const WAITING = 1
const HOLDING = 2
const GENERATION = 127

/** Most units of one request: what 24 bits can tell. */
export const MOST_UNITS = 1 << 24

/**
 * Requests as records of eight int32 in one growing array, named by the index of their first word:
 *
 *     word 0-1  entity, priority        word 4-5  sequence, timer (a kernel handle or -1)
 *     word 2-3  the queue's links       word 6    0 idle, 1 waiting, 2 holding
 *                                       word 7    units wanted less one, generation (7 bits)
 */
export class Tickets {
  words = new Int32Array(8 * 16)
  /** When each request came, or was granted, ticks: `since[request >> 3]`. */
  since = new Float64Array(16)
  /** Length of each job, where the order of waiting needs it: `work[request >> 3]`. */
  work: Float64Array<ArrayBuffer> | null
  private free = -1
  private end = 0
  private sequence = 0

  /** @param sized whether lengths of jobs are kept */
  constructor(sized = false) {
    this.work = sized ? new Float64Array(16) : null
  }

  /** Opens a waiting request and returns its record. */
  open(entity: number, priority: number, now: number, units: number): number {
    let request = this.free
    if (request >= 0) this.free = this.words[request | 2]
    else request = this.extend()
    const { words } = this
    words[request] = entity
    words[request | 1] = priority
    words[request | 4] = this.sequence
    words[request | 5] = -1
    words[request | 6] = WAITING
    words[request | 7] = (words[request | 7] & GENERATION) | ((units - 1) << 7)
    this.sequence = (this.sequence + 1) | 0
    this.since[request >> 3] = now
    return request
  }

  hold(request: number, now: number): void {
    this.words[request | 6] = HOLDING
    this.since[request >> 3] = now
  }

  /** Gives a record back; its ticket is stale from now on. */
  close(request: number): void {
    const { words } = this
    words[request | 6] = 0
    words[request | 7] = (words[request | 7] + 1) & GENERATION
    words[request | 2] = this.free
    this.free = request
  }

  ticketOf(request: number): Ticket {
    return ((this.words[request | 7] & GENERATION) << 24) | (request >> 3)
  }

  /** Units that a request wants or holds. */
  units(request: number): number {
    return (this.words[request | 7] >>> 7) + 1
  }

  /** Records of all requests that hold units, in no order that means anything. */
  holders(): number[] {
    const found: number[] = []
    for (let request = 0; request < this.end; request += 8) if (this.words[request | 6] === HOLDING) found.push(request)
    return found
  }

  /** The record of a waiting request, -1 for any other ticket. */
  waiting(ticket: Ticket): number {
    return this.recordIn(ticket, WAITING)
  }

  /** The record of a request that holds its unit, -1 for any other ticket. */
  holding(ticket: Ticket): number {
    return this.recordIn(ticket, HOLDING)
  }

  save(): { words: Int32Array; since: Float64Array; work?: Float64Array; free: number; sequence: number } {
    const { free, sequence, end } = this
    const saved = { words: this.words.slice(0, end), since: this.since.slice(0, end >> 3), free, sequence }
    return this.work === null ? saved : { ...saved, work: this.work.slice(0, end >> 3) }
  }

  restore(state: ReturnType<Tickets['save']>): void {
    const room = Math.max(16, state.since.length)
    this.words = new Int32Array(8 * room)
    this.words.set(state.words)
    this.since = new Float64Array(room)
    this.since.set(state.since)
    if (this.work !== null) {
      this.work = new Float64Array(room)
      this.work.set(state.work ?? [])
    }
    this.end = state.words.length
    this.free = state.free
    this.sequence = state.sequence
  }

  private recordIn(ticket: Ticket, condition: number): number {
    const request = (ticket & 0xffffff) << 3
    if (ticket < 0 || request >= this.end) return -1
    const { words } = this
    return words[request | 6] === condition && (words[request | 7] & GENERATION) === ticket >> 24 ? request : -1
  }

  private extend(): number {
    const request = this.end
    if (request === this.words.length) {
      this.words = doubled(this.words)
      const since = new Float64Array(this.words.length >> 3)
      since.set(this.since)
      this.since = since
      if (this.work !== null) {
        const work = new Float64Array(since.length)
        work.set(this.work)
        this.work = work
      }
    }
    this.end = request + 8
    return request
  }
}
