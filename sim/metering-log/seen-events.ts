/**
 * U-09: a log may hold a row twice, since a sender may retry. The key of an event is its resource, its time and what is
 * done; the same key with the same content is the same event again, with other content a conflict.
 */
import { logActions } from '../billing/metering/resource-states.ts'
import type { LogEvent } from './log-event.ts'

export type Seen = 'new' | 'again' | 'conflict'

const FIRST_SLOTS = 1 << 10
/** Two words of the key's hash, one of the content's: the words of one slot. */
const WIDTH = 3
const numberOfAction = new Map(logActions.map((action, index) => [action, index]))

/** Hashes instead of rows: an event costs about 25 bytes, and two events share 96 bits by chance in no log there is. */
export class SeenEvents {
  #slots = new Uint32Array(FIRST_SLOTS * WIDTH)
  #count = 0
  /** Of the event that was looked for last: its key, its content, and the slot where it is or belongs. */
  #first = 0
  #second = 0
  #content = 0
  #slot = 0
  readonly #byContent: boolean

  /** `row`: the content belongs to the key, so that there are no conflicts. */
  constructor(key: 'event' | 'row') {
    this.#byContent = key === 'row'
  }

  /** Whether an event of this key was kept, and the same. */
  find(event: LogEvent): Seen {
    this.#hash(event)
    this.#slot = this.#slotOf(this.#first, this.#second)
    if (this.#slots[this.#slot] === 0) return 'new'
    return this.#slots[this.#slot + 2] === this.#content ? 'again' : 'conflict'
  }

  /** Keeps the event that was looked for last, and found to be new. */
  add(): void {
    const slots = this.#slots
    slots[this.#slot] = this.#first
    slots[this.#slot + 1] = this.#second
    slots[this.#slot + 2] = this.#content
    if (++this.#count * 4 > (slots.length / WIDTH) * 3) this.#grow()
  }

  #hash({ resource, at, do: action, account, product, flavour }: LogEvent): void {
    const content = mixed(account, product ^ Math.imul(flavour, 0x7feb352d))
    const high = Math.floor(at / 0x1_0000_0000) ^ Math.imul(numberOfAction.get(action) ?? 0, 0x632be5ab)
    const time = mixed(at >>> 0, high)
    const who = this.#byContent ? resource ^ Math.imul(content, 0x9e3779b1) : resource
    // A slot that begins with 0 is free, so that no hash may.
    this.#first = mixed(who, time) || 1
    this.#second = mixed(time ^ 0x9e3779b9, who)
    this.#content = content
  }

  #slotOf(first: number, second: number): number {
    const slots = this.#slots
    const mask = slots.length / WIDTH - 1
    let slot = second & mask
    while (slots[slot * WIDTH] !== 0 && (slots[slot * WIDTH] !== first || slots[slot * WIDTH + 1] !== second))
      slot = (slot + 1) & mask
    return slot * WIDTH
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (let from = 0; from < old.length; from += WIDTH)
      if (old[from] !== 0) {
        const slot = this.#slotOf(old[from], old[from + 1])
        for (let word = 0; word < WIDTH; word++) this.#slots[slot + word] = old[from + word]
      }
  }
}

/** Two words into one, every bit of it depending on every bit of both. */
function mixed(a: number, b: number): number {
  let word = Math.imul(a ^ Math.imul(b + 0x61c88647, 0x85ebca6b), 0xc2b2ae35)
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d)
  return (word ^ (word >>> 15)) >>> 0
}
