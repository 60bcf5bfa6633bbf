import { BLOCK as BLOCK_MS, farSlot, nearSlot, SLOTS, startOf } from './levels.ts'
import { Slots } from './slots.ts'

// Constants of this module for V8's sake: see `Slots`.
const BLOCK = BLOCK_MS
const INSTANTS = SLOTS
const INSTANT = SLOTS - 1

/**
 * Slots round a clock. When the clock enters a slot above level 1, the slot's events move down to the levels where their
 * times now belong, in their order. Word 6 of a record is its time within the block of word 7.
 */
export class TurningSlots extends Slots {
  block = 0
  within = 0
  private horizon = Number.POSITIVE_INFINITY
  /** The horizon within this block. */
  protected limit = BLOCK
  /** Time of the first event above level 1, as long as `searched`. */
  private found = Number.NaN
  protected searched = false

  get now(): number {
    return this.block * BLOCK + this.within
  }

  until(end: number): void {
    this.horizon = end
    this.limit = Math.min(end - this.block * BLOCK, BLOCK) | 0
  }

  /** Moves the clock to a time. No event is earlier, so that nothing is left in the levels below the highest change. */
  protected turnTo(time: number): void {
    const { block, within } = this
    this.setTime(time)
    if (this.block !== block) this.spread(farSlot(this.block ^ block, this.block))
    else if ((this.within ^ within) >= INSTANTS) this.spread(nearSlot(this.within ^ within, this.within))
  }

  protected setTime(time: number): void {
    this.block = Math.floor(time / BLOCK) | 0
    this.within = (time - this.block * BLOCK) | 0
    this.until(this.horizon)
  }

  /** Time of the first event above level 1, Infinity when there is none. */
  protected firstTimeAbove(): number {
    if (!this.searched) {
      this.found = this.search()
      this.searched = true
    }
    return this.found
  }

  /**
   * Level 1 is empty: moves the clock until it is not.
   * @returns 0 then; or the first event, if it had a slot to itself; or -1 when none comes before the horizon
   */
  protected bringDown(): number {
    const words = this.words
    while (words[1] === 0) {
      const slot = this.firstCoarse()
      if (slot === 0) return -1
      const only = -words[slot << 1]
      if (only > 0) return this.takeOnly(only, slot)
      const time = startOf(slot, this.block, this.within)
      if (time >= this.horizon) return -1
      this.setTime(time)
      this.spread(slot)
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
    this.detach(slot)
    this.release(record)
    this.searched = false
    return record
  }

  /** Hangs all events of a slot above level 1 that the clock has entered into lower ones, in their order. */
  private spread(slot: number): void {
    const { words, gathered, lists } = this
    const last = words[(slot << 1) | 1]
    let chunk = this.detach(slot)
    this.searched = false
    if (chunk < 0) this.lower(-chunk)
    while (chunk > 0) {
      const count = this.gather(chunk, last)
      if (slot < 3 * INSTANTS) {
        for (let i = 0; i < count; i++) this.append(gathered[i], INSTANTS | (words[gathered[i] | 6] & INSTANT))
      } else for (let i = 0; i < count; i++) this.lower(gathered[i])
      const after = lists.places[chunk]
      lists.release(chunk)
      chunk = after
    }
  }

  private lower(record: number): void {
    const slot = this.slotOf(record)
    if (slot < 2 * INSTANTS) this.append(record, slot)
    else this.appendCoarse(record, slot)
  }

  /** The slot that a record's time has as the clock is. */
  protected slotOf(record: number): number {
    const within = this.words[record | 6]
    const block = this.words[record | 7]
    return block === this.block ? nearSlot(within ^ this.within, within) : farSlot(block ^ this.block, block)
  }

  private timeOf(record: number): number {
    return this.words[record | 7] * BLOCK + this.words[record | 6]
  }

  private search(): number {
    const slot = this.firstCoarse()
    if (slot === 0) return Number.POSITIVE_INFINITY
    const first = this.words[slot << 1]
    if (first < 0) return this.timeOf(-first)
    const last = this.words[(slot << 1) | 1]
    let least = Number.POSITIVE_INFINITY
    for (let chunk = first; chunk > 0; chunk = this.lists.places[chunk]) {
      const count = this.gather(chunk, last)
      for (let i = 0; i < count; i++) least = Math.min(least, this.timeOf(this.gathered[i]))
    }
    return least
  }
}
