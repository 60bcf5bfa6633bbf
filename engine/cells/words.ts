/** A growing row of float64 words, filled and emptied once a window, so that a message allocates nothing. */
export class Words {
  data = new Float64Array(256)
  length = 0

  /** Makes room for `count` more words behind `length`; the caller writes them and moves `length`. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.data.length) return
    const wider = new Float64Array(Math.max(needed, this.data.length * 2))
    wider.set(this.data.subarray(0, this.length))
    this.data = wider
  }

  /** Appends a copy of `words`. */
  append(words: Float64Array): void {
    this.reserve(words.length)
    this.data.set(words, this.length)
    this.length += words.length
  }
}
