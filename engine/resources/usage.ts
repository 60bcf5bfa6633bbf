import { RecordedLevel } from '../statistics/recorded-level.ts'
import { Tally } from '../statistics/tally.ts'
import { TimeWeighted } from '../statistics/time-weighted.ts'

const COUNTS = 6

/** What a resource's use looked like: over time, by request, and in numbers. Times in ticks. */
export class Usage {
  /** Units held. */
  readonly busy: TimeWeighted
  /** Requests waiting. */
  readonly queue: TimeWeighted
  /** Units there were, held or not. */
  readonly capacity: TimeWeighted
  /** Waiting time of each request that was granted, 0 included. */
  readonly wait = new Tally()
  requests = 0
  released = 0
  reneged = 0
  withdrawn = 0
  preempted = 0
  /** Requests that found the queue full. */
  refused = 0

  /** @param record whether busy, queue and capacity are kept as time series, `RecordedLevel` */
  constructor(now: number, capacity: number, record = false) {
    const Level = record ? RecordedLevel : TimeWeighted
    this.busy = new Level(now)
    this.queue = new Level(now)
    this.capacity = new Level(now, capacity)
  }

  /** Held over existing unit time until `now`; 0 while there was none. */
  utilization(now: number): number {
    const offered = this.capacity.area(now)
    return offered > 0 ? this.busy.area(now) / offered : 0
  }

  /** Forgets the past, e.g. at the end of a warm-up; what is held or waits now stays. */
  reset(now: number): void {
    for (const level of [this.busy, this.queue, this.capacity]) level.reset(now)
    this.wait.reset()
    this.requests = this.released = this.reneged = this.withdrawn = this.preempted = this.refused = 0
  }

  /** The figures as plain data, times in units of so many ticks (default 1). */
  summary(now: number, unit = 1): UsageSummary {
    const { requests, released, reneged, withdrawn, preempted, refused, wait, queue, busy } = this
    return {
      requests,
      granted: wait.count,
      released,
      reneged,
      withdrawn,
      preempted,
      refused,
      meanWait: wait.mean / unit,
      longestWait: wait.count === 0 ? 0 : wait.max / unit,
      meanQueue: queue.mean(now),
      longestQueue: queue.max,
      meanBusy: busy.mean(now),
      utilization: this.utilization(now),
    }
  }

  save(): Float64Array {
    const { requests, released, reneged, withdrawn, preempted, refused } = this
    const parts = this.parts().map((part) => part.save())
    const state = new Float64Array(parts.reduce((length, part) => length + 1 + part.length, COUNTS))
    state.set([requests, released, reneged, withdrawn, preempted, refused])
    let at = COUNTS
    for (const part of parts) {
      state[at] = part.length
      state.set(part, at + 1)
      at += 1 + part.length
    }
    return state
  }

  restore(state: Float64Array): void {
    ;[this.requests, this.released, this.reneged, this.withdrawn, this.preempted, this.refused] = state
    let at = COUNTS
    for (const part of this.parts()) {
      part.restore(state.slice(at + 1, at + 1 + state[at]))
      at += 1 + state[at]
    }
  }

  private parts() {
    return [this.busy, this.queue, this.capacity, this.wait]
  }
}

/** What `Usage.summary` returns. */
export type UsageSummary = Readonly<
  Record<
    | 'requests'
    | 'granted'
    | 'released'
    | 'reneged'
    | 'withdrawn'
    | 'preempted'
    | 'refused'
    | 'meanWait'
    | 'longestWait'
    | 'meanQueue'
    | 'longestQueue'
    | 'meanBusy'
    | 'utilization',
    number
  >
>
