/** How often something happened, and how often per unit of time. Merging adds, exactly below 2^53. */

/** `[start, value]`. */
export type CounterState = Float64Array

export class Counter {
  /** Events since the start of the observation. */
  value = 0
  private start: number

  /** Observation starts at `now` (ms). */
  constructor(now = 0) {
    this.start = now
  }

  add(times = 1): void {
    this.value += times
  }

  /** Events per `unit` (ms) from the start of the observation until `now` (ms); 0 while no time has passed. */
  rate(now: number, unit = 1): number {
    const length = now - this.start
    return length > 0 ? (this.value * unit) / length : 0
  }

  /** Starts the observation again at `now` (ms). */
  reset(now: number): void {
    this.start = now
    this.value = 0
  }

  /** Adds what the other counter saw over the same period. */
  merge(other: Counter): void {
    this.value += other.value
  }

  save(): CounterState {
    return Float64Array.of(this.start, this.value)
  }

  restore(state: CounterState): void {
    this.start = state[0]
    this.value = state[1]
  }
}
