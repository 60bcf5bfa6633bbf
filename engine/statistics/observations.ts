import { Tally } from './tally.ts'

/** Observations with their times, all kept: a monitor whose data can be drawn, written or tested. 16 bytes each. */
export class Observations {
  /** Their count, mean, variance, least and greatest. */
  readonly tally = new Tally()
  private times: number[] = []
  private values: number[] = []

  /** An observation made at a time. */
  add(now: number, x: number): void {
    this.tally.add(x)
    this.times.push(now)
    this.values.push(x)
  }

  /** All of them, in the order in which they were made. */
  history(): { readonly times: Float64Array; readonly values: Float64Array } {
    return { times: Float64Array.from(this.times), values: Float64Array.from(this.values) }
  }

  /** Forgets everything, e.g. at the end of a warm-up. */
  reset(_now = 0): void {
    this.tally.reset()
    this.times = []
    this.values = []
  }

  save(): { times: Float64Array; values: Float64Array } {
    return this.history()
  }

  restore(state: { times: Float64Array; values: Float64Array }): void {
    this.reset()
    state.values.forEach((value, i) => {
      this.add(state.times[i], value)
    })
  }
}
