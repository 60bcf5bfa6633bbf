import { availableParallelism } from 'node:os'

// Words of synchronisation, each on a cache line of its own.
const ARRIVED = 0
const GENERATION = 16
const SLEEPERS = 32
const STOPPED = 48
const HEAD_BYTES = 256

// One cache line of float64 words a thread: what it tells the others, and what the caller's thread may look at.
const LINE = 8
const EARLIEST = 0
const LEFT = 2
const NOW = 4
const EXECUTED = 5
const STATE = 6
const CELL = 7

/** Turns of a spinning wait: about 2 us, after which a sleep costs less than the processor it frees. */
const SPINS = 2_000
/** A sleeper looks up this often, so that a stop is seen even if its wake-up call was lost with a dying thread. */
const SLEEP_MS = 100

/** What a thread is doing, as its number in shared memory. */
export const THREAD_STATES = ['starting', 'running', 'waiting', 'saving', 'done'] as const
export type ThreadState = (typeof THREAD_STATES)[number]

/** Thrown in a waiting thread when another one has failed: the run is over, and the error is reported elsewhere. */
export class Stopped extends Error {
  override name = 'Stopped'
}

/**
 * Where the threads of a run meet after each window: a barrier on shared memory that also agrees on the earliest
 * event anywhere and on whether another round of messages is needed.
 *
 * A thread writes its words, arrives, and reads the words of all. Words of two meetings alternate, so that a fast
 * thread cannot overwrite what a slow one has still to read: no thread can be two meetings ahead.
 */
export class Meeting {
  /** Meetings held so far: the same number in every thread. */
  round = 0
  /** Agreed at the last meeting: the earliest event or undelivered message anywhere, in ms; Infinity when none. */
  earliest = Infinity
  /** Agreed at the last meeting: some thread has words left to post. */
  left = false
  readonly #sync: Int32Array
  readonly #lines: Float64Array
  readonly #threads: number
  readonly #me: number
  readonly #spins: number

  static memory(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer(HEAD_BYTES + threads * LINE * 8)
  }

  /** The meeting as thread `me` of `threads` sees it; the caller's thread, which only looks on, has no number. */
  constructor(memory: SharedArrayBuffer, threads: number, me = -1) {
    this.#sync = new Int32Array(memory, 0, HEAD_BYTES / 4)
    this.#lines = new Float64Array(memory, HEAD_BYTES)
    this.#threads = threads
    this.#me = me
    this.#spins = threads <= availableParallelism() ? SPINS : 0
  }

  /** Tells this thread's earliest event and whether it has words left, and waits for the others. Throws `Stopped`. */
  meet(earliest: number, left: boolean): void {
    const turn = this.round++ & 1
    const line = this.#me * LINE
    this.#lines[line + EARLIEST + turn] = earliest
    this.#lines[line + LEFT + turn] = left ? 1 : 0
    if (this.#threads > 1) this.#arrive()
    this.earliest = Infinity
    this.left = false
    for (let at = turn; at < this.#threads * LINE; at += LINE) {
      if (this.#lines[at + EARLIEST] < this.earliest) this.earliest = this.#lines[at + EARLIEST]
      if (this.#lines[at + LEFT] === 1) this.left = true
    }
  }

  #arrive(): void {
    const sync = this.#sync
    const generation = Atomics.load(sync, GENERATION)
    if (Atomics.add(sync, ARRIVED, 1) === this.#threads - 1) {
      Atomics.store(sync, ARRIVED, 0)
      Atomics.add(sync, GENERATION, 1)
      if (Atomics.load(sync, SLEEPERS) > 0) Atomics.notify(sync, GENERATION)
      return
    }
    for (let spin = 0; spin < this.#spins; spin++) if (Atomics.load(sync, GENERATION) !== generation) return
    Atomics.add(sync, SLEEPERS, 1)
    while (Atomics.load(sync, GENERATION) === generation) {
      if (this.stopped) throw new Stopped('another thread has failed')
      Atomics.wait(sync, GENERATION, generation, SLEEP_MS)
    }
    Atomics.sub(sync, SLEEPERS, 1)
  }

  /** Ends the run for all: all waiting threads, now or later, throw `Stopped`. */
  stop(): void {
    Atomics.store(this.#sync, STOPPED, 1)
    Atomics.notify(this.#sync, GENERATION)
  }

  get stopped(): boolean {
    return Atomics.load(this.#sync, STOPPED) === 1
  }

  /** Notes what this thread does, for the caller's thread to see. */
  note(state: ThreadState, cell: number): void {
    this.#lines[this.#me * LINE + STATE] = THREAD_STATES.indexOf(state)
    this.#lines[this.#me * LINE + CELL] = cell + 1
  }

  /** Notes how far this thread is: virtual ms, and events executed by all its cells. */
  noteProgress(now: number, executed: number): void {
    this.#lines[this.#me * LINE + NOW] = now
    this.#lines[this.#me * LINE + EXECUTED] = executed
  }

  /** What thread `thread` last noted. `cell` is -1 between cells. */
  seen(thread: number): { state: ThreadState; cell: number; now: number; executed: number } {
    const line = this.#lines.subarray(thread * LINE, thread * LINE + LINE)
    return { state: THREAD_STATES[line[STATE]], cell: line[CELL] - 1, now: line[NOW], executed: line[EXECUTED] }
  }
}
