/** S-06..S-09: a clock that can pause, over all time or over working days only. */
import { dayOf, startOfDay, weekday } from '#base/civil-time.ts'
import { DAY } from '#base/time.ts'

/** Milliseconds between two instants. */
export type Measure = (from: number, to: number) => number

export const naturalTime: Measure = (from, to) => to - from

const SATURDAY = 5

/** Only Mondays to Fridays of civil time count; the marketplace knows no holidays. */
export function businessTime(offset: number): Measure {
  /** Business milliseconds since Monday, 29 December 1969. */
  const elapsed = (instant: number): number => {
    const day = dayOf(instant, offset)
    const inWeek = weekday(day)
    // The Monday before the epoch was day -3: whole weeks, so that no fraction of a millisecond appears.
    const weeks = (day - inWeek + 3) / 7
    const today = inWeek < SATURDAY ? instant - startOfDay(day, offset) : 0
    return (weeks * SATURDAY + Math.min(inWeek, SATURDAY)) * DAY + today
  }
  return (from, to) => elapsed(to) - elapsed(from)
}

export class Stopwatch {
  readonly #measure: Measure
  #elapsed = 0
  #since: number | null = null
  #isPaused = false

  constructor(measure: Measure = naturalTime) {
    this.#measure = measure
  }

  get isStarted(): boolean {
    return this.#since !== null || this.#isPaused
  }

  restart(at: number): void {
    this.stop()
    this.#since = at
  }

  stop(): void {
    this.#elapsed = 0
    this.#since = null
    this.#isPaused = false
  }

  /** Nothing happens to a clock that does not run. */
  pause(at: number): void {
    if (this.#since === null) return
    this.#elapsed = this.elapsed(at)
    this.#since = null
    this.#isPaused = true
  }

  /** Nothing happens to a clock that was not paused. */
  resume(at: number): void {
    if (!this.#isPaused) return
    this.#since = at
    this.#isPaused = false
  }

  /** Milliseconds measured by `at`, pauses left out. */
  elapsed(at: number): number {
    return this.#since === null ? this.#elapsed : this.#elapsed + this.#measure(this.#since, at)
  }

  /** When `elapsed` reaches a number of milliseconds of natural time; Infinity while it stops. */
  due(milliseconds: number): number {
    return this.#since === null ? Number.POSITIVE_INFINITY : this.#since + milliseconds - this.#elapsed
  }
}
