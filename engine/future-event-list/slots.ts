import { EventRecords } from './event-records.ts'
import { BITS, LEVELS, SLOTS } from './levels.ts'
import { SlotLists } from './slot-lists.ts'

// Derived here, not imported: V8 compiles a constant of the same module into the code and loads an imported one.
const LEVEL_OF_SLOT = BITS
const FIRST_INSTANT = SLOTS

/**
 * The head of the records' buffer is the slots'. Slot `s` is number `s & (SLOTS - 1)` of level `s >>> BITS`. Words
 * `2 * s` and `2 * s + 1` are, on level 1, a sentinel, two links that look like a record and spare every case for an
 * empty list; above, the ends of its `SlotLists` list. Bit `s & 31` of word `s >>> 5` says whether the slot has events;
 * word `level` has a bit for each 32nd part of the level, two words, that is not empty.
 */
const RESERVED = 2 * SLOTS * (LEVELS + 1)

/**
 * Event records in slots. A slot of level 1 is one instant: a circular list through words 0 and 1 of its records. Above,
 * a slot is a list in chunks, and word 1 of a record is the complement of its place there, negative.
 */
export class Slots extends EventRecords {
  protected readonly lists = new SlotLists()
  /** What `gather` found. */
  protected readonly gathered = new Int32Array(32)

  constructor() {
    super(RESERVED)
    const { words } = this
    for (let word = 2 * FIRST_INSTANT; word < 4 * FIRST_INSTANT; word++) words[word] = word & -2
  }

  /** Puts a record behind the others of its instant, a slot of level 1. */
  protected append(record: number, slot: number): void {
    const words = this.words
    const head = slot << 1
    const last = words[head | 1]
    words[last] = record
    words[record] = head
    words[record | 1] = last
    words[head | 1] = record
    words[slot >>> 5] |= 1 << slot
    words[1] |= 1 << (slot >>> 6)
  }

  /** Puts a record behind the others of a slot above level 1. */
  protected appendCoarse(record: number, slot: number): void {
    const words = this.words
    const head = slot << 1
    const place = words[head | 1]
    if ((place & 31) === 0) this.appendFirst(record, head)
    else {
      this.lists.places[place] = record
      words[record | 1] = ~place
      words[head | 1] = place + 1
    }
    words[slot >>> 5] |= 1 << slot
    words[slot >>> LEVEL_OF_SLOT] |= 1 << (slot >>> 6)
  }

  /** The first record of a slot needs no list; the next ones begin a list or a new chunk of it. */
  private appendFirst(record: number, head: number): void {
    const { words, lists } = this
    const only = words[head]
    if (only === 0) {
      words[head] = -record
      words[record | 1] = ~0
      return
    }
    let place = lists.extend(words[head | 1])
    if (only < 0) {
      words[head] = place & -32
      lists.places[place] = -only
      words[-only | 1] = ~place++
    }
    lists.places[place] = record
    words[record | 1] = ~place
    words[head | 1] = place + 1
  }

  /** Takes a record out of a slot above level 1. */
  protected removeCoarse(record: number, slot: number): void {
    const { words, lists } = this
    const head = slot << 1
    const place = ~words[record | 1]
    words[record | 1] = 0
    if (place === 0) {
      words[head] = 0
      this.vacate(slot)
      return
    }
    if (!lists.leave(place, words[head | 1])) return
    const chunk = place & -32
    const { before, after } = lists.drop(chunk)
    if (before === 0) words[head] = after
    if (after === 0) words[head | 1] = before === 0 ? 0 : before + 32
    if (before === 0 && after === 0) this.vacate(slot)
  }

  /** Empties a slot above level 1 and returns its first chunk, or less than 0 for its only record. */
  protected detach(slot: number): number {
    const words = this.words
    const first = words[slot << 1]
    words[slot << 1] = 0
    words[(slot << 1) | 1] = 0
    this.vacate(slot)
    return first
  }

  /**
   * Finds the records of a chunk that are still in it: `gathered` holds them, in order. Nothing else is done to them on
   * the way, so that the cache misses of all of them overlap.
   * @param last the place behind the list's last entry
   */
  protected gather(chunk: number, last: number): number {
    const { words, gathered } = this
    const { places } = this.lists
    const end = last > chunk && last < chunk + 32 ? last : chunk + 32
    let count = 0
    for (let place = chunk + 2; place < end; place++) {
      const record = places[place]
      gathered[count] = record
      if (words[record | 1] === ~place) count++
    }
    return count
  }

  /** Clears the bit of an empty slot. */
  protected vacate(slot: number): void {
    const words = this.words
    const word = slot >>> 5
    const left = words[word] & ~(1 << slot)
    words[word] = left
    if ((left | words[word ^ 1]) === 0) words[slot >>> LEVEL_OF_SLOT] &= ~(1 << (slot >>> 6))
  }

  /** The first occupied slot of a level that has one. */
  protected firstOf(level: number): number {
    const words = this.words
    let word = (level << 6) | (trailingZeros(words[level]) << 1)
    if (words[word] === 0) word |= 1
    return (word << 5) | trailingZeros(words[word])
  }

  /** The first occupied slot above level 1, 0 when there is none. */
  protected firstCoarse(): number {
    for (let level = 2; level <= LEVELS; level++) if (this.words[level] !== 0) return this.firstOf(level)
    return 0
  }
}

function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
