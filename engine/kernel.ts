import { Digest } from './digest.ts'
import { BinaryHeap } from './future-event-list/binary-heap.ts'
import { MOST_KINDS, NO_EVENT, tagOf } from './future-event-list/event-records.ts'
import type { FutureEventList, FutureEventListState, Handle } from './future-event-list/future-event-list.ts'
import { TimingWheel } from './future-event-list/timing-wheel.ts'
import { nameHash } from './name-hash.ts'
import { SchedulingError } from './scheduling-error.ts'

export type { Handle }
export { NO_EVENT, SchedulingError }

/** Index into a kernel's table of kinds. */
export type EventKind = number

/** What happens at an event: to whom (`entity`), with two int32 of the scheduler's choice. */
export type EventHandler = (entity: number, a: number, b: number) => void

/** An executed event as a trace shows it. */
export type TracedEvent = {
  /** Its place in the history, from 1. */
  readonly number: number
  /** Ticks. */
  readonly time: number
  /** Name and rank of its kind. */
  readonly kind: string
  readonly rank: number
  readonly entity: number
  readonly a: number
  readonly b: number
}

/** Plain numbers, strings and typed arrays: the clock, the kinds by name, the pending events and the digest. */
export type KernelState = {
  executed: number
  kinds: readonly string[]
  ranks: Int32Array
  digest: Uint32Array
  list: FutureEventListState
}

/** The last time there is, some 285,000 years of ms. */
export const LAST_TIME = Number.MAX_SAFE_INTEGER

/** Ranks go from 0 (first) to 31. */
const MOST_RANKS = 32

/**
 * One sequential virtual clock. Events run in the total order of T-06, (time, rank, entity, sequence), in whole
 * milliseconds; each one executed is folded into the digest. An event scheduled at `now` runs in this same instant,
 * next if its rank and entity say so, even when they are lower than those of the event that is running.
 */
export class Kernel {
  /** Events executed so far. */
  executed: number = Number.NaN
  readonly digest = new Digest()
  /**
   * Called with each event just before it runs; null for no trace, which costs nothing. Takes effect at the next
   * `runUntil`, and leaves history and digest as they are.
   */
  trace: ((event: TracedEvent) => void) | null = null
  private readonly structure: 'wheel' | 'heap'
  private readonly list: FutureEventList
  private readonly names: string[] = []
  private readonly handlers: EventHandler[] = []
  /** Rank and kind as an event's record keeps them. */
  private readonly tags: number[] = []
  /** What the digest calls each kind: a hash of its name, so that the order of `on` calls leaves no trace. */
  private readonly marks: number[] = []
  private running = false

  /** @param options `start`, ms (default 0); `list`, the structure of the future event list (default the wheel) */
  constructor(options: { start?: number; list?: 'wheel' | 'heap' } = {}) {
    const start = options.start ?? 0
    if (!Number.isSafeInteger(start) || start < 0) throw SchedulingError.start(start)
    this.executed = 0
    this.structure = options.list ?? 'wheel'
    this.list = this.structure === 'heap' ? new BinaryHeap(start) : new TimingWheel(start)
  }

  /** Current time, ms. */
  get now(): number {
    return this.list.now
  }

  /** Number of pending events. */
  get pending(): number {
    return this.list.size
  }

  /** Names a kind of event and says what it does. The rank (0..31) orders kinds within one instant. */
  on(name: string, rank: number, handler: EventHandler): EventKind {
    if (!Number.isInteger(rank) || rank < 0 || rank >= MOST_RANKS) throw SchedulingError.rank(name, rank)
    if (this.names.includes(name)) throw SchedulingError.twice(name)
    const kind = this.names.length
    if (kind >= MOST_KINDS) throw SchedulingError.tooManyKinds(name, MOST_KINDS)
    this.names.push(name)
    this.handlers.push(handler)
    this.tags.push(tagOf(rank, kind))
    this.marks.push(nameHash(name))
    return kind
  }

  /**
   * Schedules an event at a time in ms, now or later; `entity`, `a` and `b` are int32.
   * @throws SchedulingError for a time in the past or not a whole number, or a number that is no int32
   */
  at(time: number, kind: EventKind, entity: number, a: number = 0, b: number = 0): Handle {
    const list = this.list
    const delay = time - list.now
    this.checkEvent(kind, entity, a, b)
    // A delay that is an int32 makes the time a whole number as well, since the clock is one.
    if ((delay | 0) === delay && delay >= 0 && time <= LAST_TIME) {
      return list.insert(delay, this.tags[kind], entity, a, b)
    }
    this.checkTime(time, kind)
    return list.insertFar(delay, this.tags[kind], entity, a, b)
  }

