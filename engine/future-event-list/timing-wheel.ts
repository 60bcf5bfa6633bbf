import type { RecordsState } from './event-records.ts'
import type { FutureEventList, FutureEventListState, Handle } from './future-event-list.ts'
import { LateArrivals } from './late-arrivals.ts'
import { BLOCK as BLOCK_MS, farSlot, nearSlot, SLOTS } from './levels.ts'
import type { SlotLists } from './slot-lists.ts'
import { comesBefore, sortTick } from './tick-order.ts'
import { TurningSlots } from './turning-slots.ts'

// Constants of this module for V8's sake: see `Slots`.
const BLOCK = BLOCK_MS
const INSTANTS = SLOTS
const INSTANT = SLOTS - 1

/**
 * Hierarchical timing wheel (Varghese and Lauck 1987): O(1) to schedule, cancel and reschedule, and each event moves
 * down at most once a level. An event hangs at the level of the highest digit (base 2,048) in which its time differs
 * from the clock, so that a slot keeps the order of scheduling by itself, and only the events of one instant are ever
 * sorted: when the clock comes to it. From then on its slot has no bit among the occupied ones.
 */
export class TimingWheel extends TurningSlots implements FutureEventList {
  private readonly late = new LateArrivals()
  private lateCount = 0

  /** @param start where the clock starts, ms */
  constructor(start: number) {
    super()
    this.setTime(start)
  }

  insert(delay: number, tag: number, entity: number, a: number, b: number): Handle {
    const record = this.allocate(tag, entity, a, b)
    if (delay < BLOCK - this.within) this.hang(record, (this.within + delay) | 0)
    else this.hangFar(record, delay)
    return this.handleOf(record)
  }

  insertFar(delay: number, tag: number, entity: number, a: number, b: number): Handle {
    const record = this.allocate(tag, entity, a, b)
    this.hangFar(record, delay)
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
    this.unlink(record)
    if (delay < BLOCK - this.within) this.hang(record, (this.within + delay) | 0)
    else this.hangFar(record, delay)
    return true
  }

  take(): number {
    if (this.lateCount > 0) return this.takeAmongLate()
    const words = this.words
    let slot = INSTANTS | (this.within & INSTANT)
    let head = slot << 1
    let first = words[head]
    if (first !== head) {
      if (this.within >= this.limit) return -1
    } else {
      // Most often the next instant is one of the few behind this one, in the same word of the bitmap.
      const bits = words[slot >>> 5]
      if (bits !== 0) slot = (slot & -32) | (31 - Math.clz32(bits & -bits))
      else {
        if (words[1] === 0) {
          const record = this.bringDown()
          if (record !== 0) return record
        }
        slot = this.firstOf(1)
      }
      const within = (this.within & ~INSTANT) | (slot & INSTANT)
      if (within >= this.limit) return -1
      this.within = within
      head = slot << 1
      this.vacate(slot)
      first = words[head]
      if (first !== words[head | 1]) {
        sortTick(words, head)
        first = words[head]
      }
    }
    const second = words[first]
    words[head] = second
    words[second | 1] = head
    this.release(first)
    return first
  }

  next(): number {
    const words = this.words
    if (this.lateCount > 0 || words[this.tick()] !== this.tick()) return this.now
    if (words[1] !== 0) return this.block * BLOCK + ((this.within & ~INSTANT) | (this.firstOf(1) & INSTANT))
    return this.firstTimeAbove()
  }

  moveTo(time: number): void {
    this.turnTo(time)
    this.vacate(INSTANTS | (this.within & INSTANT))
    sortTick(this.words, this.tick())
  }

  save(): FutureEventListState {
    return {
      structure: 'wheel',
      ...this.saveRecords(),
      now: this.now,
      late: this.late.save(),
      ...this.lists.save(),
    }
  }

  restore(state: FutureEventListState, kinds: Int32Array): number {
    const saved = state as unknown as RecordsState & ReturnType<SlotLists['save']> & { now: number; late: Int32Array }
    const missing = this.restoreRecords(saved, kinds)
    if (missing >= 0) return missing
    this.setTime(saved.now)
    this.lists.restore(saved)
    this.late.restore(saved.late)
    this.lateCount = this.late.size
    this.searched = false
    return -1
  }

  /** Sentinel of the slot of this very instant. */
  private tick(): number {
    return (INSTANTS | (this.within & INSTANT)) << 1
  }

  /** Hangs a record at a time in this block. */
  private hang(record: number, within: number): void {
    const words = this.words
    words[record | 6] = within
    words[record | 7] = this.block
    const differs = within ^ this.within
    if (differs === 0) this.arrive(record)
    else if (differs < INSTANTS) this.append(record, INSTANTS | (within & INSTANT))
    else this.hangCoarse(record, nearSlot(differs, within))
  }

  private hangCoarse(record: number, slot: number): void {
    this.searched = false
    this.appendCoarse(record, slot)
  }

  /** Hangs a record at a time that may be in a later block. */
  private hangFar(record: number, delay: number): void {
    const time = this.now + delay
    const block = Math.floor(time / BLOCK)
    const within = time - block * BLOCK
    if (block === this.block) {
      this.hang(record, within)
      return
    }
    this.words[record | 6] = within
    this.words[record | 7] = block
    this.hangCoarse(record, farSlot(block ^ this.block, block))
  }

  /** An event for this very instant: behind all that wait, before all, or in between. */
  private arrive(record: number): void {
    const words = this.words
    const head = this.tick()
    const first = words[head]
    const last = words[head | 1]
    if (this.lateCount === 0 && (last === head || !comesBefore(words, record, last))) link(words, record, last, head)
    else if (this.lateCount === 0 && comesBefore(words, record, first)) link(words, record, head, first)
    else {
      this.late.push(words, record)
      this.lateCount = this.late.size
    }
  }

  private unlink(record: number): void {
    const words = this.words
    const after = words[record]
    const before = words[record | 1]
    if (before < 0) {
      this.searched = false
      this.removeCoarse(record, this.slotOf(record))
    } else if (after >= 0) {
      words[before] = after
      words[after | 1] = before
      if (before === after) this.vacate(before >> 1)
    } else {
      this.late.remove(words, record)
      this.lateCount = this.late.size
    }
  }

  private takeAmongLate(): number {
    if (this.within >= this.limit) return -1
    const words = this.words
    const head = this.tick()
    const first = words[head]
    let record = this.late.first()
    // What waits in the list was there before anything came late, so that it goes first among equals.
    if (first !== head && !comesBefore(words, record, first)) record = first
    this.unlink(record)
    this.release(record)
    return record
  }
}

/** Puts a record between two neighbours of its list. */
function link(words: Int32Array, record: number, before: number, after: number): void {
  words[before] = record
  words[record | 1] = before
  words[record] = after
  words[after | 1] = record
}
