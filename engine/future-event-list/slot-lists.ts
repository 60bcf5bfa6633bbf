/** Words of a chunk: its successor, its predecessor, how many of its entries were taken out, and 29 entries. */
const CHUNK = 32
const FIRST = 3

/** What a removed entry leaves behind until its chunk goes. */
const HOLE = -1

/**
 * Ordered lists of records for the wheel's coarse slots, in chunks of one growing array: an entry costs little more
 * than four bytes, and since a walk knows the next records before it has read the present one, their cache misses
 * overlap. An entry can be taken out by its place; a chunk whose entries are all out goes back to the free ones, so
 * that no sequence of appends and removals makes it grow. A list is the place of its first chunk and the place behind
 * its last entry, both 0 while it is empty; the caller keeps them.
 */
export class SlotLists {
  places = new Int32Array(CHUNK * 8)
  private free = 0
  private end = CHUNK

  /** Makes a chunk behind the one that ends at `last` (0: a first one) and returns its first place. */
  extend(last: number): number {
    let chunk = this.free
    if (chunk > 0) this.free = this.places[chunk]
    else {
      if (this.end === this.places.length) this.grow()
      chunk = this.end
      this.end += CHUNK
    }
    const { places } = this
    const before = last === 0 ? 0 : last - CHUNK
    places[chunk] = 0
    places[chunk + 1] = before
    places[chunk + 2] = 0
    if (before > 0) places[before] = chunk
    return chunk + FIRST
  }

  /** Gives back a chunk that nothing is linked to any more. */
  release(chunk: number): void {
    this.places[chunk] = this.free
    this.free = chunk
  }

  /**
   * Takes the entry at `place` out of the list that ends at `last`.
   * @returns true when its chunk has no entry left; the caller then drops the chunk
   */
  remove(place: number, last: number): boolean {
    const { places } = this
    const chunk = place & -CHUNK
    places[place] = HOLE
    const filled = (chunk === ((last - 1) & -CHUNK) ? last - chunk : CHUNK) - FIRST
    return ++places[chunk + 2] === filled
  }

  /** Unlinks and releases a chunk without entries; returns its neighbours' chunks, 0 for none. */
  drop(chunk: number): { before: number; after: number } {
    const after = this.places[chunk]
    const before = this.places[chunk + 1]
    if (before > 0) this.places[before] = after
    if (after > 0) this.places[after + 1] = before
    this.release(chunk)
    return { before, after }
  }

  save(): Int32Array {
    const state = this.places.slice(0, this.end)
    state[0] = this.free
    return state
  }

  restore(state: Int32Array): void {
    this.places = new Int32Array(Math.max(state.length, CHUNK * 8))
    this.places.set(state)
    this.free = state[0]
    this.end = state.length
  }

  private grow(): void {
    const chunks = this.places.length / CHUNK
    const grown = new Int32Array(CHUNK * (chunks + Math.max(8, Math.min(chunks, 4096))))
    grown.set(this.places)
    this.places = grown
  }
}
