/**
 * Names that have come before, as 96 bits each: 16 to 32 bytes a name however long it is. Two of ten million names share their
 * bits with a chance below 1e-15.
 */
import { InputError } from '#base/input-error.ts'
import { WordSlots } from '#base/word-slots.ts'

/** At most 800 MB while the table grows. */
export const MOST_NAMES = 1 << 24

export class SeenNames {
  readonly #most: number
  readonly #slots = new WordSlots(3)

  constructor(most = MOST_NAMES) {
    this.#most = most
  }

  /** Whether a name has come before; it has from now on. Throws InputError where there are more than can be kept. */
  add(name: string): boolean {
    const [first, second, third] = bitsOf(name)
    const slot = this.#slots.slotOf(first, second, third)
    if (!this.#slots.isFree(slot)) return true
    if (this.#slots.count >= this.#most)
      throw new InputError(
        `more than ${this.#most} events with an identity, which are kept to find those that were sent twice`,
        'split the log by time, and import its parts one by one',
      )
    this.#slots.put(slot, first, second, third)
    return false
  }
}

/** Three hashes of the code units, each with steps of its own (the finaliser is MurmurHash3's, Appleby 2011). */
function bitsOf(name: string): readonly [number, number, number] {
  let [a, b, c] = [0x811c9dc5, 0x9747b28c, name.length]
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul((b << 13) | (b >>> 19), 5) + Math.imul(code ^ 0x5bd1e995, 0xcc9e2d51)
    c = Math.imul(c ^ (c >>> 15) ^ code, 0x2c1b3c6d)
  }
  // A slot that begins with 0 is free, so that no name may.
  return [mixed(a ^ Math.imul(c, 0x85ebca6b)) || 1, mixed(b), mixed(c ^ Math.imul(a, 0xc2b2ae35))]
}

function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
