/** E-01, E-02: what the capacity of a pool will be by plan, so that no order waits for what it can never hold. */
import type { Scenario } from '#scenarios/schema.ts'
import type { PoolPlace } from './places.ts'

/** Steps of a pool's own schedule and planned changes of its capacity, in time; `most` is the largest from here on. */
interface Ahead {
  readonly at: Float64Array
  readonly most: Float64Array
}

export class CapacityAhead {
  /** By number of the pool - 1. */
  readonly #pools: readonly Ahead[]

  constructor({ events }: Pick<Scenario, 'events'>, pools: readonly PoolPlace[]) {
    this.#pools = pools.map(({ plan, zone }) => {
      const planned = events.flatMap((event) =>
        event.kind === 'capacityChange' && event.zone === zone && event.flavour === plan.flavour
          ? [{ from: event.at, capacity: event.capacity }]
          : [],
      )
      const steps = [...plan.capacity, ...planned].sort((a, b) => a.from - b.from)
      const most = new Float64Array(steps.length)
      for (let step = steps.length - 1, largest = 0; step >= 0; step--)
        most[step] = largest = Math.max(largest, steps[step].capacity)
      return { at: Float64Array.from(steps, ({ from }) => from), most }
    })
  }

  /** The largest capacity planned for a pool after an instant, in units; 0 where nothing changes any more. */
  after(pool: number, instant: number): number {
    const { at, most } = this.#pools[pool - 1]
    let [low, high] = [0, at.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (at[middle] > instant) high = middle
      else low = middle + 1
    }
    return low < at.length ? most[low] : 0
  }
}
