import { EventRecords, type RecordsState } from './event-records.ts'
import type { FutureEventList, FutureEventListState, Handle } from './future-event-list.ts'
import { LateArrivals } from './late-arrivals.ts'
import { SlotLists } from './slot-lists.ts'
import { comesBefore, sortTick } from './tick-order.ts'

/** Levels of 1,024 slots, numbered from 1; a slot spans the whole level below: six reach beyond 2^53 ms. */
const LEVELS = 6

/**
 * The head of the records' buffer is the wheel's. Slot `s` is number `s & 1023` of level `s >>> 10`. Words `2 * s` and
 * `2 * s + 1` are, on level 1, a sentinel, two links that look like a record and spare every case for an empty list;
 * above, the ends of its `SlotLists` list. Words 32-223 are the slots' bitmaps (bit `s & 31` of word `s >>> 5`: the slot
 * has events), words 1-6 hold a bit for each of a level's 32 words that is not 0.
 */
const SENTINELS = 2 * 1024
const RESERVED = SENTINELS * (LEVELS + 1)

/** First link of a record that is in a slot above level 1; the second one is its place there. */
const COARSE = -2

/** Time is kept as whole blocks of 2^30 ms and ms within: three levels count within a block, three count blocks. */
const BLOCK = 0x40000000

/**
 * Hierarchical timing wheel (Varghese and Lauck 1987): O(1) to schedule, cancel and reschedule, and each event moves
 * down at most once a level. An event hangs at the level of the highest digit (base 1,024) in which its time differs
 * from the clock, so that a slot keeps the order of scheduling by itself, and only the events of one instant are ever
 * sorted. Word 6 of a record is its time within the block of word 7.
 */
export class TimingWheel extends EventRecords implements FutureEventList {
  block = 0
  within = 0
  private readonly lists = new SlotLists()
  private readonly late = new LateArrivals()
  private lateCount = 0
  private horizon = Number.POSITIVE_INFINITY
  /** The horizon within this block. */
  private limit = BLOCK
  /** What `next` found by searching a slot, as long as `searched`. */
  private found = Number.NaN
  private searched = false

  /** @param start where the clock starts, ms */
  constructor(start: number) {
    super(RESERVED)
    for (let head = SENTINELS; head < 2 * SENTINELS; head += 2) this.empty(head)
    this.setTime(start)
  }

