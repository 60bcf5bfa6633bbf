/** U-09: which keys of one hour a usage record has come for, and with what quantity. */

/** What a record is to the keys: the first of its key, the same again, or another quantity. */
export type Novelty = 'accepted' | 'duplicate' | 'conflict'

const FREE = -1
/** A slot's int32 words: resource, product, and the quantity in the last two. */
const WORDS = 4
/** Three of four slots are taken: with fewer the table would not stay in the cache, with more too many collide. */
const roomOf = (slots: number): number => Math.ceil(slots * 0.75)

/**
 * Open addressing over (resource, product), no object per record. A slot is 16 bytes of one block, so that a
 * key costs one line of the cache; a free slot has resource -1.
 */
export class HourKeys {
  #keys: Int32Array
  #quantities: Float64Array
  /** Keys that may still come before the table grows. */
  #room: number

  /** `slots` is a power of 2. */
  constructor(slots: number) {
    const block = new ArrayBuffer(slots * WORDS * Int32Array.BYTES_PER_ELEMENT)
    this.#keys = new Int32Array(block).fill(FREE)
    this.#quantities = new Float64Array(block)
    this.#room = roomOf(slots)
  }

  get slots(): number {
    return this.#quantities.length >>> 1
  }

  /** Puts a quantity where the key has none yet; else says whether the same one is there. */
  put(resource: number, product: number, quantity: number): Novelty {
    const keys = this.#keys
    const mask = keys.length - WORDS
    let at = (hash(resource, product) * WORDS) & mask
    while (keys[at] !== FREE) {
      if (keys[at] === resource && keys[at + 1] === product)
        return this.#quantities[(at + 2) >> 1] === quantity ? 'duplicate' : 'conflict'
      at = (at + WORDS) & mask
    }
    keys[at] = resource
    keys[at + 1] = product
    this.#quantities[(at + 2) >> 1] = quantity
    if (--this.#room === 0) this.#grow()
    return 'accepted'
  }

  /** Forgets every key and keeps the room for them. */
  clear(): void {
    this.#keys.fill(FREE)
    this.#room = roomOf(this.slots)
  }

  /** The whole block. */
  save() {
    return { block: this.#keys.slice(), room: this.#room }
  }

  static restored(state: ReturnType<HourKeys['save']>): HourKeys {
    const keys = new HourKeys(state.block.length / WORDS)
    keys.#keys.set(state.block)
    keys.#room = state.room
    return keys
  }

  #grow(): void {
    const [keys, quantities] = [this.#keys, this.#quantities]
    const larger = new HourKeys(quantities.length)
    for (let old = 0; old < keys.length; old += WORDS)
      if (keys[old] !== FREE) larger.put(keys[old], keys[old + 1], quantities[(old + 2) >> 1])
    this.#keys = larger.#keys
    this.#quantities = larger.#quantities
    this.#room = larger.#room
  }
}

/** Spreads neighbouring numbers over the table (multiplication by odd constants, as in MurmurHash3's finaliser). */
function hash(resource: number, product: number): number {
  const mixed = Math.imul(resource ^ Math.imul(product + 1, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
