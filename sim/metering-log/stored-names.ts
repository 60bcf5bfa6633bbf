/**
 * Names by number when there are more than memory should hold: what they are found by takes two bytes of memory each
 * (SeenWords), and their texts are in a temporary file, of which the pages used last are in memory.
 */
import { InputError } from '#base/input-error.ts'
import { PagedFile } from '#base/paged-file.ts'
import { SeenWords } from '#base/seen-words.ts'

/** Bytes of a page, in which a name is whole: its length in two bytes, then its text. */
const SIZE_BITS = 12
const SIZE = 1 << SIZE_BITS
/** Places of a page of them. */
const PLACE_BITS = 9
const PLACES = 1 << PLACE_BITS
/** Pages in memory: 16 MiB of texts, and of each as many places. */
const MOST_PAGES = 4_096

export class StoredNames {
  count = 0
  readonly #seen = new SeenWords(2)
  readonly #texts = new PagedFile({
    ...{ size: SIZE, most: MOST_PAGES },
    views: (buffer) => Buffer.from(buffer),
  })
  /** Where each name begins: its page and its place there. */
  readonly #places = new PagedFile({
    ...{ size: PLACES * Float64Array.BYTES_PER_ELEMENT, most: MOST_PAGES / 8 },
    views: (buffer) => new Float64Array(buffer),
  })
  #end = 0
  /** Hash of the name that was looked for last; its first word is not 0. */
  #first = 0
  #second = 0

  /** The number of a name, or -1 when it was never added. Throws InputError where two names have one hash. */
  find(bytes: Uint8Array, from: number, to: number): number {
    this.#hash(bytes, from, to)
    const number = this.#seen.find(this.#first, this.#second, 0)
    if (number === undefined) return -1
    if (!this.#equals(number, bytes, from, to))
      throw new InputError('two of them have one hash of 64 bits', 'split the log', 'names')
    return number
  }

  /** Adds the name that was looked for last, and not found. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from
    if ((this.#end & (SIZE - 1)) + length + 2 > SIZE) this.#end = (Math.floor(this.#end / SIZE) + 1) * SIZE
    const place = this.#end
    const page = this.#texts.changed(Math.floor(place / SIZE))
    const at = place % SIZE
    page.writeUInt16LE(length, at)
    page.set(bytes.subarray(from, to), at + 2)
    this.#end += length + 2
    const number = this.count++
    this.#places.changed(number >>> PLACE_BITS)[number & (PLACES - 1)] = place
    this.#seen.add(this.#first, this.#second, number)
    return number
  }

  text(number: number): string {
    const place = this.#placeOf(number)
    const page = this.#texts.at(Math.floor(place / SIZE))
    const at = place % SIZE
    return page.toString('utf8', at + 2, at + 2 + page.readUInt16LE(at))
  }

  /** Gives memory and files back. */
  close(): void {
    this.#seen.close()
    this.#texts.close()
    this.#places.close()
  }

  #hash(bytes: Uint8Array, from: number, to: number): void {
    let [first, second] = [0x811c9dc5, to - from]
    for (let at = from; at < to; at++) {
      first = Math.imul(first ^ bytes[at], 0x01000193)
      second = Math.imul(second ^ bytes[at], 0x85ebca6b)
      second ^= second >>> 13
    }
    first = Math.imul(first ^ (first >>> 16), 0x85ebca6b)
    second = Math.imul(second ^ (second >>> 15), 0xc2b2ae35)
    this.#first = (first ^ (first >>> 13)) >>> 0 || 1
    this.#second = (second ^ (second >>> 16)) >>> 0
  }

  #placeOf(number: number): number {
    return this.#places.at(number >>> PLACE_BITS)[number & (PLACES - 1)]
  }

  #equals(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const place = this.#placeOf(number)
    const page = this.#texts.at(Math.floor(place / SIZE))
    const at = place % SIZE
    const length = to - from
    if (page[at] + page[at + 1] * 256 !== length) return false
    for (let index = 0; index < length; index++) if (page[at + 2 + index] !== bytes[from + index]) return false
    return true
  }
}
