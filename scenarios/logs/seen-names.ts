/**
 * Names that have come before, as 96 bits each, in memory that hardly grows with them. Two of ten million names share their
 * bits with a chance below 1e-15.
 */
import { InputError } from '#base/input-error.ts'
import { SeenWords } from '#base/seen-words.ts'

/** At most 3 GB of a temporary file. */
export const MOST_NAMES = 1 << 28

export class SeenNames {
  readonly #most: number
  readonly #seen = new SeenWords(3)

  constructor(most = MOST_NAMES) {
    this.#most = most
  }

  /** Whether a name has come before; it has from now on. Throws InputError where there are more than can be kept. */
  add(name: string): boolean {
    const [first, second, third] = nameBits(name)
    if (this.#seen.find(first, second, third) !== undefined) return true
    if (this.#seen.count >= this.#most)
      throw new InputError(
        `more than ${this.#most} events with an identity, which are kept to find those that were sent twice`,
        'split the log by time, and import its parts one by one',
      )
    this.#seen.add(first, second, third)
    return false
  }

  close(): void {
    this.#seen.close()
  }
}

/** Three hashes of the code units, each with steps of its own (the finaliser is MurmurHash3's, Appleby 2011). */
export function nameBits(name: string): readonly [number, number, number] {
  let [a, b, c] = [0x811c9dc5, 0x9747b28c, name.length]
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul((b << 13) | (b >>> 19), 5) + Math.imul(code ^ 0x5bd1e995, 0xcc9e2d51)
    c = Math.imul(c ^ (c >>> 15) ^ code, 0x2c1b3c6d)
  }
  // Of `SeenWords`, the first word is not 0.
  return [mixed(a ^ Math.imul(c, 0x85ebca6b)) || 1, mixed(b), mixed(c ^ Math.imul(a, 0xc2b2ae35))]
}

function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
