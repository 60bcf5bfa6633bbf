/**
 * ECS pools (E-01, E-02): units held from create to delete; a stopped pay-per-use instance gives its unit back. Orders
 * that wait for units are served first come first served; one that needs more than is free is passed over by later ones
 * that fit, unless `queue.discipline` keeps strict order.
 */
import type { Instant } from '#base/time.ts'
import { resourceKeys } from '#scenarios/cloud-resources.ts'
import type { Chapter } from '../../cell/chapter.ts'
import { flavourStatuses, type RefusalCode } from '../../cell/codes.ts'
import type { LinkedList } from '../../cell/linked-list.ts'
import { NONE, type Row } from '../../cell/table.ts'
import type { PoolPlace } from '../../world/places.ts'
import { openHosts } from '../hosts/host-changes.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { hasRoomInAll, leave, mostServers, place, slots } from '../hosts/placement.ts'
import { instance } from './instance.ts'
import type { InstanceTable, PoolTable } from './tables.ts'

/** The market as far as pools know it: themselves, the orders that wait for them, and the instances that hold units. */
interface Pools extends Chapter<'capacityChanges' | 'poolServes'> {
  readonly pools: PoolTable
  readonly queue: LinkedList<'pools', 'waiting'>
  readonly instances: InstanceTable
  readonly hostChapter: Hosts
}

export type FlavourStatus = (typeof flavourStatuses)[number]

/** The pools as the run begins, and the changes of capacity that are planned. */
export function openPools(market: Pools): void {
  const { places, timers, world } = market
  const { start } = world.scenario
  for (const place of places) {
    openPool(market, place, start)
    place.plan.capacity.forEach((step, index) => {
      if (step.from > start) timers.wake('capacityChanges', step.from, place.row, index)
    })
  }
  openHosts(market.hostChapter)
}

/** A pool as the run begins; its row is the one its place says. */
export function openPool(market: Pools, place: PoolPlace, start: Instant): void {
  const { pools } = market
  const row = pools.add()
  const capacity = place.plan.capacity.findLast((step) => step.from <= start)?.capacity ?? 0
  pools.id[row] = place.id
  pools.since[row] = start
  pools.scheduled[row] = capacity
  pools.planned[row] = capacity
  pools.capacity[row] = capacity
  pools.hourly[row] = place.hourly
  for (const [resource, hourly] of place.resources) pools[resourceKeys[resource]][row] = hourly
  pools.status[row] = flavourStatuses.indexOf(place.plan.status)
}

/**
 * Brings the integrals of the current clock hour up to now; call before any change of `held` or `capacity`. What lasted no
 * time counts for nothing: a server that ends at the full hour belongs to the hour it ran in, not to the next one.
 */
function accrue(market: Pools, pool: Row<'pools'>): void {
  const { pools } = market
  const elapsed = market.now - pools.since[pool]
  if (elapsed === 0) return
  const held = pools.held[pool]
  const capacity = pools.capacity[pool]
  pools.heldMs[pool] += elapsed * held
  pools.capacityMs[pool] += elapsed * capacity
  if (held >= capacity) pools.fullMs[pool] += elapsed
  if (held > pools.peak[pool]) pools.peak[pool] = held
  if (capacity > pools.most[pool]) pools.most[pool] = capacity
  pools.since[pool] = market.now
}

/** Free units. */
export const freeUnits = (market: Pools, pool: Row<'pools'>): number =>
  market.pools.capacity[pool] - market.pools.held[pool]

/** E-02: the flavour's status. */
export const statusOf = (market: Pools, pool: Row<'pools'>): FlavourStatus => flavourStatuses[market.pools.status[pool]]

/** Whether units are given out at all: a flavour sold out or abandoned, or a zone that is down, gives none. */
export const givesOut = (market: Pools, pool: Row<'pools'>): boolean =>
  statusOf(market, pool) === 'normal' && market.pools.down[pool] === 0

/**
 * Why a pool does not give out `units` (E-02); of hosts, `no-host` where they have the room together, but not on single hosts
 * (E-10).
 */
