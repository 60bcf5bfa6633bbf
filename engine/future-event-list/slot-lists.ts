/** Words of a chunk: its successor, its predecessor, and 30 entries. */
const CHUNK = 32
const FIRST = 2

/**
 * Ordered lists of records for the wheel's coarse slots, in chunks of one growing array: an entry costs little more
 * than four bytes, and since a walk knows the next records before it has read the present one, their cache misses
 * overlap. A record that leaves is only counted, so that leaving touches next to nothing: a walk over the list skips
 * entries whose record does not say that it is here. A chunk that all have left goes back to the free ones, so that no
 * sequence of appends and removals makes the array grow forever. A list is the place of its first chunk and the place
 * behind its last entry, both 0 while it is empty; the caller keeps them.
 */
export class SlotLists {
  places = new Int32Array(CHUNK * 8)
  /** How many entries of each chunk have left. */
  private left = new Uint8Array(8)
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
    this.left[chunk >> 5] = 0
    if (before > 0) places[before] = chunk
    return chunk + FIRST
  }

  /** Releases a chunk that nothing is linked to any more. */
  release(chunk: number): void {
    this.places[chunk] = this.free
    this.free = chunk
  }

  /**
   * The entry at `place` leaves the list that ends at `last`.
   * @returns true when nothing is left of its chunk; the caller then drops the chunk
   */
  leave(place: number, last: number): boolean {
    const chunk = place & -CHUNK
    const filled = (chunk === ((last - 1) & -CHUNK) ? last - chunk : CHUNK) - FIRST
    return ++this.left[chunk >> 5] === filled
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

  save(): { places: Int32Array; left: Uint8Array; freeChunk: number } {
    const { places, left, free, end } = this
    return { places: places.slice(0, end), left: left.slice(0, end / CHUNK), freeChunk: free }
  }

  restore({ places, left, freeChunk }: ReturnType<SlotLists['save']>): void {
    this.end = places.length
    this.free = freeChunk
    this.places = new Int32Array(Math.max(places.length, CHUNK * 8))
    this.places.set(places)
    this.left = new Uint8Array(this.places.length / CHUNK)
    this.left.set(left)
  }

  private grow(): void {
    const chunks = this.places.length / CHUNK
    const more = chunks + Math.max(8, Math.min(chunks, 4096))
    const { places, left } = this
    this.places = new Int32Array(CHUNK * more)
    this.places.set(places)
    this.left = new Uint8Array(more)
    this.left.set(left)
  }
}
