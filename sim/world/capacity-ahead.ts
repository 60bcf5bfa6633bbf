/** E-01, E-02: what the capacity of a pool will be by plan, so that no order waits for what it can never hold. */
import type { Scenario } from '#scenarios/schema.ts'
import type { HostGroup } from './host-groups.ts'
import type { PoolPlace } from './places.ts'

/** Steps of a pool's own schedule and planned changes of its capacity, in time; `most` is the largest from here on. */
interface Ahead {
  readonly at: Float64Array
  readonly most: Float64Array
  /** E-12: up to what a rule orders; 0 without one. */
  readonly grown: number
}

export class CapacityAhead {
  /** By number of the pool - 1. */
  readonly #pools: readonly Ahead[]

  constructor({ events }: Pick<Scenario, 'events'>, pools: readonly PoolPlace[], groups: readonly HostGroup[] = []) {
    this.#pools = pools.map((place) => {
      const { plan, zone } = place
      const planned = events.flatMap((event) =>
        event.kind === 'capacityChange' &&
        event.foreseen !== false &&
        event.zone === zone &&
        event.flavour === plan.flavour
          ? [{ from: event.at, capacity: event.capacity }]
          : [],
      )
      const ofHosts = plan.hosts.length > 0 ? hostedCapacities(place, groups) : []
      const steps = [...plan.capacity, ...planned, ...ofHosts].sort((a, b) => a.from - b.from)
      const most = new Float64Array(steps.length)
      for (let step = steps.length - 1, largest = 0; step >= 0; step--)
        most[step] = largest = Math.max(largest, steps[step].capacity)
      return { at: Float64Array.from(steps, ({ from }) => from), most, grown: grownMost(place, groups) }
    })
  }

  /** The largest capacity planned for a pool after an instant, or up to which a rule orders; 0 where nothing changes any more. */
  after(pool: number, instant: number): number {
    const { at, most, grown } = this.#pools[pool - 1]
    let [low, high] = [0, at.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (at[middle] > instant) high = middle
      else low = middle + 1
    }
    return Math.max(grown, low < at.length ? most[low] : 0)
  }
}

/** The groups whose hosts a pool is made of. */
const groupsOf = ({ zone, row, plan }: PoolPlace, groups: readonly HostGroup[]) =>
  groups.flatMap((group) => {
    const tenant = group.tenants.find(({ pool }) => pool === row)
    return group.zone === zone && plan.hosts.includes(group.plan.id) && tenant !== undefined ? [{ group, tenant }] : []
  })

/** E-12: the capacity up to which rules order, of a pool or of the hosts that it is made of; 0 where none does. */
function grownMost(place: PoolPlace, groups: readonly HostGroup[]): number {
  if (place.plan.hosts.length === 0) return place.plan.growth?.order.most ?? 0
  const mine = groupsOf(place, groups)
  if (mine.every(({ group }) => group.plan.growth === null)) return 0
  return mine.reduce((sum, { group, tenant }) => sum + (group.plan.growth?.order.most ?? 0) * tenant.perHost, 0)
}

/** E-10: the servers that a pool's hosts take when they are empty, whenever their number changes. */
function hostedCapacities(place: PoolPlace, groups: readonly HostGroup[]): { from: number; capacity: number }[] {
  const mine = groupsOf(place, groups)
  const instants = [...new Set(mine.flatMap(({ group }) => group.counts.map(({ from }) => from)))]
  return instants.map((from) => ({
    from,
    capacity: mine.reduce(
      (sum, { group, tenant }) =>
        sum + (group.counts.findLast((step) => step.from <= from)?.count ?? 0) * tenant.perHost,
      0,
    ),
  }))
}
