/**
 * A set of rows that answers its lowest one. Rows that left stay in the heap until they come up, so that leaving costs
 * nothing; `isMember` tells them apart.
 */
export class LowestFirst {
  readonly #isMember: (row: number) => boolean
  #heap: number[] = []
  /** Members. */
  size = 0

  constructor(isMember: (row: number) => boolean) {
    this.#isMember = isMember
  }

  /** Adds a row; the caller has made it a member. */
  add(row: number): void {
    this.size++
    // Stale rows are dropped before they are more than the members.
    if (this.#heap.length > 2 * this.size + 16) this.#compact()
    this.#push(row)
  }

  /** A row left; the caller has made it no member. */
  remove(): void {
    this.size--
  }

  /** The lowest member; the set is not empty. */
  lowest(): number {
    while (!this.#isMember(this.#heap[0])) this.#pop()
    return this.#heap[0]
  }

  #compact(): void {
    const members = [...new Set(this.#heap)].filter((row) => this.#isMember(row))
    // In ascending order, an array is a heap.
    this.#heap = members.sort((a, b) => a - b)
  }

  #push(row: number): void {
    const heap = this.#heap
    let at = heap.push(row) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent] <= row) break
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = row
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as number
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++
      if (heap[child] >= last) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = last
  }
}
