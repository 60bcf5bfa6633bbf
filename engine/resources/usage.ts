import { Tally } from '../statistics/tally.ts'
import { TimeWeighted } from '../statistics/time-weighted.ts'

/** What a resource's use looked like: over time, by request, and in numbers. Times in ms. */
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

  constructor(now: number, capacity: number) {
    this.busy = new TimeWeighted(now)
    this.queue = new TimeWeighted(now)
    this.capacity = new TimeWeighted(now, capacity)
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
    this.requests = this.released = this.reneged = this.withdrawn = this.preempted = 0
  }

  save(): Float64Array {
    const { busy, queue, capacity, wait, requests, released, reneged, withdrawn, preempted } = this
    const parts = [busy.save(), queue.save(), capacity.save(), wait.save()].flatMap((part) => [...part])
    return Float64Array.of(...parts, requests, released, reneged, withdrawn, preempted)
  }

  restore(state: Float64Array): void {
    ;[this.busy, this.queue, this.capacity, this.wait].forEach((part, i) => {
      part.restore(state.slice(5 * i, 5 * i + 5))
    })
    ;[this.requests, this.released, this.reneged, this.withdrawn, this.preempted] = state.slice(20)
  }
}
