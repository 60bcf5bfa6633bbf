/** The operations of one thread: those of its accounts, round after round, as long as the schedule asks for any. */
import type { OperationKind } from '../record/load-ledger.ts'
import { kindOf, type RequestStream } from './request-stream.ts'
import type { Schedule } from './schedule.ts'
import type { Arrivals } from './serve.ts'

export class ThreadArrivals implements Arrivals {
  readonly #stream: RequestStream
  readonly #schedule: Schedule
  /** Positions in the stream of what this thread serves. */
  readonly own: Uint32Array
  #place = 0
  #round = 0
  next = Number.POSITIVE_INFINITY

  constructor(stream: RequestStream, schedule: Schedule, thread: number, threads: number) {
    this.#stream = stream
    this.#schedule = schedule
    const positions: number[] = []
    for (let position = 0; position < stream.count; position++)
      if (stream.account[position] % threads === thread) positions.push(position)
    this.own = Uint32Array.from(positions)
    this.#look()
  }

  advance(): void {
    this.#place++
    if (this.#place === this.own.length) {
      this.#place = 0
      this.#round++
    }
    this.#look()
  }

  #look(): void {
    const number = this.#round * this.#stream.count + (this.own[this.#place] ?? Number.POSITIVE_INFINITY)
    this.next = number < this.#schedule.count ? number : Number.POSITIVE_INFINITY
  }

  dueAt(number: number): number {
    return this.#schedule.dueAt(number)
  }

  kindOf(number: number): OperationKind {
    return kindOf(this.#stream, number % this.#stream.count)
  }
}
