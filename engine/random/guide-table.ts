/**
 * Inversion of a finite cumulative distribution in about one comparison (H.-C. Chen and Y. Asau, AIIE Transactions
 * 6, 1974): the guide says where the search for u begins.
 */
export class GuideTable {
  private readonly cumulative: Float64Array
  private readonly guide: Int32Array

  /** `cumulative` rises to its last entry, which bounds every u that `find` will be asked for. */
  constructor(cumulative: Float64Array) {
    const n = cumulative.length
    const last = cumulative[n - 1]
    this.cumulative = cumulative
    this.guide = new Int32Array(n)
    for (let slot = 0, i = 0; slot < n; slot++) {
      while (i < n - 1 && cumulative[i] / last <= slot / n) i++
      this.guide[slot] = Math.max(0, i - 1)
    }
  }

  /** The least i with cumulative[i] >= u. */
  find(u: number): number {
    const { cumulative, guide } = this
    const n = guide.length
    const slot = Math.floor((u / cumulative[n - 1]) * n)
    let i = guide[slot < n ? slot : n - 1]
    while (i < n - 1 && cumulative[i] < u) i++
    return i
  }
}
