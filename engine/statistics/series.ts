/**
 * Observations gathered into periods of equal width: how many, their sum and the greatest one, by period. Whole
 * observations are summed exactly below 2^53, and so merge exactly.
 */
export interface SeriesState {
  start: number
  width: number
  counts: Float64Array
  sums: Float64Array
  maxima: Float64Array
}

export class Series {
  /** Time at which period 0 starts, ms. */
  readonly start: number
  /** Length of a period, ms. */
  readonly width: number
  /** Periods up to the last one with an observation. */
  length = 0
  private counts = new Float64Array(64)
  private sums = new Float64Array(64)
  private maxima = new Float64Array(64).fill(-Infinity)

  constructor(start: number, width: number) {
    if (!(width > 0)) throw new RangeError(`a series needs periods longer than ${width} ms`)
    this.start = start
    this.width = width
  }

  /** An observation made at `now` (ms), in any order of time. Throws before the start. */
  add(now: number, x = 1): void {
    const period = Math.floor((now - this.start) / this.width)
    if (!(period >= 0)) throw new RangeError(`observation at ${now} ms, before the series starts at ${this.start} ms`)
    if (period >= this.length) this.extend(period + 1)
    this.counts[period]++
    this.sums[period] += x
    if (x > this.maxima[period]) this.maxima[period] = x
  }

  /** Observations in a period (0-based); periods without any count 0. */
  count(period: number): number {
    return period < this.length ? this.counts[period] : 0
  }

  sum(period: number): number {
    return period < this.length ? this.sums[period] : 0
  }

  /** Mean observation of a period; NaN without any. */
  mean(period: number): number {
    return this.sum(period) / this.count(period)
  }

  /** Greatest observation of a period; -Infinity without any. */
  max(period: number): number {
    return period < this.length ? this.maxima[period] : -Infinity
  }

  /** Adds all observations of the other series. Throws unless both have the same periods. */
  merge(other: Series): void {
    if (other.start !== this.start || other.width !== this.width) {
      throw new RangeError('two series merge only when their periods are the same')
    }
    if (other.length > this.length) this.extend(other.length)
    for (let period = 0; period < other.length; period++) {
      this.counts[period] += other.counts[period]
      this.sums[period] += other.sums[period]
      if (other.maxima[period] > this.maxima[period]) this.maxima[period] = other.maxima[period]
    }
  }

  save(): SeriesState {
    const { start, width, length } = this
    return {
      start,
      width,
      counts: this.counts.slice(0, length),
      sums: this.sums.slice(0, length),
      maxima: this.maxima.slice(0, length),
    }
  }

  /** Throws unless the state has the same periods. */
  restore(state: SeriesState): void {
    if (state.start !== this.start || state.width !== this.width) {
      throw new RangeError('a series is restored only from one with the same periods')
    }
    this.length = 0
    this.counts = new Float64Array(64)
    this.sums = new Float64Array(64)
    this.maxima = new Float64Array(64).fill(-Infinity)
    this.extend(state.counts.length)
    this.counts.set(state.counts)
    this.sums.set(state.sums)
    this.maxima.set(state.maxima)
  }

  private extend(length: number): void {
    if (length > this.counts.length) {
      const capacity = Math.max(length, 2 * this.counts.length)
      this.counts = widened(this.counts, capacity, 0)
      this.sums = widened(this.sums, capacity, 0)
      this.maxima = widened(this.maxima, capacity, -Infinity)
    }
    this.length = length
  }
}

/** The same numbers in a longer array, the rest filled up. */
export function widened(numbers: Float64Array, length: number, filler: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(length).fill(filler)
  wider.set(numbers)
  return wider
}
