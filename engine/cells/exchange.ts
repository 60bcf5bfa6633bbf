import { Words } from './words.ts'

/** The words one mailbox holds: smaller where many threads make many pairs. */
export function mailboxWords(threads: number): number {
  return Math.max(1024, Math.min(8192, Math.floor(2 ** 19 / (threads * threads))))
}

/**
 * The messages of a window on their way between threads, through shared memory.
 *
 * Each ordered pair of threads has two mailboxes, used in turn: a sender fills one while the receiver may still empty
 * the other, so that one barrier a round is enough. What does not fit waits in the sender's `outgoing` words for the
 * next round; the threads agree at the barrier whether there is one. Rounds change nothing in the order: each sender's
 * words are gathered apart, and a message may even be cut in two by the end of a mailbox.
 */
export class Exchange {
  /** Words to each thread; those to the own thread are also its `incoming` words. */
  readonly outgoing: Words[] = []
  /** Words from each thread, complete after the last round of a window. */
  readonly incoming: Words[] = []
  readonly #threads: number
  readonly #me: number
  readonly #capacity: number
  readonly #boxes: Float64Array
  readonly #posted: Int32Array

  /** Shared memory for `threads` threads with mailboxes of `words` words. */
  static memory(threads: number, words = mailboxWords(threads)): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * threads * threads * (words + 1) * 8)
  }

  constructor(memory: SharedArrayBuffer, threads: number, me: number) {
    const words = new Float64Array(memory)
    this.#threads = threads
    this.#me = me
    this.#capacity = words.length / (2 * threads * threads) - 1
    this.#boxes = words
    this.#posted = new Int32Array(threads)
    for (let i = 0; i < threads; i++) {
      this.outgoing.push(new Words())
      this.incoming.push(i === me ? this.outgoing[i] : new Words())
    }
  }

  /** Before the barrier of `round`: posts what fits. True when words are left over for another round. */
  post(round: number): boolean {
    let left = false
    for (let to = 0; to < this.#threads; to++) {
      if (to === this.#me) continue
      const words = this.outgoing[to]
      const from = this.#posted[to]
      const count = Math.min(words.length - from, this.#capacity)
      const box = this.#box(round, this.#me, to)
      this.#boxes[box] = count
      if (count === 0) continue
      this.#boxes.set(words.data.subarray(from, from + count), box + 1)
      if (from + count < words.length) {
        this.#posted[to] = from + count
        left = true
      } else {
        this.#posted[to] = 0
        words.length = 0
      }
    }
    return left
  }

  /** After the barrier of `round`: gathers what the others posted. */
  take(round: number): void {
    for (let from = 0; from < this.#threads; from++) {
      if (from === this.#me) continue
      const box = this.#box(round, from, this.#me)
      const count = this.#boxes[box]
      if (count > 0) this.incoming[from].append(this.#boxes.subarray(box + 1, box + 1 + count))
    }
  }

  /** Forgets every word, sent or received: for a run that continues from a snapshot. */
  clear(): void {
    for (const words of [...this.outgoing, ...this.incoming]) words.length = 0
    this.#posted.fill(0)
  }

  #box(round: number, from: number, to: number): number {
    return (((round & 1) * this.#threads + from) * this.#threads + to) * (this.#capacity + 1)
  }
}
