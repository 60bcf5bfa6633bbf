/** The operations of one thread: those of its accounts, round after round, as long as any are asked for. */
import type { OperationKind } from '../record/load-ledger.ts'
import { kindOf, type RequestStream } from './request-stream.ts'
import { scheduleOf } from './schedule.ts'
import type { Arrivals } from './serve.ts'
import type { ClosedShape, LoadShape } from './shape.ts'
import { Users } from './users.ts'

/** The part of a generator in a load that several share: it serves every `generators`-th account. */
export interface LoadShare {
  /** From 0. */
  readonly generator: number
  readonly generators: number
}

export const wholeLoad: LoadShare = { generator: 0, generators: 1 }

/** A thread of a generator, which serves every `threads`-th of the generator's accounts. */
export interface ThreadShare extends LoadShare {
  readonly thread: number
  readonly threads: number
}

/**
 * Positions in the stream of what a thread serves. Operations of an account stay together and in order, however many
 * generators there are and however many threads each has, so that all of them together write the same books.
 */
export function ownPositions(
  stream: RequestStream,
  { generator, generators, thread, threads }: ThreadShare,
): Uint32Array {
  const positions: number[] = []
  for (let position = 0; position < stream.count; position++)
    if (
      stream.account[position] % generators === generator &&
      Math.floor(stream.account[position] / generators) % threads === thread
    )
      positions.push(position)
  return Uint32Array.from(positions)
}

/** Operations of a generator among the first `count` of the stream, rounds included. */
export function operationsOf(stream: RequestStream, count: number, { generator, generators }: LoadShare): number {
  const whole = Math.floor(count / stream.count)
  const rest = count % stream.count
  let operations = 0
  for (let position = 0; position < stream.count; position++)
    if (stream.account[position] % generators === generator) operations += whole + (position < rest ? 1 : 0)
  return operations
}

/** Where a thread is in its part of the stream. */
class Place {
  readonly #stream: RequestStream
  readonly own: Uint32Array
  #place = 0
  #round = 0

  constructor(stream: RequestStream, own: Uint32Array) {
    this.#stream = stream
    this.own = own
  }

  /** Number of the operation; Infinity for a thread without accounts. */
  get number(): number {
    return this.#round * this.#stream.count + (this.own[this.#place] ?? Number.POSITIVE_INFINITY)
  }

  advance(): void {
    this.#place++
    if (this.#place < this.own.length) return
    this.#place = 0
    this.#round++
  }

  kindOf(number: number): OperationKind {
    return kindOf(this.#stream, number % this.#stream.count)
  }
}

/** The arrivals of a thread, and the positions of the stream that it serves. */
export function threadArrivals(
  stream: RequestStream,
  shape: LoadShape,
  share: ThreadShare,
): { arrivals: Arrivals; own: Uint32Array } {
  const own = ownPositions(stream, share)
  const place = new Place(stream, own)
  const arrivals =
    shape.kind === 'closed' ? closedArrivals(place, shape, share.thread, share.threads) : openArrivals(place, shape)
  return { arrivals, own }
}

/** An operation is due when the schedule says so, by its number. */
function openArrivals(place: Place, shape: Exclude<LoadShape, ClosedShape>): Arrivals {
  const schedule = scheduleOf(shape)
  const { count } = schedule
  const upTo = (number: number): number => (number < count ? number : Number.POSITIVE_INFINITY)
  return {
    next: upTo(place.number),
    advance() {
      place.advance()
      this.next = upTo(place.number)
    },
    dueAt: (number) => schedule.dueAt(number),
    kindOf: (number) => place.kindOf(number),
    answered() {},
  }
}

/** An operation is due when a user of the thread asks for it; which user that is does not matter. */
function closedArrivals(place: Place, shape: ClosedShape, thread: number, threads: number): Arrivals {
  const users = new Users(shape, thread, threads)
  const next = (): number => (users.next === Number.POSITIVE_INFINITY ? users.next : place.number)
  return {
    next: next(),
    advance() {
      users.ask()
      place.advance()
      this.next = next()
    },
    dueAt: () => users.next,
    kindOf: (number) => place.kindOf(number),
    answered(operations, at) {
      for (let answered = 0; answered < operations; answered++) users.answer(at)
      this.next = next()
    },
  }
}
