/**
 * A quantity that holds its value until it changes (customers in a queue, busy servers), averaged over time.
 *
 * Source: A. M. Law, "Simulation Modeling and Analysis", 5th ed., section 1.4.1: the area under Q(t) over the length of
 * the observation. Times are whole milliseconds; with whole values the area is exact below 2^53.
 *
 * There is no merge: the largest value of a sum of two quantities cannot be had from their two maxima. Two periods or
 * replications are merged by a Tally of their averages.
 */

/** `[start, last change, value, area, max]`. */
export type TimeWeightedState = Float64Array

export class TimeWeighted {
  /** The value now. */
  value: number
  /** Greatest value since the start of the observation. */
  max: number
  private start: number
  private last: number
  private accrued = 0

  /** Observation starts at `now` (ms) with a value. */
  constructor(now = 0, value = 0) {
    this.value = value
    this.max = value
    this.start = now
    this.last = now
  }

  /** From `now` (ms) on, the quantity has this value. Allocates nothing. Throws when time runs backwards. */
  set(now: number, value: number): void {
    if (now < this.last) throw new RangeError(`time-weighted value set at ${now} ms, before ${this.last} ms`)
    this.accrued += this.value * (now - this.last)
    this.last = now
    this.value = value
    if (value > this.max) this.max = value
  }

  /** From `now` (ms) on, the quantity is greater by this much. */
  add(now: number, delta: number): void {
    this.set(now, this.value + delta)
  }

  /** Area under the quantity from the start of the observation until `now`, in units x ms. */
  area(now: number): number {
    return this.accrued + this.value * (now - this.last)
  }

  /** Average over the observation until `now` (ms); the value itself while no time has passed. */
  mean(now: number): number {
    const length = now - this.start
    return length > 0 ? this.area(now) / length : this.value
  }

  /** Starts the observation again at `now` (ms), e.g. at the end of a warm-up: the value stays, its past does not. */
  reset(now: number): void {
    this.start = now
    this.last = now
    this.accrued = 0
    this.max = this.value
  }

  save(): TimeWeightedState {
    return Float64Array.of(this.start, this.last, this.value, this.accrued, this.max)
  }

  restore(state: TimeWeightedState): void {
    this.start = state[0]
    this.last = state[1]
    this.value = state[2]
    this.accrued = state[3]
    this.max = state[4]
  }
}
