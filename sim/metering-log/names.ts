/**
 * Names by number: a million of them in bytes and columns instead of strings and a Map, so that a name costs its bytes
 * and about ten more. Where there are more, all are in a temporary file.
 */
import { Buffer } from 'node:buffer'
import { InputError } from '#base/input-error.ts'
import { StoredNames } from './stored-names.ts'

const FIRST_SLOTS = 1 << 10
const FIRST_BYTES = 1 << 16
const LONGEST_NAME = 1_000
const MOST_BYTES = 0xffff_ffff
const MOST_HELD = 1_000_000

export class Names {
  /** Names one after the other, each after its length in two bytes. */
  #bytes = Buffer.alloc(FIRST_BYTES)
  #used = 0
  #starts = new Uint32Array(FIRST_SLOTS)
  /** Open addressing: number of the name + 1, or 0. */
  #slots = new Int32Array(FIRST_SLOTS * 2)
  /** All names, where there are more than are held. */
  #stored: StoredNames | undefined
  readonly #mostHeld: number
  count = 0

  /** `mostHeld`: names in memory. */
  constructor(mostHeld = MOST_HELD) {
    this.#mostHeld = mostHeld
  }

  /** The number of the name in these bytes; a name not seen yet gets the next one. Throws InputError when it is too long. */
  number(bytes: Uint8Array, from: number, to: number): number {
    if (this.#stored !== undefined) return this.#storedNumber(this.#stored, bytes, from, to)
    const slot = this.#slotOf(bytes, from, to)
    return this.#slots[slot] > 0 ? this.#slots[slot] - 1 : this.#add(slot, bytes, from, to)
  }

  /** The number of a name, or -1 when it was never seen. */
  find(bytes: Uint8Array, from: number, to: number): number {
    if (this.#stored !== undefined) return this.#stored.find(bytes, from, to)
    return this.#slots[this.#slotOf(bytes, from, to)] - 1
  }

  numberOf(text: string): number {
    const bytes = Buffer.from(text)
    return this.number(bytes, 0, bytes.length)
  }

  text(number: number): string {
    if (this.#stored !== undefined) return this.#stored.text(number)
    const start = this.#starts[number]
    return this.#bytes.toString('utf8', start + 2, start + 2 + this.#bytes.readUInt16LE(start))
  }

  /** Gives memory and files back. */
  close(): void {
    this.#stored?.close()
    this.#stored = undefined
    this.#forget()
  }

  /** The slot that holds the name, or the free one where it belongs. */
  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1
    let slot = hash(bytes, from, to) & mask
    for (let held = this.#slots[slot]; held !== 0; held = this.#slots[slot]) {
      if (this.#equals(held - 1, bytes, from, to)) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #equals(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const own = this.#bytes
    const start = this.#starts[number]
    const length = to - from
    if (own[start] + own[start + 1] * 256 !== length) return false
    for (let index = 0; index < length; index++) if (own[start + 2 + index] !== bytes[from + index]) return false
    return true
  }

  #add(slot: number, bytes: Uint8Array, from: number, to: number): number {
    const length = to - from
    checkLength(length)
    this.#makeRoom(length + 2)
    const number = this.count++
    this.#starts[number] = this.#used
    this.#bytes.writeUInt16LE(length, this.#used)
    this.#bytes.set(bytes.subarray(from, to), this.#used + 2)
    this.#used += length + 2
    this.#slots[slot] = number + 1
    if (this.count >= this.#mostHeld) this.#store()
    else if (this.count * 2 > this.#slots.length) this.#rehash()
    return number
  }

  #storedNumber(stored: StoredNames, bytes: Uint8Array, from: number, to: number): number {
    const number = stored.find(bytes, from, to)
    if (number >= 0) return number
    checkLength(to - from)
    this.count++
    return stored.add(bytes, from, to)
  }

  #store(): void {
    const stored = new StoredNames()
    const bytes = this.#bytes
    for (let number = 0; number < this.count; number++) {
      const start = this.#starts[number] + 2
      const end = start + bytes.readUInt16LE(start - 2)
      stored.find(bytes, start, end)
      stored.add(bytes, start, end)
    }
    this.#stored = stored
    this.#forget()
  }

  #forget(): void {
    this.#bytes = Buffer.alloc(0)
    this.#starts = new Uint32Array(0)
    this.#slots = new Int32Array(0)
  }

  #makeRoom(size: number): void {
    if (this.count === this.#starts.length) {
      const wider = new Uint32Array(this.#starts.length * 2)
      wider.set(this.#starts)
      this.#starts = wider
    }
    if (this.#used + size <= this.#bytes.length) return
    if (this.#used + size > MOST_BYTES) throw new InputError('more than 4 GiB of them', 'split the log', 'names')
    const longer = Buffer.alloc(Math.min(MOST_BYTES, this.#bytes.length * 2))
    this.#bytes.copy(longer, 0, 0, this.#used)
    this.#bytes = longer
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.count; number++) {
      const start = this.#starts[number] + 2
      let slot = hash(this.#bytes, start, start + this.#bytes.readUInt16LE(start - 2)) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

function checkLength(length: number): void {
  if (length > LONGEST_NAME) throw new InputError(`has ${length} bytes`, `use at most ${LONGEST_NAME}`, 'a name')
}

/** FNV-1a, its bits mixed once more so that neighbouring names spread. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let mixed = 0x811c9dc5
  for (let at = from; at < to; at++) mixed = Math.imul(mixed ^ bytes[at], 0x01000193)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}
