import { EventRecords, type RecordsState } from './event-records.ts'
import type { FutureEventList, FutureEventListState, Handle } from './future-event-list.ts'
import { LateArrivals } from './late-arrivals.ts'
import { comesBefore, sortTick } from './tick-order.ts'

/** Levels of 1,024 slots; each level's slot spans a whole lower level: six reach beyond 2^53 ms. */
const LEVELS = 6
const SLOTS = 1024

/**
 * The head of the records' buffer is the wheel's: words 0-5 hold a bit for each word of a level's bitmap that is not 0;
 * then come the sentinels of all slots, two links each, so that linking and unlinking need no case for an empty list
 * (sentinel `s` looks like a record at `2 * s`, and the last one heads the current tick); then the bitmaps, a bit for
 * each occupied slot.
 */
const TICK = 2 * LEVELS * SLOTS
const BITMAPS = TICK + 8
const RESERVED = BITMAPS + LEVELS * 32

/** The wheel sees time as blocks of 2^30 ms: three levels count within a block, three count blocks. */
const BLOCK = 0x40000000

/**
 * Hierarchical timing wheel (Varghese and Lauck 1987): O(1) to schedule, cancel and reschedule, and each event moves
 * down at most once a level. An event hangs at the level of the highest digit (base 1,024) in which its time differs
 * from the wheel's, so that a slot keeps the order of scheduling by itself, and only the events of one instant are
 * ever sorted. The wheel's own time never passes the clock, so that anything from now on can still be scheduled.
 */
export class TimingWheel extends EventRecords implements FutureEventList {
  /** First ms of the block and ms within it: the wheel's own time. All events of exactly that time are in the tick. */
  private block = Number.NaN
  private cursor = 0
  private readonly late = new LateArrivals()
  /** What `next` found by searching a slot; NaN when unknown. */
  private known = Number.NaN

  /** @param start no event will ever be earlier, ms */
  constructor(start: number) {
    super(RESERVED, start)
    for (let head = 0; head <= TICK; head += 2) this.empty(head)
    this.setTime(start)
  }

  insert(delay: number, tag: number, entity: number, a: number, b: number): Handle {
    const time = this.now + delay
    const record = this.allocate(time, tag, entity, a, b)
    this.place(record, time)
    return this.handleOf(record)
  }

  cancel(handle: Handle): boolean {
    const record = this.recordOf(handle)
    if (record < 0) return false
    this.unlink(record)
    this.release(record)
    return true
  }

  reschedule(handle: Handle, delay: number): boolean {
    const record = this.recordOf(handle)
    if (record < 0) return false
    const time = this.now + delay
    this.unlink(record)
    this.times[record >> 1] = time
    this.place(record, time)
    return true
  }

  next(): number {
    if (this.words[TICK + 6] !== TICK || this.late.size > 0) return this.block + this.cursor
    if (Number.isNaN(this.known)) this.known = this.search()
    return this.known
  }

  take(end: number): number {
    const words = this.words
    const first = words[TICK + 6]
    if (first === TICK || this.late.size > 0) return this.takeElsewhere(end)
    if (this.now >= end) return -1
    const second = words[first + 6]
    words[TICK + 6] = second
    words[second + 7] = TICK
    this.release(first)
    return first
  }

  save(): FutureEventListState {
    return {
      structure: 'wheel',
      ...this.saveRecords(),
      time: this.block + this.cursor,
      late: this.late.save(),
    }
  }

  restore(state: FutureEventListState): void {
    const saved = state as unknown as RecordsState & { time: number; late: Int32Array }
    this.restoreRecords(saved)
    this.setTime(saved.time)
    this.late.restore(saved.late)
    this.known = Number.NaN
  }

  private setTime(time: number): void {
    this.block = Math.floor(time / BLOCK) * BLOCK
    this.cursor = time - this.block
  }

  /** Hangs a record where its time belongs. */
  private place(record: number, time: number): void {
    if (time < this.known && time > this.block + this.cursor) this.known = time
    const offset = time - this.block
    const within = offset | 0
    if (within !== offset || within >= BLOCK) {
      this.placeFar(record, time)
      return
    }
    const differs = within ^ this.cursor
    if (differs === 0) {
      this.arrive(record)
      return
    }
    const level = differs < 0x400 ? 0 : differs < 0x100000 ? 1 : 2
    this.append(record, level, (within >>> (10 * level)) & 1023)
  }

  private placeFar(record: number, time: number): void {
    const blocks = Math.floor(time / BLOCK)
    const differs = blocks ^ (this.block / BLOCK)
    const level = differs < 0x400 ? 0 : differs < 0x100000 ? 1 : 2
    this.append(record, 3 + level, (blocks >>> (10 * level)) & 1023)
  }

  private append(record: number, level: number, digit: number): void {
    const words = this.words
    const slot = (level << 10) | digit
    const head = 2 * slot
    const last = words[head + 7]
    words[last + 6] = record
    words[record + 6] = head
    words[record + 7] = last
    words[head + 7] = record
    words[BITMAPS + (slot >>> 5)] |= 1 << digit
    words[level] |= 1 << (digit >>> 5)
  }

  /** An event for the very instant the wheel is at: behind all that wait, before all, or in between. */
  private arrive(record: number): void {
    const words = this.words
    const first = words[TICK + 6]
    const last = words[TICK + 7]
    if (this.late.size > 0) this.late.push(words, record)
    else if (last === TICK || !comesBefore(words, record, last)) this.link(record, last, TICK)
    else if (comesBefore(words, record, first)) this.link(record, TICK, first)
    else this.late.push(words, record)
  }