export function noRoom(market: Pools, pool: Row<'pools'>, units: number): RefusalCode {
  if (statusOf(market, pool) === 'abandoned') return 'flavour-abandoned'
  if (market.pools.down[pool] > 0) return 'zone-down'
  const isFragmented =
    isOnHosts(market, pool) &&
    statusOf(market, pool) === 'normal' &&
    freeUnits(market, pool) < units &&
    hasRoomInAll(market.hostChapter, pool, units)
  return isFragmented ? 'no-host' : 'capacity-sold-out'
}

/** Whether a pool is made of hosts (E-10), so that its capacity is what it holds and what they take besides. */
export const isOnHosts = ({ hostChapter }: Pools, pool: number): boolean => hostChapter.shares[pool].length > 0

/** Whether the host that an instance is on has failed. */
export const isHostDown = ({ hostChapter, instances }: Pools, row: Row<'instances'>): boolean =>
  instances.host[row] !== NONE && hostChapter.hosts.failed[instances.host[row]] === 1

/** E-10: what is free on hosts is about to change, and with it the capacity of all pools that share them. */
export function hostRoomChanges(market: Pools, group: number): void {
  for (const { pool } of market.hostChapter.plans[group].tenants) accrue(market, pool)
}

export function hostRoomChanged(market: Pools, group: number): void {
  const { pools, hostChapter } = market
  for (const { pool } of hostChapter.plans[group].tenants) {
    const capacity = pools.held[pool] + slots(hostChapter, pool)
    const most = mostServers(hostChapter, pool)
    // More hosts than before may take what never fitted.
    if (most !== pools.planned[pool]) pools.leastWaiting[pool] = 0
    const isMore = capacity > pools.capacity[pool] || most !== pools.planned[pool]
    pools.planned[pool] = most
    pools.capacity[pool] = capacity
    if (isMore) callWaiting(market, pool)
  }
}

/** An instance gets a host, and holds a unit of its pool. */
export function holdHost(market: Pools, row: Row<'instances'>): void {
  const { pools, instances, hostChapter } = market
  const pool = instances.pool[row]
  instances.host[row] = place(hostChapter, pool, instances.account[row], instances.id[row])
  pools.held[pool]++
  pools.capacity[pool]++
}

/** An instance leaves its host, and gives its unit back. */
export function leaveHost(market: Pools, row: Row<'instances'>): void {
  const { pools, instances, hostChapter } = market
  const pool = instances.pool[row]
  const host = instances.host[row]
  accrue(market, pool)
  pools.held[pool]--
  pools.capacity[pool]--
  instances.host[row] = NONE
  leave(hostChapter, host, pool, instances.account[row], instances.id[row])
}

/** Whether `units` can be allocated to a new request now. */
export const hasRoom = (market: Pools, pool: Row<'pools'>, units: number): boolean =>
  givesOut(market, pool) && freeUnits(market, pool) >= units && !isBehindOthers(market, pool)

/** Whether a newcomer has to wait for others: in strict order for all who wait, else only while these are to be served. */
const isBehindOthers = ({ pools, queue, policies }: Pools, pool: Row<'pools'>): boolean =>
  (pools.restarts[pool] > 0 && pools.called[pool] === 1) ||
  (!queue.isEmpty(pool) && (pools.called[pool] === 1 || policies['queue.discipline'] === 'fifo'))

/** E-02: whether the pool holds `units` together, now or at some time to come by plan. */
export function canEverHold({ pools, world, now }: Pools, pool: Row<'pools'>, units: number): boolean {
  return units <= pools.planned[pool] || units <= world.capacityAhead.after(pools.id[pool], now)
}

/** Takes units; the caller has asked for room. */
export function hold(market: Pools, pool: Row<'pools'>, units: number): void {
  accrue(market, pool)
  const { pools } = market
  pools.held[pool] += units
  if (pools.held[pool] > pools.capacity[pool])
    throw new Error(`Q-03: pool ${pools.id[pool]} holds ${pools.held[pool]} of ${pools.capacity[pool]} units`)
}

