/** Rows of a table, or numbers of names, a bit each. */
export class RowSet {
  readonly #bits: Uint32Array
  /** Rows of the set. */
  count = 0

  constructor(rows: number) {
    this.#bits = new Uint32Array(Math.ceil(rows / 32))
  }

  has(row: number): boolean {
    return (this.#bits[row >>> 5] & (1 << (row & 31))) !== 0
  }

  add(row: number): void {
    if (this.has(row)) return
    this.#bits[row >>> 5] |= 1 << (row & 31)
    this.count++
  }
}
