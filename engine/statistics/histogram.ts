/**
 * A histogram of whole values from 0 to 2^53 - 1 whose buckets keep a chosen number of significant decimal digits:
 * linear below `2 x 10^digits`, and from there on each octave is cut into equally wide buckets. The array of counts
 * grows with the largest value seen. Counts, sum, least and largest value are exact, so merging is exact too: any order
 * of merging gives the same histogram.
 *
 * Source: G. Tene, HdrHistogram (2012), "A High Dynamic Range Histogram".
 */

const TWO_53 = 2 ** 53
const TWO_32 = 2 ** 32

/** A few units in the last place, so that the 99.9th percentile of 1,000 values is the 999th, not the 1,000th. */
const ROUNDING = 2 ** -50

/** Counts up to the last one that is not 0; moments are `[count, sum high, sum low, min, max]`. */
export interface HistogramState {
  digits: number
  counts: Float64Array
  moments: Float64Array
}

/** Values with `from <= value < to`. */
export interface HistogramBucket {
  from: number
  to: number
  count: number
}

export class Histogram {
  readonly digits: number
  /** Values so far. */
  count = 0
  /** Least value, exactly; Infinity when empty. */
  min = Infinity
  /** Greatest value, exactly; -Infinity when empty. */
  max = -Infinity
  private readonly bits: number
  private readonly half: number
  private counts: Float64Array
  // The sum is high x 2^53 + low, both whole.
  private high = 0
  private low = 0

  /** A percentile is at most one part in `10^digits` (1..5) too great. Three digits take up to 360 KB, five 39 MB. */
  constructor(digits = 3) {
    if (!Number.isInteger(digits) || digits < 1 || digits > 5) {
      throw new RangeError(`a histogram keeps 1 to 5 significant digits, not ${digits}`)
    }
    this.digits = digits
    this.bits = 32 - Math.clz32(2 * 10 ** digits - 1)
    this.half = 2 ** (this.bits - 1)
    this.counts = new Float64Array(2 * this.half)
  }

  /** Counts one value. Throws unless it is whole, not negative and below 2^53. */
  add(value: number): void {
    const index = this.indexOf(value)
    if (index >= this.counts.length) this.grow(index)
    this.counts[index]++
    this.count++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    const room = TWO_53 - value
    if (this.low >= room) {
      this.low -= room
      this.high++
    } else {
      this.low += value
    }
  }

  /** Counts one value several times over, e.g. once for each of a thousand instances in the same state. */
  addMany(value: number, times: number): void {
    if (!Number.isSafeInteger(times) || times < 0) throw new RangeError(`cannot count a value ${times} times`)
    const index = this.indexOf(value)
    if (times === 0) return
    if (index >= this.counts.length) this.grow(index)
    this.counts[index] += times
    this.count += times
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    const sum = BigInt(value) * BigInt(times)
    this.addSum(Number(sum / BigInt(TWO_53)), Number(sum % BigInt(TWO_53)))
  }

  /** Arithmetic mean of the exact sum; 0 when empty. */
  get mean(): number {
    return this.count === 0 ? 0 : (this.high * TWO_53 + this.low) / this.count
  }

  /**
   * The nearest-rank percentile: the smallest value that at least `percent` (0..100) of all values do not exceed, given
   * as the largest value of its bucket (never more than `max`). NaN when empty.
   */
  percentile(percent: number): number {
    if (!(percent >= 0 && percent <= 100)) throw new RangeError(`percentile ${percent} is not in 0..100`)
    if (this.count === 0) return Number.NaN
    const exact = (percent / 100) * this.count
    const rank = Math.ceil(exact - exact * ROUNDING)
    if (rank <= 1) return this.min
    let seen = 0
    let index = -1
    while (seen < rank) seen += this.counts[++index]
    return Math.min(this.max, this.lowest(index + 1) - 1)
  }

  /** Every bucket that is not empty, in ascending order. */
  *buckets(): Generator<HistogramBucket, void> {
    for (let index = 0; index < this.counts.length; index++) {
      const count = this.counts[index]
      if (count > 0) yield { from: this.lowest(index), to: this.lowest(index + 1), count }
    }
  }

  /** Adds all values of the other one, exactly. Throws when the digits differ. */
  merge(other: Histogram): void {
    if (other.digits !== this.digits) {
      throw new RangeError(`a histogram of ${other.digits} digits does not merge into one of ${this.digits}`)
    }
    if (other.counts.length > this.counts.length) this.grow(other.counts.length - 1)
    for (let index = 0; index < other.counts.length; index++) this.counts[index] += other.counts[index]
    this.count += other.count
    if (other.min < this.min) this.min = other.min
    if (other.max > this.max) this.max = other.max
    this.addSum(other.high, other.low)
  }

  /** Forgets everything but the digits. */
  reset(): void {
    this.counts.fill(0)
    this.setMoments(0, 0, 0, Infinity, -Infinity)
  }

  /** Equal contents give equal states, whatever was merged or grown on the way. */
  save(): HistogramState {
    let used = this.counts.length
    while (used > 0 && this.counts[used - 1] === 0) used--
    const moments = Float64Array.of(this.count, this.high, this.low, this.min, this.max)
    return { digits: this.digits, counts: this.counts.slice(0, used), moments }
  }

  restore(state: HistogramState): void {
    if (state.digits !== this.digits) {
      throw new RangeError(`a state of ${state.digits} digits does not restore a histogram of ${this.digits}`)
    }
    if (state.counts.length > this.counts.length) this.grow(state.counts.length - 1)
    this.counts.fill(0)
    this.counts.set(state.counts)
    const [count, high, low, min, max] = state.moments
    this.setMoments(count, high, low, min, max)
  }

  private setMoments(count: number, high: number, low: number, min: number, max: number): void {
    this.count = count
    this.high = high
    this.low = low
    this.min = min
    this.max = max
  }

  private addSum(high: number, low: number): void {
    const room = TWO_53 - low
    const carry = this.low >= room
    this.low = carry ? this.low - room : this.low + low
    this.high += carry ? high + 1 : high
  }

  private indexOf(value: number): number {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`a histogram takes whole values from 0 to 2^53 - 1, not ${value}`)
    }
    const length = value < TWO_32 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / TWO_32)
    const octave = length - this.bits
    return octave <= 0 ? value : octave * this.half + Math.floor(value / 2 ** octave)
  }

  private lowest(index: number): number {
    if (index < 2 * this.half) return index
    const octave = Math.floor(index / this.half) - 1
    return (index - octave * this.half) * 2 ** octave
  }

  private grow(index: number): void {
    const bigger = new Float64Array((Math.floor(index / this.half) + 1) * this.half)
    bigger.set(this.counts)
    this.counts = bigger
  }
}