  get now(): number {
    return this.block * BLOCK + this.within
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

  until(end: number): void {
    this.horizon = end
    this.limit = Math.min(end - this.block * BLOCK, BLOCK) | 0
  }

  take(): number {
    if (this.lateCount > 0) return this.takeAmongLate()
    const words = this.words
    if (words[1] === 0) {
      const record = this.bringDown()
      if (record !== 0) return record
    }
    const slot = this.firstOf(1)
    const within = (this.within & -1024) | (slot & 1023)
    if (within >= this.limit) return -1
    const head = slot << 1
    if (within !== this.within) {
      this.within = within
      if (words[head] !== words[head | 1]) sortTick(words, head)
    }
    const first = words[head]
    const second = words[first]
    words[head] = second
    words[second | 1] = head
    if (second === head) this.vacate(slot)
    this.release(first)
    return first
  }

  next(): number {
    if (this.lateCount > 0) return this.now
    if (this.words[1] !== 0) return this.block * BLOCK + ((this.within & -1024) | (this.firstOf(1) & 1023))
    if (!this.searched) {
      this.found = this.search()
      this.searched = true
    }
    return this.found
  }

  /** No event is earlier, so that nothing is left in the levels below the one where the times differ. */
  moveTo(time: number): void {
    const block = Math.floor(time / BLOCK)
    const within = time - block * BLOCK
    let level = 0
    let digits = within
    if (block !== this.block) {
      level = 3 + levelOf(block ^ this.block)
      digits = block
    } else if (within !== this.within) level = levelOf(within ^ this.within)
    this.setTime(time)
    if (level > 1) this.spread(slotOf(level, digits))
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

  private setTime(time: number): void {
    this.block = Math.floor(time / BLOCK) | 0
    this.within = (time - this.block * BLOCK) | 0
    this.until(this.horizon)
  }

  /** Sentinel of the slot of this very instant. */
  private tick(): number {
    return SENTINELS | ((this.within & 1023) << 1)
  }

  /** Hangs a record at a time in this block. */
  private hang(record: number, within: number): void {
    const words = this.words
    words[record | 6] = within
    words[record | 7] = this.block
    const differs = within ^ this.within
    if (differs === 0) this.arrive(record)
    else this.append(record, nearSlot(differs, within))
  }

  /** Hangs a record at a time that may lie in a later block. */
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
    this.append(record, slotOf(3 + levelOf(block ^ this.block), block))
  }

  /** Hangs a record behind the others of its slot. */
  private append(record: number, slot: number): void {
    const words = this.words
    const head = slot << 1
    if (slot < 2048) {
      const last = words[head | 1]
      words[last] = record
      words[record] = head
      words[record | 1] = last
      words[head | 1] = record
    } else {
      const place = words[head | 1]
      if ((place & 31) === 0) this.appendFirst(record, head)
      else {
        this.lists.places[place] = record
        words[record] = COARSE
        words[record | 1] = place
        words[head | 1] = place + 1
      }
    }
    words[slot >>> 5] |= 1 << slot
    words[slot >>> 10] |= 1 << (slot >>> 5)
    this.searched = false
  }

  /** The first record of a slot above level 1 needs no list; the next ones begin a list or a new chunk of it. */
  private appendFirst(record: number, head: number): void {
    const { words, lists } = this
    const only = words[head]
    words[record] = COARSE
    if (only === 0) {
      words[head] = -record
      words[record | 1] = 0
      return
    }
    let place = lists.extend(words[head | 1])
    if (only < 0) {
      words[head] = place & -32
      lists.places[place] = -only
      words[-only | 1] = place++
    }
    lists.places[place] = record
    words[record | 1] = place
    words[head | 1] = place + 1
  }

  /** An event for this very instant: behind all that wait, before all, or in between. */
  private arrive(record: number): void {
    const words = this.words
    const head = this.tick()
    const first = words[head]
    const last = words[head | 1]
    if (this.lateCount === 0 && (last === head || !comesBefore(words, record, last))) this.append(record, head >> 1)
    else if (this.lateCount === 0 && comesBefore(words, record, first)) {
      words[head] = record
      words[record | 1] = head
      words[record] = first
      words[first | 1] = record
    } else {
      this.late.push(words, record)
      this.lateCount = this.late.size
    }
  }

  private unlink(record: number): void {
    const words = this.words
    const after = words[record]
    const before = words[record | 1]
    this.searched = false
    if (after >= 0) {
      words[before] = after
      words[after | 1] = before
      if (before === after) this.vacate(before >> 1)
    } else if (after === COARSE) this.unlinkCoarse(record, before)
    else {
      this.late.remove(words, record)
      this.lateCount = this.late.size
    }
  }

  private unlinkCoarse(record: number, place: number): void {
    const words = this.words
    const slot = this.slotOfRecord(record)
    const head = slot << 1
    const last = words[head | 1]
    if (place === 0) {
      words[head] = 0
      this.vacate(slot)
      return
    }
    if (!this.lists.leave(place, last)) return
    const chunk = place & -32
    const { before, after } = this.lists.drop(chunk)
    if (before === 0) words[head] = after
    if (after === 0) words[head | 1] = before === 0 ? 0 : before + 32
    if (before === 0 && after === 0) this.vacate(slot)
  }

  private slotOfRecord(record: number): number {
    const within = this.words[record | 6]
    const block = this.words[record | 7]
    if (block === this.block) return nearSlot(within ^ this.within, within)
    return slotOf(3 + levelOf(block ^ this.block), block)
  }

  /** Clears the bit of an empty slot. */
  private vacate(slot: number): void {
    const words = this.words
    const left = words[slot >>> 5] & ~(1 << slot)
    words[slot >>> 5] = left
    if (left === 0) words[slot >>> 10] &= ~(1 << (slot >>> 5))
  }

  /** The first occupied slot of a level that has one. */
  private firstOf(level: number): number {
    const words = this.words
    const word = (level << 5) | trailingZeros(words[level])
    return (word << 5) | trailingZeros(words[word])
  }

  /** The first occupied slot above the lowest level, 0 when there is none. */
  private firstAbove(): number {
    for (let level = 2; level <= LEVELS; level++) if (this.words[level] !== 0) return this.firstOf(level)
    return 0
  }

  /** Time of the first event above the lowest level. */
  private search(): number {
    const words = this.words
    const { places } = this.lists
    const head = this.firstAbove() << 1
    let least = Number.POSITIVE_INFINITY
    if (head === 0) return least
    if (words[head] < 0) return this.timeOf(-words[head])
    const last = words[head | 1]
    for (let chunk = words[head]; chunk > 0; chunk = places[chunk]) {
      for (let place = chunk + 2; place < chunk + 32 && place !== last; place++) {
        const record = places[place]
        if (this.isAt(record, place)) least = Math.min(least, this.timeOf(record))
      }
    }
    return least
  }

  /** Whether an entry of a list is still true: its record may have left, and even be another event by now. */
  private isAt(record: number, place: number): boolean {
    return this.words[record | 1] === place && this.words[record] === COARSE
  }

  private timeOf(record: number): number {
    return this.words[record | 7] * BLOCK + this.words[record | 6]
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

  /**
   * The lowest level is empty: moves the clock until it is not.
   * @returns 0 then; or the first event, if it had a slot to itself; or -1 when none comes before the horizon
   */
  private bringDown(): number {
    const words = this.words
    while (words[1] === 0) {
      const slot = this.firstAbove()
      if (slot === 0) return -1
      const only = -words[slot << 1]
      if (only > 0) return this.takeOnly(only, slot)
      const time = this.startOf(slot)
      if (time >= this.horizon) return -1
      this.setTime(time)
      this.spread(slot)
      sortTick(words, this.tick())
    }
    return 0
  }

  /** Takes an event that has a slot above level 1 to itself and is the first. */
  private takeOnly(record: number, slot: number): number {
    const words = this.words
    const within = words[record | 6]
    if (words[record | 7] === this.block) {
      if (within >= this.limit) return -1
      this.within = within
    } else {
      const time = this.timeOf(record)
      if (time >= this.horizon) return -1
      this.setTime(time)
    }
    words[slot << 1] = 0
    this.vacate(slot)
    this.release(record)
    this.searched = false
    return record
  }

  /** The first instant of a slot above the lowest level. */
  private startOf(slot: number): number {
    const level = slot >>> 10
    const digit = slot & 1023
    if (level === 2) return this.block * BLOCK + ((this.within & -0x100000) | (digit << 10))
    if (level === 3) return this.block * BLOCK + (digit << 20)
    const shift = 10 * (level - 4)
    return (((this.block >>> shift) & -1024) | digit) * 2 ** shift * BLOCK
  }

  /** Hangs all events of a slot above level 1 that the clock has entered into lower ones, in their order. */
  private spread(slot: number): void {
    const words = this.words
    const lists = this.lists
    const head = slot << 1
    const last = words[head | 1]
    let chunk = words[head]
    words[head] = 0
    words[head | 1] = 0
    this.vacate(slot)
    if (chunk < 0) this.append(-chunk, this.slotOfRecord(-chunk))
    while (chunk > 0) {
      const places = lists.places
      const end = Math.min(chunk + 32, last > chunk ? last : chunk + 32)
      for (let place = chunk + 2; place < end; place++) {
        const record = places[place]
        if (this.isAt(record, place)) this.append(record, this.slotOfRecord(record))
      }
      const after = lists.places[chunk]
      lists.release(chunk)
      chunk = after
    }
  }

  private empty(head: number): void {
    this.words[head] = head
    this.words[head | 1] = head
  }
}

/** The slot of a level for a time: `digits` is its ms within the block (levels 1-3) or its block (4-6). */
function slotOf(level: number, digits: number): number {
  const shift = 10 * (level > 3 ? level - 4 : level - 1)
  return (level << 10) | ((digits >>> shift) & 1023)
}

/** The same for a time in this block that differs from the clock by these bits. */
function nearSlot(differs: number, within: number): number {
  const digit = ((31 - Math.clz32(differs | 1)) * 13) >>> 7
  return ((digit + 1) << 10) | ((within >>> (digit * 10)) & 1023)
}

/** The highest digit, base 1,024, in which two numbers below 2^30 differ: 1 for bits 0-9, 2 for 10-19, 3 for 20-29. */
function levelOf(differs: number): number {
  return 1 + (((31 - Math.clz32(differs | 1)) * 13) >>> 7)
}

function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
