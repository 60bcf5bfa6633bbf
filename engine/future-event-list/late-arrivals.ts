import { doubled } from '../growth.ts'
import { comesBefore } from './tick-order.ts'

/**
 * Events scheduled for the instant that is being executed, where they belong neither before nor behind everything that
 * waits: a small binary heap by (rank, entity, arrival). A record here has -1 in word 0 and its place in word 1.
 */
export class LateArrivals {
  size = 0
  private heap = new Int32Array(16)
  private arrivals = new Int32Array(16)
  private arrival = 0

  /** The first one. Only when `size` > 0. */
  first(): number {
    return this.heap[0]
  }

  push(words: Int32Array, record: number): void {
    if (this.size === this.heap.length) {
      this.heap = doubled(this.heap)
      this.arrivals = doubled(this.arrivals)
    }
    if (this.size === 0) this.arrival = 0
    words[record] = -1
    this.siftUp(words, record, this.arrival++, this.size++)
  }

  remove(words: Int32Array, record: number): void {
    const place = words[record | 1]
    const last = --this.size
    if (place === last) return
    const moved = this.heap[last]
    const arrival = this.arrivals[last]
    if (this.siftUp(words, moved, arrival, place) === place) this.siftDown(words, moved, arrival, place)
  }

  save(): Int32Array {
    return Int32Array.of(this.arrival, ...this.heap.subarray(0, this.size), ...this.arrivals.subarray(0, this.size))
  }

  restore(state: Int32Array): void {
    this.size = (state.length - 1) >> 1
    this.arrival = state[0]
    this.heap = new Int32Array(Math.max(16, this.size))
    this.arrivals = new Int32Array(this.heap.length)
    this.heap.set(state.subarray(1, 1 + this.size))
    this.arrivals.set(state.subarray(1 + this.size))
  }

  private siftUp(words: Int32Array, record: number, arrival: number, from: number): number {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.precedes(words, record, arrival, parent)) break
      this.put(words, this.heap[parent], this.arrivals[parent], place)
      place = parent
    }
    this.put(words, record, arrival, place)
    return place
  }

  private siftDown(words: Int32Array, record: number, arrival: number, from: number): void {
    const { heap, arrivals, size } = this
    let place = from
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.precedes(words, heap[child + 1], arrivals[child + 1], child)) child++
      if (this.precedes(words, record, arrival, child)) break
      this.put(words, heap[child], arrivals[child], place)
      place = child
    }
    this.put(words, record, arrival, place)
  }

  private precedes(words: Int32Array, record: number, arrival: number, place: number): boolean {
    const other = this.heap[place]
    if (comesBefore(words, record, other)) return true
    return arrival < this.arrivals[place] && !comesBefore(words, other, record)
  }

  private put(words: Int32Array, record: number, arrival: number, place: number): void {
    this.heap[place] = record
    this.arrivals[place] = arrival
    words[record | 1] = place
  }
}
