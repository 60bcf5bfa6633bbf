/** When each operation is due: arithmetic, so that nothing can make the load wait for the system under it. */
import type { LoadRate, Stage } from './rate.ts'

interface Held extends LoadRate {
  /** Number of its first operation, and of the first that is not its own. */
  readonly first: number
  readonly end: number
  /** Ms from the start of the test to its first operation. */
  readonly from: number
}

export class Schedule {
  /** Operations of the whole test. */
  readonly count: number
  /** Ms. */
  readonly duration: number
  readonly #stages: readonly Held[]

  /** Each stage asks for its first operation as it begins and for none at its end, which is the next one's begin. */
  constructor(stages: readonly Stage[]) {
    const held: Held[] = []
    let first = 0
    let from = 0
    for (const { count, perMs, duration } of stages) {
      const end = first + Math.ceil((duration * count) / perMs)
      held.push({ count, perMs, first, end, from })
      first = end
      from += duration
    }
    this.#stages = held
    this.count = first
    this.duration = from
  }

  /** Ms from the start to the instant at which operation `number` (from 0) is due; Infinity for one that never is. */
  dueAt(number: number): number {
    for (const stage of this.#stages)
      if (number < stage.end) return stage.from + ((number - stage.first) * stage.perMs) / stage.count
    return Number.POSITIVE_INFINITY
  }

  /** Operations that are due by an instant, ms from the start. */
  dueBy(instant: number): number {
    let due = 0
    for (const { count, perMs, first, end, from } of this.#stages)
      if (instant >= from) due = Math.min(end, first + Math.floor(((instant - from) * count) / perMs) + 1)
    return due
  }

  /** The highest rate of all stages, operations a second. */
  get peak(): number {
    return Math.max(...this.#stages.map(({ count, perMs }) => (count * 1_000) / perMs))
  }
}
