import { MAX_PAYLOAD } from './message.ts'

const STRIDE = MAX_PAYLOAD + 1

/** An inbox as a snapshot keeps it. */
export interface InboxState {
  readonly slots: Float64Array
  readonly used: number
  readonly free: Int32Array
  /** Messages that came in, and those that were taken, so far. */
  readonly came: number
  readonly taken: number
}

/** The payloads of the messages that wait in a cell's kernel: the event carries the slot, the slot the words. */
export class Inbox {
  #slots = new Float64Array(64 * STRIDE)
  #used = 0
  #free: number[] = []
  #came = 0
  #taken = 0
  // One view a length: a handler gets the same array again and again, and no message allocates.
  readonly #views = Array.from({ length: STRIDE }, (_, length) => new Float64Array(length))

  /** Counts a message that comes in, before it is put anywhere. */
  count(): void {
    this.#came++
  }

  /** Messages that came in and neither were taken nor wait: 0, unless one was lost or put twice. */
  get lost(): number {
    return this.#came - this.#taken - (this.#used - this.#free.length)
  }

  /** Copies `size` words from `at` in `words` and returns their slot. */
  put(words: Float64Array, at: number, size: number): number {
    const slot = this.#free.pop() ?? this.#used++
    const base = slot * STRIDE
    if (base + STRIDE > this.#slots.length) {
      const wider = new Float64Array(this.#slots.length * 2)
      wider.set(this.#slots)
      this.#slots = wider
    }
    this.#slots[base] = size
    for (let i = 0; i < size; i++) this.#slots[base + 1 + i] = words[at + i]
    return slot
  }

  /** Empties a slot. The payload is good until the next `take`. */
  take(slot: number): Float64Array {
    const base = slot * STRIDE
    const size = this.#slots[base]
    const view = this.#views[size]
    for (let i = 0; i < size; i++) view[i] = this.#slots[base + 1 + i]
    this.#free.push(slot)
    this.#taken++
    return view
  }

  save(): InboxState {
    return {
      slots: this.#slots.slice(0, this.#used * STRIDE),
      used: this.#used,
      free: Int32Array.from(this.#free),
      came: this.#came,
      taken: this.#taken,
    }
  }

  restore(state: InboxState): void {
    if (state.slots.length > this.#slots.length) this.#slots = new Float64Array(state.slots.length * 2)
    this.#slots.set(state.slots)
    this.#used = state.used
    this.#free = Array.from(state.free)
    this.#came = state.came
    this.#taken = state.taken
  }
}
