import { TimeWeighted } from './time-weighted.ts'

/** A time series as data: the value from each time (ticks) on. */
export type LevelHistory = { readonly times: Float64Array; readonly values: Float64Array }

/** A level over time that also keeps every change, for charts and tables: 16 bytes a change. */
export class RecordedLevel extends TimeWeighted {
  private readonly times: number[] = []
  private readonly values: number[] = []

  constructor(now = 0, value = 0) {
    super(now, value)
    this.note(now, value)
  }

  override set(now: number, value: number): void {
    super.set(now, value)
    this.note(now, value)
  }

  override reset(now: number): void {
    super.reset(now)
    this.times.length = 0
    this.values.length = 0
    this.note(now, this.value)
  }

  /** Every change since the start of the observation; of several at one time the last one. */
  history(): LevelHistory {
    return { times: Float64Array.from(this.times), values: Float64Array.from(this.values) }
  }

  /** `[start, last change, value, area, max, times..., values...]`. */
  override save(): Float64Array {
    const { length } = this.times
    const state = new Float64Array(5 + 2 * length)
    state.set(super.save())
    state.set(this.times, 5)
    state.set(this.values, 5 + length)
    return state
  }

  override restore(state: Float64Array): void {
    super.restore(state)
    const changes = (state.length - 5) / 2
    this.times.length = 0
    this.values.length = 0
    for (let i = 0; i < changes; i++) {
      this.times.push(state[5 + i])
      this.values.push(state[5 + changes + i])
    }
  }

  private note(now: number, value: number): void {
    const { times, values } = this
    if (times.at(-1) === now) {
      times.pop()
      values.pop()
    }
    if (values.at(-1) === value) return
    times.push(now)
    values.push(value)
  }
}
