/**
 * The users of a closed load: each waits for its answer, thinks, and asks again. Users are alike, so that only the
 * instants are kept at which one of them will ask next, in a binary heap.
 */
import { log } from '#engine/mathematics/logarithm.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import type { ClosedShape } from './shape.ts'

/** The users of one thread: of all users, those whose number modulo the threads is the thread's. */
export class Users {
  readonly #shape: ClosedShape
  readonly #stream: Stream
  readonly #heap: Float64Array
  #size = 0

  constructor(shape: ClosedShape, thread: number, threads: number) {
    const { users, think } = shape
    this.#shape = shape
    this.#stream = new Streams(shape.seed).stream(`load/think/${thread}`)
    const own = Math.max(0, Math.ceil((users - thread) / threads))
    this.#heap = new Float64Array(own)
    // They come in one after the other within a think time, so that they do not all ask at the same time.
    for (let user = thread; user < users; user += threads) this.#push((think.mean * user) / users)
  }

  get count(): number {
    return this.#heap.length
  }

  /** Ms from the start at which the next user asks; Infinity where none does before the end. */
  get next(): number {
    const first = this.#size === 0 ? Number.POSITIVE_INFINITY : this.#heap[0]
    return first < this.#shape.duration ? first : Number.POSITIVE_INFINITY
  }

  /** A user asks, and waits from now on. */
  ask(): void {
    const heap = this.#heap
    const last = heap[--this.#size]
    let place = 0
    for (let child = 1; child < this.#size; child = place * 2 + 1) {
      if (child + 1 < this.#size && heap[child + 1] < heap[child]) child++
      if (heap[child] >= last) break
      heap[place] = heap[child]
      place = child
    }
    heap[place] = last
  }

  /** A user has its answer at an instant, ms from the start, and thinks. */
  answer(at: number): void {
    const { mean, exponential } = this.#shape.think
    this.#push(at + (exponential ? -mean * log(1 - this.#stream.next()) : mean))
  }

  #push(at: number): void {
    const heap = this.#heap
    let place = this.#size++
    for (let parent = (place - 1) >> 1; place > 0 && heap[parent] > at; parent = (place - 1) >> 1) {
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = at
  }
}
