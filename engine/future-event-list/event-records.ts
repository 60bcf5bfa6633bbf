/**
 * Events as records of eight 32-bit words in one growing buffer: 32 bytes an event, half a cache line, no object.
 *
 *     word 0-1  two links, the list's own business; a free record keeps the next free one in word 0
 *     word 2    tag: rank (5 bits), generation (14 bits), kind (13 bits)
 *     word 3-5  entity, a, b
 *     word 6-7  time, as the list likes to keep it
 *
 * A record is named by the index of its first word, a multiple of 8, so that `record | 3` is its word 3: V8 then needs
 * no check for overflow. A handle names the record and its generation, so that a handle kept too long is distinguished from its
 * successor: the first 65,536 records have 16,384 generations, the others 64.
 */

/** The handle of no event at all. */
export const NO_EVENT = -1

/** Most pending events one list can hold: what a handle's 24 bits can name. */
export const MOST_RECORDS = 1 << 24

const GENERATION = 0x7ffe000
const ONE_GENERATION = 0x2000
const KIND = 0x1fff

/** Number of kinds a tag can tell apart. */
export const MOST_KINDS = KIND + 1

/** The tag of a kind's events: their rank (0..31) in the highest bits, to be compared unsigned, and the kind. */
export function tagOf(rank: number, kind: number): number {
  return (rank << 27) | kind
}

export class EventRecords {
  words: Int32Array<ArrayBuffer>
  /** Number of pending events. */
  size = 0
  /** First word of the first record; what is below it belongs to the list. */
  protected readonly base: number
  protected free = -1
  protected end: number

  /** @param reserved words kept free for the list at the head of the buffer, a multiple of 8 */
  constructor(reserved: number) {
    this.base = reserved
    this.end = reserved
    this.words = wordsOf(reserved + 8 * 64)
  }

  /** Takes a free record and fills it, except for time and links. */
  protected allocate(tag: number, entity: number, a: number, b: number): number {
    let record = this.free
    if (record >= 0) this.free = this.words[record]
    else record = this.extend()
    const words = this.words
    words[record | 2] = tag | (words[record | 2] & GENERATION)
    words[record | 3] = entity
    words[record | 4] = a
    words[record | 5] = b
    this.size = (this.size + 1) | 0
    return record
  }

  /** Gives a record back; every handle to it is stale from now on. Its contents stay until it is taken again. */
  protected release(record: number): void {
    const words = this.words
    const tag = words[record | 2]
    words[record | 2] = (tag & ~GENERATION) | ((tag + ONE_GENERATION) & GENERATION)
    words[record] = this.free
    this.free = record
    this.size = (this.size - 1) | 0
  }

  /** The handle of a record that is taken. */
  protected handleOf(record: number): number {
    const slot = record >> 3
    const generation = this.words[record | 2] & GENERATION
    return slot < 0x10000 ? (generation << 3) | slot : 0x40000000 | ((generation & 0x7e000) << 11) | slot
  }

  /** The record of a handle, or -1 when its event has run or was cancelled. */
  protected recordOf(handle: number): number {
    if (handle < 0) return -1
    const record = (handle & 0x40000000) === 0 ? (handle & 0xffff) << 3 : (handle & 0xffffff) << 3
    if (record < this.base || record >= this.end || this.handleOf(record) !== handle) return -1
    return record
  }

  private extend(): number {
    const record = this.end
    if (record === this.words.length) this.grow()
    this.end = record + 8
    return record
  }

  /** Doubles small buffers; large ones grow by little, so that memory stays near what is used. */
  private grow(): void {
    const records = this.words.length >> 3
    if (records >= MOST_RECORDS) throw new RangeError(`more than ${MOST_RECORDS} pending events in one list`)
    const wanted = records + (records >> (records < 1 << 16 ? 0 : records < 1 << 18 ? 3 : 4))
    const grown = wordsOf(8 * Math.min(wanted, MOST_RECORDS))
    grown.set(this.words)
    this.words = grown
    this.grown(grown.length >> 3)
  }

  /** For lists that keep something next to each record. */
  protected grown(_records: number): void {}

  /** Plain copy of everything, sized to what is used. */
  protected saveRecords(): RecordsState {
    return { words: this.words.slice(0, this.end), free: this.free, size: this.size }
  }

  /** Takes over saved records; see `FutureEventList.restore` for kinds and result. */
  protected restoreRecords(state: RecordsState, kinds: Int32Array): number {
    const words = wordsOf(Math.max(state.words.length, this.base + 8 * 64))
    words.set(state.words)
    const missing = kinds.some((kind, old) => kind !== old) ? renumber(words, this.base, state, kinds) : -1
    if (missing >= 0) return missing
    this.words = words
    this.end = state.words.length
    this.free = state.free
    this.size = state.size
    this.grown(words.length >> 3)
    return -1
  }
}

/** Writes new kinds into the tags of all pending events; returns the first old kind in use that has none, or -1. */
function renumber(
  words: Int32Array,
  base: number,
  { free, words: { length } }: RecordsState,
  kinds: Int32Array,
): number {
  const idle = new Uint8Array(length >> 3)
  for (let record = free; record >= 0; record = words[record]) idle[record >> 3] = 1
  for (let record = base; record < length; record += 8) {
    const tag = words[record | 2]
    const kind = kinds[tag & KIND]
    if (kind >= 0) words[record | 2] = (tag & ~KIND) | kind
    else if (idle[record >> 3] === 0) return tag & KIND
  }
  return -1
}

export type RecordsState = { words: Int32Array; free: number; size: number }

/**
 * A buffer of words that begins 48 bytes into its memory: large blocks come from the operating system 16 bytes behind
 * the start of a page, so that records then do not straddle cache lines. A third faster at a million events.
 */
function wordsOf(length: number): Int32Array<ArrayBuffer> {
  return new Int32Array(new ArrayBuffer(4 * length + 48), 48)
}