  /** Schedules an event `delay` ms from now; otherwise as `at`. */
  after(delay: number, kind: EventKind, entity: number, a: number = 0, b: number = 0): Handle {
    const list = this.list
    this.checkEvent(kind, entity, a, b)
    if ((delay | 0) === delay && delay >= 0) return list.insert(delay, this.tags[kind], entity, a, b)
    this.checkTime(list.now + delay, kind)
    return list.insertFar(delay, this.tags[kind], entity, a, b)
  }

  /** Takes an event back. False when it has already run or was cancelled. */
  cancel(handle: Handle): boolean {
    return this.list.cancel(handle)
  }

  /** Moves an event; among equals it comes last, as if scheduled now. The handle stays. False as for `cancel`. */
  reschedule(handle: Handle, time: number): boolean {
    const list = this.list
    const delay = time - list.now
    if ((delay | 0) !== delay || delay < 0 || time > LAST_TIME) this.checkTime(time, -1)
    return list.reschedule(handle, delay)
  }

  /** Time of the next event, Infinity when there is none. */
  nextTime(): number {
    return this.list.next()
  }

  /**
   * Executes every event earlier than `end` and sets the clock to `end`; with Infinity it runs until none is left and
   * the clock stays at the last one. An error thrown by a handler comes through, its event done and gone.
   * @returns how many events ran
   */
  runUntil(end: number): number {
    if (!(end >= this.now) || Math.floor(end) !== end) throw SchedulingError.end(end, this.now)
    if (this.running) throw SchedulingError.nested()
    const before = this.executed
    this.running = true
    try {
      this.list.until(end)
      if (this.trace === null) this.dispatch()
      else this.dispatchTraced(this.trace)
    } finally {
      this.running = false
    }
    if (end !== Number.POSITIVE_INFINITY) this.list.moveTo(end)
    return this.executed - before
  }

  private dispatch(): void {
    const { list, digest, handlers, marks } = this
    for (let record = list.take(); record >= 0; record = list.take()) {
      const words = list.words
      const kind = words[record | 2] & 0x1fff
      const entity = words[record | 3]
      const a = words[record | 4]
      const b = words[record | 5]
      this.executed++
      digest.fold5(list.within, (marks[kind] + list.block) | 0, entity, a, b)
      handlers[kind](entity, a, b)
    }
  }

  private dispatchTraced(trace: (event: TracedEvent) => void): void {
    const { list, digest } = this
    for (let record = list.take(); record >= 0; record = list.take()) {
      const tag = list.words[record | 2]
      const [entity, a, b] = list.words.subarray(record | 3, (record | 5) + 1)
      const kind = tag & 0x1fff
      this.executed++
      digest.fold5(list.within, (this.marks[kind] + list.block) | 0, entity, a, b)
      trace({ number: this.executed, time: list.now, kind: this.names[kind], rank: tag >>> 27, entity, a, b })
      this.handlers[kind](entity, a, b)
    }
  }

  /** The whole state as plain data, for `restore` on this or another kernel with the same structure. */
  save(): KernelState {
    return {
      executed: this.executed,
      kinds: [...this.names],
      ranks: Int32Array.from(this.tags, (tag) => tag >>> 27),
      digest: this.digest.save(),
      list: this.list.save(),
    }
  }

  /**
   * Takes over a saved state. Kinds are matched by name: this kernel must know every kind of a pending event, with
   * the same rank. Handles of the saved kernel stay good.
   */
  restore(state: KernelState): void {
    if (this.running) throw SchedulingError.nested()
    if (state.list.structure !== this.structure) throw SchedulingError.structure(state.list.structure, this.structure)
    const numbers = Int32Array.from(state.kinds, (name) => this.names.indexOf(name))
    numbers.forEach((kind, old) => {
      if (kind >= 0 && this.tags[kind] >>> 27 !== state.ranks[old]) throw SchedulingError.rankChanged(this.names[kind])
    })
    const missing = this.list.restore(state.list, numbers)
    if (missing >= 0) throw SchedulingError.missing(state.kinds[missing])
    this.digest.restore(state.digest)
    this.executed = state.executed
  }

  private checkTime(time: number, kind: EventKind): void {
    if (time >= this.now && Math.floor(time) === time && time <= LAST_TIME) return
    throw SchedulingError.time(time, this.now, kind < 0 ? 'reschedule' : (this.names[kind] ?? `kind ${kind}`))
  }

  private checkEvent(kind: EventKind, entity: number, a: number, b: number): void {
    if ((entity | 0) === entity && (a | 0) === a && (b | 0) === b && this.tags[kind] !== undefined) return
    const name = this.names[kind]
    throw name === undefined ? SchedulingError.unknown(kind) : SchedulingError.wide(name, entity, a, b)
  }
}