  private link(record: number, before: number, after: number): void {
    const words = this.words
    words[before + 6] = record
    words[record + 7] = before
    words[record + 6] = after
    words[after + 7] = record
  }

  private unlink(record: number): void {
    const words = this.words
    if (this.times[record >> 1] === this.known) this.known = Number.NaN
    const after = words[record + 6]
    if (after < 0) {
      this.late.remove(words, record)
      return
    }
    const before = words[record + 7]
    words[before + 6] = after
    words[after + 7] = before
    if (before === after) this.vacate(before)
  }

  private vacate(head: number): void {
    if (head === TICK) return
    const slot = head >> 1
    const words = this.words
    const word = slot >>> 5
    const left = words[BITMAPS + word] & ~(1 << slot)
    words[BITMAPS + word] = left
    if (left === 0) words[slot >>> 10] &= ~(1 << word)
  }

  private empty(head: number): void {
    this.words[head + 6] = head
    this.words[head + 7] = head
  }

  /** The earliest occupied slot above the lowest level, -1 when there is none. */
  private firstSlot(): number {
    const words = this.words
    for (let level = 1; level < LEVELS; level++) if (words[level] !== 0) return this.firstOf(level)
    return -1
  }

  private firstOf(level: number): number {
    const words = this.words
    const word = 32 * level + trailingZeros(words[level])
    return 32 * word + trailingZeros(words[BITMAPS + word])
  }

  /** Time of the first event behind the tick. */
  private search(): number {
    if (this.words[0] !== 0) return this.block + ((this.cursor & -1024) | this.firstOf(0))
    const slot = this.firstSlot()
    let least = Number.POSITIVE_INFINITY
    if (slot < 0) return least
    const head = 2 * slot
    for (let record = this.words[head + 6]; record !== head; record = this.words[record + 6]) {
      least = Math.min(least, this.times[record >> 1])
    }
    return least
  }

  /** The first of a tick with late arrivals, or of the next tick. */
  private takeElsewhere(end: number): number {
    if (this.late.size === 0) return this.words[0] !== 0 ? this.takeNear(end) : this.advance(end)
    if (this.now >= end) return -1
    const words = this.words
    const first = words[TICK + 6]
    let record = this.late.first()
    // What waits in the list was there before anything came late, so that it goes first among equals.
    if (first !== TICK && !comesBefore(words, record, first)) record = first
    this.unlink(record)
    this.release(record)
    return record
  }

  /** Takes the first event of the lowest level, whose slots are instants. */
  private takeNear(end: number): number {
    const words = this.words
    const slot = this.firstOf(0)
    const cursor = (this.cursor & -1024) | slot
    const time = this.block + cursor
    if (time >= end) return -1
    this.cursor = cursor
    this.now = time
    this.known = Number.NaN
    const head = 2 * slot
    const first = words[head + 6]
    const second = words[first + 6]
    if (second !== head) return this.takeTick(head)
    this.empty(head)
    this.vacate(head)
    this.release(first)
    return first
  }

  /** The lowest level is empty: brings events down until it is not, or a slot has but one. */
  private advance(end: number): number {
    while (this.words[0] === 0) {
      const slot = this.firstSlot()
      if (slot < 0) return -1
      const head = 2 * slot
      const first = this.words[head + 6]
      if (this.words[first + 6] === head) return this.takeOnly(first, slot, end)
      if (!this.enter(slot, end)) return -1
      this.cascade(head)
    }
    return this.takeNear(end)
  }

  /** A slot with one event needs no cascade: it is the next one. */
  private takeOnly(record: number, slot: number, end: number): number {
    const time = this.times[record >> 1]
    if (time >= end) return -1
    if (slot < 3 * SLOTS) this.cursor = time - this.block
    else this.setTime(time)
    this.now = time
    this.known = Number.NaN
    this.empty(2 * slot)
    this.vacate(2 * slot)
    this.release(record)
    return record
  }

  /** Makes a slot of the lowest level the current tick and takes its first event. */
  private takeTick(head: number): number {
    const words = this.words
    const first = words[head + 6]
    const last = words[head + 7]
    words[TICK + 6] = first
    words[first + 7] = TICK
    words[TICK + 7] = last
    words[last + 6] = TICK
    this.empty(head)
    this.vacate(head)
    sortTick(words, TICK)
    return this.take(Number.POSITIVE_INFINITY)
  }

  /** Sets the wheel's time to the first ms of a slot above the lowest level, unless that is not before `end`. */
  private enter(slot: number, end: number): boolean {
    const level = slot >>> 10
    const digit = slot & 1023
    if (level < 3) {
      const cursor = level === 1 ? (this.cursor & ~0xfffff) | (digit << 10) : digit << 20
      if (this.block + cursor >= end) return false
      this.cursor = cursor
      return true
    }
    const span = level === 3 ? 1 : level === 4 ? 0x400 : 0x100000
    const blocks = this.block / BLOCK
    const start = (blocks - (blocks % (1024 * span)) + digit * span) * BLOCK
    if (start >= end) return false
    this.setTime(start)
    return true
  }

  /** Hangs all events of a slot the wheel has entered into lower levels, in their order. */
  private cascade(head: number): void {
    const words = this.words
    const time = this.block + this.cursor
    let record = words[head + 6]
    this.empty(head)
    this.vacate(head)
    while (record !== head) {
      const after = words[record + 6]
      const its = this.times[record >> 1]
      if (its === time) this.append(record, 0, this.cursor & 1023)
      else this.place(record, its)
      record = after
    }
  }
}

function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
