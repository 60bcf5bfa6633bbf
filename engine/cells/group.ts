import { deserialize, serialize } from 'node:v8'
import { Cell, type CellState, type Plan } from './cell.ts'
import { CellError, type Phase } from './cell-error.ts'
import { Exchange } from './exchange.ts'
import { Meeting, type ThreadState } from './meeting.ts'
import { HEADER, writeMessage } from './message.ts'
import type { CreateCell } from './program.ts'
import { described } from './thrown.ts'

/** Shared memory of a run. */
export interface Memory {
  readonly meeting: SharedArrayBuffer
  readonly exchange: SharedArrayBuffer
}

export function sharedMemory(threads: number): Memory {
  return { meeting: Meeting.memory(threads), exchange: Exchange.memory(threads) }
}

/** What a thread's cells have come to. */
export interface Finished {
  /** Each cell's result, serialised here so that one that cannot be is its cell's error. */
  readonly results: Uint8Array[]
  readonly digests: string[]
  readonly executed: number
  readonly windows: number
}

/**
 * The cells of one thread and their part in each window. Cells are dealt out in order and run in order, so that the
 * words each thread has sent are in sender order, and reading the threads' words in thread order is reading all
 * messages of the window in the order (sender, sequence), however many threads there are.
 */
export class Group {
  readonly meeting: Meeting
  readonly thread: number
  readonly threads: number
  readonly #plan: Plan
  readonly #first: number
  readonly #exchange: Exchange
  readonly #cells: Cell[] = []
  readonly #threadOf: Int32Array
  #earliestSent = Infinity
  #executed = 0
  #phase: Phase = 'create'
  #current = -1

  constructor(plan: Plan, memory: Memory, threads: number, thread: number) {
    this.#plan = plan
    this.thread = thread
    this.threads = threads
    this.meeting = new Meeting(memory.meeting, threads, thread)
    this.#exchange = new Exchange(memory.exchange, threads, thread)
    this.#first = plan.firsts[thread]
    this.#threadOf = new Int32Array(plan.cells)
    for (let t = 0; t < threads; t++) this.#threadOf.fill(t, plan.firsts[t])
    this.meeting.noteProgress(plan.start, 0)
  }

  /** Creates the cells. This and all that calls a program throws `CellError`. */
  create(createCell: CreateCell): void {
    const end = this.#plan.firsts[this.thread + 1]
    this.#attempt(() => {
      for (let id = this.#first; id < end; id++) {
        this.#begin('create', id)
        this.#cells.push(new Cell(id, this.#plan, createCell, this.#post))
      }
    })
  }

  /** Puts the cells, just created, back where they were: `saved` holds the bytes of this thread's cells. */
  restore(saved: readonly Uint8Array[]): void {
    this.#attempt(() => {
      for (const [i, cell] of this.#cells.entries()) {
        this.#begin('restore', cell.id)
        cell.restore(deserialize(saved[i]) as CellState)
      }
    })
    this.#exchange.clear()
    this.#earliestSent = Infinity
    this.#executed = this.#sumExecuted()
  }

  readonly #post = (to: number, from: number, kind: number, time: number, payload: readonly number[]) => {
    if (time < this.#earliestSent) this.#earliestSent = time
    writeMessage(this.#exchange.outgoing[this.#threadOf[to]], to, from, kind, time, payload)
  }

  /** Exchanges all messages with the other threads and returns the earliest event anywhere, ms. */
  exchange(): number {
    let earliest = this.#earliestSent
    for (const cell of this.#cells) earliest = Math.min(earliest, cell.kernel.nextTime())
    this.#begin('run', -1, 'waiting')
    const { meeting } = this
    do {
      const { round } = meeting
      const left = this.#exchange.post(round)
      meeting.meet(earliest, left)
      this.#exchange.take(round)
    } while (meeting.left)
    this.#earliestSent = Infinity
    for (const words of this.#exchange.incoming) {
      this.#deliver(words.data, words.length)
      words.length = 0
    }
    return meeting.earliest
  }

  #deliver(words: Float64Array, length: number): void {
    for (let at = 0; at < length; ) {
      const size = words[at + 4]
      const cell = this.#cells[words[at] - this.#first]
      cell.deliver(words[at + 1], words[at + 2], words[at + 3], words, at + HEADER, size)
      at += HEADER + size
    }
  }

  /** Runs every cell up to `windowEnd`. */
  run(windowEnd: number): void {
    this.#attempt(() => {
      for (const cell of this.#cells) {
        this.#begin('run', cell.id)
        cell.run(windowEnd)
      }
    })
    this.#executed = this.#sumExecuted()
    this.meeting.noteProgress(windowEnd, this.#executed)
  }

  finish(end: number, windows: number): Finished {
    const results: Uint8Array[] = []
    const digests: string[] = []
    this.#attempt(() => {
      for (const cell of this.#cells) {
        this.#begin('finish', cell.id)
        const { result, digest } = cell.finish(end)
        results.push(serialize(result))
        digests.push(digest)
      }
    })
    this.#begin('finish', -1, 'done')
    this.meeting.noteProgress(end, this.#executed)
    return { results, digests, executed: this.#executed, windows }
  }

  /** The bytes of each cell, between two windows. */
  save(): Uint8Array[] {
    return this.#attempt(() =>
      this.#cells.map((cell) => {
        this.#begin('save', cell.id, 'saving')
        return serialize(cell.save())
      }),
    )
  }

  /** Events executed by this thread's cells, as of the last window. */
  get executed(): number {
    return this.#executed
  }

  /** The clock of the cell at work, else of any: between windows they are all the same. */
  get now(): number {
    const cell = this.#cells[this.#current < 0 ? 0 : this.#current - this.#first]
    return cell === undefined ? this.#plan.start : cell.kernel.now
  }

  #begin(phase: Phase, cell: number, state: ThreadState = 'running'): void {
    this.#phase = phase
    this.#current = cell
    this.meeting.note(state, cell)
  }

  #attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (thrown) {
      const { threads, thread } = this
      const place = { phase: this.#phase, cell: this.#current, thread, threads, time: this.now }
      throw new CellError({ ...place, ...described(thrown) })
    }
  }

  #sumExecuted(): number {
    let executed = 0
    for (const cell of this.#cells) executed += cell.kernel.executed
    return executed
  }
}
