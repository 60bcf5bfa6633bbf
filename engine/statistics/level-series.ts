/**
 * A quantity that holds its value until it changes, averaged over periods of equal width: the load curve of a pool by
 * the hour. Areas of whole values are exact below 2^53. There is no merge, for the reason given at TimeWeighted.
 */
import { widened } from './series.ts'

export interface LevelSeriesState {
  /** `[start, width, last change, value]` */
  level: Float64Array
  areas: Float64Array
  maxima: Float64Array
}

export class LevelSeries {
  /** Time at which period 0 starts, ms. */
  readonly start: number
  /** Length of a period, ms. */
  readonly width: number
  /** The value now. */
  value: number
  private last: number
  private areas = new Float64Array(64)
  private maxima = new Float64Array(64).fill(-Infinity)

  /** Period 0 starts at `start` (ms) with this value. */
  constructor(start: number, width: number, value = 0) {
    if (!(width > 0)) throw new RangeError(`a series needs periods longer than ${width} ms`)
    this.start = start
    this.width = width
    this.value = value
    this.last = start
  }

  /** From `now` (ms) on, the quantity has this value. Throws when time runs backwards. */
  set(now: number, value: number): void {
    this.advance(now)
    this.value = value
  }

  /** From `now` (ms) on, the quantity is greater by this much. */
  add(now: number, delta: number): void {
    this.set(now, this.value + delta)
  }

  /** Average of each period begun before `now` (ms), the last one over the part of it that has passed. */
  means(now: number): Float64Array<ArrayBuffer> {
    this.advance(now)
    const means = this.areas.slice(0, this.begun())
    for (let period = 0; period < means.length; period++) {
      means[period] /= Math.min(this.width, now - this.start - period * this.width)
    }
    return means
  }

  /** Greatest value of each period begun before `now` (ms); values that lasted no time do not count. */
  peaks(now: number): Float64Array<ArrayBuffer> {
    this.advance(now)
    return this.maxima.slice(0, this.begun())
  }

  save(): LevelSeriesState {
    const length = this.begun()
    return {
      level: Float64Array.of(this.start, this.width, this.last, this.value),
      areas: this.areas.slice(0, length),
      maxima: this.maxima.slice(0, length),
    }
  }

  /** Throws unless the state has the same periods. */
  restore(state: LevelSeriesState): void {
    const [start, width, last, value] = state.level
    if (start !== this.start || width !== this.width) {
      throw new RangeError('a series is restored only from one with the same periods')
    }
    const capacity = Math.max(64, state.areas.length)
    this.last = last
    this.value = value
    this.areas = widened(state.areas, capacity, 0)
    this.maxima = widened(state.maxima, capacity, -Infinity)
  }

  /** Periods that began before the last change. */
  private begun(): number {
    return Math.ceil((this.last - this.start) / this.width)
  }

  private advance(now: number): void {
    if (!(now >= this.last)) throw new RangeError(`level set at ${now} ms, before ${this.last} ms`)
    const { start, width, value } = this
    let period = Math.floor((this.last - start) / width)
    while (this.last < now) {
      if (period >= this.areas.length) this.extend(2 * period)
      const until = Math.min(now, start + (period + 1) * width)
      this.areas[period] += value * (until - this.last)
      if (value > this.maxima[period]) this.maxima[period] = value
      this.last = until
      period++
    }
  }

  private extend(capacity: number): void {
    this.areas = widened(this.areas, capacity, 0)
    this.maxima = widened(this.maxima, capacity, -Infinity)
  }
}
