import { doubled } from '../growth.ts'
import type { Tickets } from './tickets.ts'

/** Requests in an order of their own; a record's words 2 and 3 belong to the line it is in. */
export interface Line {
  readonly size: number
  /** The first request, -1 when there is none. */
  first(): number
  push(request: number): void
  remove(request: number): void
  /** All requests, the first one first. */
  requests(): number[]
  save(): Int32Array
  restore(state: Int32Array): void
}

/** First come, first served: a doubly linked list, O(1) each way. */
export class FifoLine implements Line {
  size = 0
  protected head = -1
  private tail = -1
  protected readonly tickets: Tickets

  constructor(tickets: Tickets) {
    this.tickets = tickets
  }

  first(): number {
    return this.head
  }

  push(request: number): void {
    const { words } = this.tickets
    words[request | 2] = -1
    words[request | 3] = this.tail
    if (this.tail < 0) this.head = request
    else words[this.tail | 2] = request
    this.tail = request
    this.size++
  }

  remove(request: number): void {
    const { words } = this.tickets
    const after = words[request | 2]
    const before = words[request | 3]
    if (before < 0) this.head = after
    else words[before | 2] = after
    if (after < 0) this.tail = before
    else words[after | 3] = before
    this.size--
  }

  requests(): number[] {
    const found: number[] = []
    for (let request = this.head; request >= 0; request = this.tickets.words[request | 2]) found.push(request)
    return found
  }

  save(): Int32Array {
    return Int32Array.of(this.size, this.head, this.tail)
  }

  restore(state: Int32Array): void {
    ;[this.size, this.head, this.tail] = state
  }
}

/** Last come, first served. */
export class LifoLine extends FifoLine {
  override push(request: number): void {
    if (this.head < 0) {
      super.push(request)
      return
    }
    const { words } = this.tickets
    words[request | 2] = this.head
    words[request | 3] = -1
    words[this.head | 3] = request
    this.head = request
    this.size++
  }
}

/**
 * By priority, lower numbers first, then by arrival; or just the other way round, for those who must go first. A binary
 * heap that knows each request's place, O(log n).
 */
export class PriorityLine implements Line {
  size = 0
  private heap = new Int32Array(16)
  protected readonly tickets: Tickets
  /** 1, or -1 for the reversed order. */
  private readonly sign: number

  constructor(tickets: Tickets, reversed = false) {
    this.tickets = tickets
    this.sign = reversed ? -1 : 1
  }

  first(): number {
    return this.size === 0 ? -1 : this.heap[0]
  }

  push(request: number): void {
    if (this.size === this.heap.length) this.heap = doubled(this.heap)
    this.siftUp(request, this.size++)
  }

  remove(request: number): void {
    const place = this.tickets.words[request | 3]
    const last = this.heap[--this.size]
    if (last !== request && this.siftUp(last, place) === place) this.siftDown(last, place)
  }

  requests(): number[] {
    return [...this.heap.subarray(0, this.size)].sort((x, y) => (this.precedes(x, y) ? -1 : 1))
  }

  save(): Int32Array {
    return this.heap.slice(0, this.size)
  }

  restore(state: Int32Array): void {
    this.size = state.length
    this.heap = new Int32Array(Math.max(16, state.length))
    this.heap.set(state)
  }

  private siftUp(request: number, from: number): number {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.precedes(request, this.heap[parent])) break
      this.put(this.heap[parent], place)
      place = parent
    }
    this.put(request, place)
    return place
  }

  private siftDown(request: number, from: number): void {
    const { heap, size } = this
    let place = from
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.precedes(heap[child + 1], heap[child])) child++
      if (!this.precedes(heap[child], request)) break
      this.put(heap[child], place)
      place = child
    }
    this.put(request, place)
  }

  private put(request: number, place: number): void {
    this.heap[place] = request
    this.tickets.words[request | 3] = place
  }

  protected precedes(x: number, y: number): boolean {
    const { words } = this.tickets
    const priorities = words[x | 1] - words[y | 1]
    // The difference of two sequence numbers stays right when they wrap.
    return (priorities !== 0 ? priorities : (words[x | 4] - words[y | 4]) | 0) * this.sign < 0
  }
}

/** Shortest job first: by priority, then by the length of the job, then by arrival. */
export class ShortestLine extends PriorityLine {
  protected override precedes(x: number, y: number): boolean {
    const { words, work } = this.tickets
    if (work !== null && words[x | 1] === words[y | 1]) {
      const difference = work[x >> 3] - work[y >> 3]
      if (difference !== 0) return difference < 0
    }
    return super.precedes(x, y)
  }
}
