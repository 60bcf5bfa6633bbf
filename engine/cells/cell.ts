import { Kernel } from '../kernel.ts'
import { Streams } from '../random/streams.ts'
import { Inbox, type InboxState } from './inbox.ts'
import { MAX_PAYLOAD } from './message.ts'
import type { CellContext, CellProgram, CreateCell } from './program.ts'

/** T-06: messages are delivered after the settlements and before the actions of a millisecond. */
const DELIVERY_RANK = 3

/** What all cells of a run have in common, as plain data. */
export interface Plan {
  readonly module: string
  readonly spec: unknown
  readonly cells: number
  /** The first cell of each thread of this run, and `cells` at the end. */
  readonly firsts: readonly number[]
  readonly lookahead: number
  readonly start: number
  readonly end: number
  readonly seed: string
  readonly replication: number
}

/** Takes a checked message to where it is on its way. */
export type Post = (to: number, from: number, kind: number, time: number, payload: readonly number[]) => void

/** A cell's whole state. */
export interface CellState {
  readonly kernel: ReturnType<Kernel['save']>
  readonly streams: ReturnType<Streams['save']>
  readonly inbox: InboxState
  readonly program: unknown
}

/** A logical process: one kernel, its streams, its undelivered messages and the program that lives on them. */
export class Cell {
  readonly id: number
  readonly kernel: Kernel
  readonly #streams: Streams
  readonly #inbox = new Inbox()
  readonly #delivery: number
  readonly #program: CellProgram
  #maySend = true

  constructor(id: number, plan: Plan, createCell: CreateCell, post: Post) {
    this.id = id
    this.kernel = new Kernel({ start: plan.start })
    this.#streams = new Streams(plan.seed, plan.replication)
    this.#delivery = this.kernel.on('cell message', DELIVERY_RANK, (from, slot, kind) =>
      this.#receive(from, slot, kind),
    )
    this.#program = createCell(plan.spec, this.#context(plan, post))
    this.#maySend = false
  }

  #context(plan: Plan, post: Post): CellContext {
    const { id, kernel } = this
    const send = (to: number, delay: number, kind: number, payload: readonly number[]) => {
      this.#check(plan, to, delay, kind, payload)
      post(to, id, kind, kernel.now + delay, payload)
    }
    return { id, count: plan.cells, kernel, streams: this.#streams, send }
  }

  #check(plan: Plan, to: number, delay: number, kind: number, payload: readonly number[]): void {
    if (delay < plan.lookahead || !Number.isSafeInteger(delay)) throw new RangeError(this.#tooSoon(plan, to, delay))
    if (!Number.isInteger(to) || to < 0 || to >= plan.cells) {
      throw new RangeError(`there is no cell ${to}: the cells of this run are 0 to ${plan.cells - 1}`)
    }
    if ((kind | 0) !== kind) throw new RangeError(`a message's kind is a 32-bit integer, not ${kind}`)
    if (payload.length > MAX_PAYLOAD) {
      throw new RangeError(`a message carries at most ${MAX_PAYLOAD} numbers, not ${payload.length}`)
    }
    if (!this.#maySend) throw new Error(`cell ${this.id} may send only while it is created or runs`)
  }

  #tooSoon(plan: Plan, to: number, delay: number): string {
    return (
      `a message from cell ${this.id} to cell ${to} takes a whole number of ms and at least the lookahead of ` +
      `${plan.lookahead} ms, not ${delay} ms`
    )
  }

  /** Puts a message that has crossed over into the kernel. */
  deliver(from: number, kind: number, time: number, words: Float64Array, at: number, size: number): void {
    this.#inbox.count()
    this.kernel.at(time, this.#delivery, from, this.#inbox.put(words, at, size), kind)
  }

  #receive(from: number, slot: number, kind: number): void {
    const payload = this.#inbox.take(slot)
    for (let i = 0; i < payload.length; i++) this.kernel.digest.fold(payload[i])
    this.#program.receive(from, kind, payload)
  }

  /** Executes every event before `windowEnd`. */
  run(windowEnd: number): void {
    this.#maySend = true
    this.kernel.runUntil(windowEnd)
    this.#program.boundary?.(windowEnd)
    this.#maySend = false
  }

  /** @throws Error if a message was lost, or arrived twice */
  finish(end: number): { result: unknown; digest: string } {
    this.kernel.runUntil(end)
    const { lost } = this.#inbox
    if (lost !== 0)
      throw new Error(
        `messages to cell ${this.id} are not conserved: ${lost > 0 ? `${lost} lost` : `${-lost} too many`}`,
      )
    const result = this.#program.finish()
    return { result, digest: this.kernel.digest.hex() }
  }

  save(): CellState {
    return {
      kernel: this.kernel.save(),
      streams: this.#streams.save(),
      inbox: this.#inbox.save(),
      program: this.#program.save(),
    }
  }

  restore(state: CellState): void {
    this.kernel.restore(state.kernel)
    this.#streams.restore(state.streams)
    this.#inbox.restore(state.inbox)
    this.#program.restore(state.program)
  }
}