export function releaseUnits(market: Pools, pool: Row<'pools'>, units: number): void {
  accrue(market, pool)
  const { pools } = market
  pools.held[pool] -= units
  if (pools.held[pool] < 0) throw new Error(`Q-03: pool ${pools.id[pool]} released more than it held`)
  pools.capacity[pool] = Math.max(pools.planned[pool], pools.held[pool])
  callWaiting(market, pool)
}

/** Units may be free: those who wait are served before anybody who comes at this instant. */
export function callWaiting(market: Pools, pool: Row<'pools'>): void {
  const { pools, queue } = market
  if (pools.called[pool] === 1) return
  if (queue.isEmpty(pool) && pools.restarts[pool] === 0 && pools.interrupted[pool] === 0) return
  pools.called[pool] = 1
  market.timers.wake('poolServes', market.now, pool)
}

/**
 * A capacity schedule's step (E-01). A capacity below what is held evicts no server: no unit is given out until enough
 * came back, so the capacity in force never falls below the units held.
 */
export function changeCapacity(market: Pools, pool: Row<'pools'>, scheduled: number): void {
  market.pools.scheduled[pool] = scheduled
  replan(market, pool)
}

/** E-12: a rule adds units to what is scheduled, or takes such units away. */
export function growPool(market: Pools, pool: Row<'pools'>, units: number): void {
  market.pools.grown[pool] += units
  replan(market, pool)
}

function replan(market: Pools, pool: Row<'pools'>): void {
  accrue(market, pool)
  const { pools } = market
  const planned = pools.scheduled[pool] + pools.grown[pool]
  pools.planned[pool] = planned
  pools.capacity[pool] = Math.max(planned, pools.held[pool])
  pools.leastWaiting[pool] = 0
  callWaiting(market, pool)
}

/** units held are the instances in a holding state, in every pool; and E-10: what is to be placed again is counted. */
export function checkHeld(market: Pools): void {
  const { pools, instances } = market
  const held = new Int32Array(pools.rows)
  const broken = new Int32Array(pools.rows)
  for (let row = 0; row < instances.rows; row++) {
    const pool = instances.pool[row]
    held[pool] += instances.holds[row]
    if (instances.id[row] > 0 && instances.state[row] === instance.state.down && instances.holds[row] === 0)
      broken[pool]++
  }
  for (let pool = 0; pool < pools.rows; pool++) {
    if (held[pool] !== pools.held[pool])
      throw new Error(`Q-03: pool ${pools.id[pool]} holds ${pools.held[pool]} units, its instances ${held[pool]}`)
    if (broken[pool] !== pools.restarts[pool])
      throw new Error(
        `E-10: pool ${pools.id[pool]} places ${pools.restarts[pool]} servers again, ${broken[pool]} wait to be placed`,
      )
  }
}

/** Writes the closing clock hour of each pool where it differs from the hour before, and begins the next. */
export function closePoolHour(market: Pools, hourStart: number): void {
  const { pools, facts } = market
  for (let pool = 0; pool < pools.rows; pool++) {
    accrue(market, pool)
    const { most, capacityMs, heldMs, fullMs, peak, lastMost, lastCapacityMs, lastHeldMs, lastFullMs, lastPeak } = pools
    const { reported } = pools
    if (
      reported[pool] === 0 ||
      most[pool] !== lastMost[pool] ||
      capacityMs[pool] !== lastCapacityMs[pool] ||
      heldMs[pool] !== lastHeldMs[pool] ||
      fullMs[pool] !== lastFullMs[pool] ||
      peak[pool] !== lastPeak[pool]
    ) {
      facts.pool_hours({
        pool: pools.id[pool],
        hour: hourStart,
        capacity: most[pool],
        capacity_ms: capacityMs[pool],
        held_ms: heldMs[pool],
        peak: peak[pool],
        full_ms: fullMs[pool],
      })
      reported[pool] = 1
      lastMost[pool] = most[pool]
      lastCapacityMs[pool] = capacityMs[pool]
      lastHeldMs[pool] = heldMs[pool]
      lastFullMs[pool] = fullMs[pool]
      lastPeak[pool] = peak[pool]
    }
    most[pool] = 0
    capacityMs[pool] = 0
    heldMs[pool] = 0
    fullMs[pool] = 0
    peak[pool] = 0
  }
}
