/** Hashes of three words each in one array, found by their first two or all three: an open-addressed table without objects. */

export const WORD_WIDTH = 3
const WIDTH = WORD_WIDTH
const FIRST_SLOTS = 1 << 10

export class WordSlots {
  #words = new Uint32Array(FIRST_SLOTS * WIDTH)
  readonly #isKeyWhole: boolean
  /** Slots that are taken. */
  count = 0

  /** `keyWords`: how many of the words say what it is; a third one may be a value. */
  constructor(keyWords: 2 | 3) {
    this.#isKeyWhole = keyWords === 3
  }

  /** All slots, three words each. */
  get words(): Uint32Array {
    return this.#words
  }

  /** The slot where a key is or belongs. The first word is not 0, which marks a free slot. */
  slotOf(first: number, second: number, third: number): number {
    const words = this.#words
    const mask = words.length / WIDTH - 1
    let slot = second & mask
    for (; words[slot * WIDTH] !== 0; slot = (slot + 1) & mask) {
      const at = slot * WIDTH
      if (words[at] === first && words[at + 1] === second && (!this.#isKeyWhole || words[at + 2] === third)) break
    }
    return slot * WIDTH
  }

  isFree(slot: number): boolean {
    return this.#words[slot] === 0
  }

  thirdAt(slot: number): number {
    return this.#words[slot + 2]
  }

  /** Takes a free slot. */
  put(slot: number, first: number, second: number, third: number): void {
    this.#words[slot] = first
    this.#words[slot + 1] = second
    this.#words[slot + 2] = third
    if (++this.count * 4 > (this.#words.length / WIDTH) * 3) this.#grow()
  }

  #grow(): void {
    const old = this.#words
    this.#words = new Uint32Array(old.length * 2)
    for (let from = 0; from < old.length; from += WIDTH)
      if (old[from] !== 0) {
        const slot = this.slotOf(old[from], old[from + 1], old[from + 2])
        for (let word = 0; word < WIDTH; word++) this.#words[slot + word] = old[from + word]
      }
  }
}
