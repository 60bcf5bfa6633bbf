/** Memory through which the threads of a load test agree on its start, hear of its stop, and tell how far they are. */
import type { LoadClock } from './clock.ts'
import type { ServeFigures } from './serve.ts'

/** Words: woken (0 until the test is stopped), threads that are ready, begun, whether the start comes from outside. */
const WORDS = { stop: 0, ready: 1, begun: 2, held: 3 } as const
/** Numbers before those of the threads: the clock's time of the start. */
const START = 0
const OF_THREADS = 1
/** Operations done, dropped, waiting; ms that the oldest of the last batch took. */
const FIGURES = 4

/** Ms between the moment at which the last thread is ready and the start. */
const LEAD = 20

export interface ControlMemory {
  readonly words: SharedArrayBuffer
  readonly figures: SharedArrayBuffer
}

export const controlMemory = (threads: number): ControlMemory => ({
  words: new SharedArrayBuffer(Object.keys(WORDS).length * 4),
  figures: new SharedArrayBuffer((OF_THREADS + threads * FIGURES) * 8),
})

export class Control {
  /** Changes when the test is stopped: what a resting thread waits for. */
  readonly wake: Int32Array
  readonly #threads: number
  readonly #figures: Float64Array

  constructor(memory: ControlMemory, threads: number) {
    this.wake = new Int32Array(memory.words)
    this.#figures = new Float64Array(memory.figures)
    this.#threads = threads
  }

  stop(): void {
    Atomics.store(this.wake, WORDS.stop, 1)
    Atomics.notify(this.wake, WORDS.stop)
    Atomics.notify(this.wake, WORDS.begun)
  }

  get stopped(): boolean {
    return Atomics.load(this.wake, WORDS.stop) === 1
  }

  /** Waits until all threads are ready, or for a start that is held; returns the clock's time of the start. */
  meet(clock: LoadClock): number {
    if (Atomics.add(this.wake, WORDS.ready, 1) + 1 === this.#threads && !this.#isHeld) this.begin(clock.now() + LEAD)
    else while (!this.stopped && !this.begun) Atomics.wait(this.wake, WORDS.begun, 0, 100)
    return this.#figures[START]
  }

  /** From here on the threads wait for `begin`, although all of them are ready. */
  hold(): void {
    Atomics.store(this.wake, WORDS.held, 1)
  }

  get #isHeld(): boolean {
    return Atomics.load(this.wake, WORDS.held) === 1
  }

  /** Whether every thread waits for the start. */
  get ready(): boolean {
    return Atomics.load(this.wake, WORDS.ready) === this.#threads
  }

  /** Begins at `start`, the clock's time. */
  begin(start: number): void {
    this.#figures[START] = start
    Atomics.store(this.wake, WORDS.begun, 1)
    Atomics.notify(this.wake, WORDS.begun)
  }

  get begun(): boolean {
    return Atomics.load(this.wake, WORDS.begun) === 1
  }

  /** The clock's time of the start, once begun. */
  get start(): number {
    return this.#figures[START]
  }

  tell(thread: number, { done, dropped, waiting, behind }: ServeFigures): void {
    this.#figures.set([done, dropped, waiting, behind], OF_THREADS + thread * FIGURES)
  }

  /** Over all threads, `behind` of the slowest; read while they write, so that each figure is of its own moment. */
  get differences(): ServeFigures {
    const [done, dropped, waiting, behind] = Array.from({ length: FIGURES }, (_, figure) =>
      Array.from({ length: this.#threads }, (_, thread) => this.#figures[OF_THREADS + thread * FIGURES + figure]),
    )
    const sum = (figures: readonly number[]): number => figures.reduce((total, each) => total + each, 0)
    return { done: sum(done), dropped: sum(dropped), waiting: sum(waiting), behind: Math.max(...behind) }
  }
}
