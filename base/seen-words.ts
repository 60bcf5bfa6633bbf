/**
 * Hashes of three words each that have come before, tens of millions of them: the latest in memory, earlier ones in a temporary file.
 * A filter of about two bytes a key says of nearly every new key that the file does not have it.
 */
import { closeSync, readSync, writeSync } from 'node:fs'
import { temporaryFile } from './temporary-file.ts'
import { WORD_WIDTH as WIDTH, WordSlots } from './word-slots.ts'

/** What fills a table of 2^21 slots. */
const MOST_RECENT = 1_500_000
const MOST_SLOTS = 2 ** 21
/** Keys of one reading. */
const PAGE = 256
const BYTES = WIDTH * Uint32Array.BYTES_PER_ELEMENT
/** Bits a key at least. */
const FILTER_BITS = 12
/** Words of a line of the processor's cache: a key's bits are in one. */
const LINE = 16

/** Sorted keys in the file. */
interface Run {
  /** Keys before it. */
  readonly start: number
  readonly count: number
  /** What the keys of each page begin with. */
  readonly pages: Uint32Array
}

/** By which keys are sorted. */
const rankOf = (first: number): number => first >>> 1

export class SeenWords {
  readonly #keyWords: 2 | 3
  readonly #mostRecent: number
  #recent: WordSlots
  #slot = 0
  readonly #runs: Run[] = []
  #filter = new Uint32Array(0)
  #file: number | undefined
  #stored = 0
  readonly #page = new Uint32Array(PAGE * WIDTH)

  /** `keyWords`: how many of the words say what it is; a third one may be a value. */
  constructor(keyWords: 2 | 3, mostRecent = MOST_RECENT) {
    this.#keyWords = keyWords
    this.#mostRecent = Math.min(mostRecent, MOST_RECENT)
    this.#recent = new WordSlots(keyWords)
  }

  get count(): number {
    return this.#stored + this.#recent.count
  }

  /** The third word of a key that has come before; undefined where it has not. The first word is not 0. */
  find(first: number, second: number, third: number): number | undefined {
    this.#slot = this.#recent.slotOf(first, second, third)
    if (!this.#recent.isFree(this.#slot)) return this.#recent.thirdAt(this.#slot)
    if (this.#stored === 0 || !this.#mayHave(first, second)) return undefined
    for (const run of this.#runs) {
      const found = this.#findIn(run, first, second, third)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Adds the key that was looked for last, and not found. */
  add(first: number, second: number, third: number): void {
    this.#recent.put(this.#slot, first, second, third)
    if (this.#recent.count >= this.#mostRecent) this.#store()
  }

  /** Gives the file back. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    this.#runs.length = 0
    this.#stored = 0
  }

  #findIn({ start, count, pages }: Run, first: number, second: number, third: number): number | undefined {
    const rank = rankOf(first)
    let [from, to] = [0, pages.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (pages[middle] < rank) from = middle + 1
      else to = middle
    }
    const words = this.#page
    for (let page = Math.max(0, from - 1); page < pages.length && pages[page] <= rank; page++) {
      const keys = Math.min(PAGE, count - page * PAGE)
      this.#read(start + page * PAGE, keys)
      for (let at = 0; at < keys * WIDTH; at += WIDTH)
        if (words[at] === first && words[at + 1] === second && (this.#keyWords === 2 || words[at + 2] === third))
          return words[at + 2]
    }
    return undefined
  }

  #read(key: number, keys: number): void {
    readSync(this.#file ?? -1, this.#page, 0, keys * BYTES, key * BYTES)
  }

  /** Writes what is in memory to the file, sorted. */
  #store(): void {
    const { words, count } = this.#recent
    const order = new Float64Array(count)
    let found = 0
    for (let slot = 0; slot * WIDTH < words.length; slot++)
      if (words[slot * WIDTH] !== 0) order[found++] = rankOf(words[slot * WIDTH]) * MOST_SLOTS + slot
    order.sort()
    const pages = new Uint32Array(Math.ceil(count / PAGE))
    this.#file ??= temporaryFile()
    const page = this.#page
    for (let from = 0; from < count; from += PAGE) {
      const keys = Math.min(PAGE, count - from)
      for (let key = 0; key < keys; key++) {
        const slot = (order[from + key] % MOST_SLOTS) * WIDTH
        for (let word = 0; word < WIDTH; word++) page[key * WIDTH + word] = words[slot + word]
      }
      pages[from / PAGE] = rankOf(page[0])
      writeSync(this.#file, page, 0, keys * BYTES, (this.#stored + from) * BYTES)
    }
    this.#runs.push({ start: this.#stored, count, pages })
    this.#stored += count
    this.#recent = new WordSlots(this.#keyWords)
    this.#addToFilter(this.#stored - count)
  }

  /** Takes keys from one on into the filter; all of them where it has to grow. */
  #addToFilter(from: number): void {
    const isTooSmall = this.#filter.length * 32 < this.#stored * FILTER_BITS
    if (isTooSmall) {
      let length = LINE
      while (length * 32 < this.#stored * FILTER_BITS) length *= 2
      this.#filter = new Uint32Array(length)
    }
    for (let key = isTooSmall ? 0 : from; key < this.#stored; key += PAGE) {
      const keys = Math.min(PAGE, this.#stored - key)
      this.#read(key, keys)
      for (let at = 0; at < keys * WIDTH; at += WIDTH) this.#mark(this.#page[at], this.#page[at + 1])
    }
  }

  #mark(first: number, second: number): void {
    const filter = this.#filter
    const line = (second & (filter.length / LINE - 1)) * LINE
    for (let shift = 0; shift < 32; shift += 8) {
      const bit = bitOf(first, second, shift)
      filter[line + (bit >>> 5)] |= 1 << (bit & 31)
    }
  }

  #mayHave(first: number, second: number): boolean {
    const filter = this.#filter
    const line = (second & (filter.length / LINE - 1)) * LINE
    for (let shift = 0; shift < 32; shift += 8) {
      const bit = bitOf(first, second, shift)
      if ((filter[line + (bit >>> 5)] & (1 << (bit & 31))) === 0) return false
    }
    return true
  }
}

/** One of the four bits of a key in its line: eight bits of one word, one of the other. */
const bitOf = (first: number, second: number, shift: number): number =>
  ((first >>> shift) & 255) | (((second >>> (31 - shift / 8)) & 1) << 8)
