/** How much room hosts have and how much a flavour takes, in whole thousandths of a vCPU, a GiB and a GPU (E-10). */
import type { Hosts } from './sections/hosts.ts'
import type { Pool, Zone } from './sections/market.ts'

/** Whole numbers for vCPU, memory and GPU. */
export type Room = readonly [vcpu: number, memory: number, gpu: number]

const thousandths = (value: number | null): number => Math.round((value ?? 0) * 1_000)

/** What a host can be filled with: what it has, times its overcommit factors; 0 where it has none or nothing limits. */
export function hostRoom({ vcpu, memory, gpu, overcommit }: Hosts): Room {
  const sold = (value: number | null, factor: number): number =>
    Math.floor((thousandths(value) * thousandths(factor)) / 1_000)
  return [sold(vcpu, overcommit.vcpu), sold(memory, overcommit.memory), sold(gpu, overcommit.gpu)]
}

/** What a server of the pool takes of a host. Memory that does not limit is not counted. */
export function serverSize({ vcpu, memory, gpu }: Pool, hosts: Hosts): Room {
  return [thousandths(vcpu), hosts.memory === null ? 0 : thousandths(memory), thousandths(gpu)]
}

/** How many servers of one size an empty host takes. */
export function serversPerHost(room: Room, size: Room): number {
  let most = Number.POSITIVE_INFINITY
  for (let dimension = 0; dimension < room.length; dimension++)
    if (size[dimension] > 0) most = Math.min(most, Math.floor(room[dimension] / size[dimension]))
  return most === Number.POSITIVE_INFINITY ? 0 : most
}

/** The groups of hosts that a pool is made of, in the order in which they are tried. */
export const groupsOf = (zone: Zone, { hosts }: Pool): Hosts[] =>
  hosts.flatMap((id) => zone.hosts.find((group) => group.id === id) ?? [])

/** Hosts of a group by its own schedule at an instant. */
export const hostsAt = ({ count }: Hosts, instant: number): number =>
  count.findLast(({ from }) => from <= instant)?.count ?? 0

/** Units that a pool can hold at an instant by its schedule: of hosts, the servers that they take when empty. */
export function plannedUnits(zone: Zone, pool: Pool, instant: number): number {
  if (pool.hosts.length === 0) return pool.capacity.findLast(({ from }) => from <= instant)?.capacity ?? 0
  return groupsOf(zone, pool).reduce(
    (sum, group) => sum + hostsAt(group, instant) * serversPerHost(hostRoom(group), serverSize(pool, group)),
    0,
  )
}

/** The largest number that divides all of them; 0 where all are 0. */
export const commonDivisor = (...numbers: readonly number[]): number =>
  numbers.reduce((a, b) => {
    let [x, y] = [a, b]
    while (y > 0) [x, y] = [y, x % y]
    return x
  }, 0)

/** The least number that all that are above 0 divide; 1 where none is. */
export const commonMultiple = (...numbers: readonly number[]): number =>
  numbers.filter((number) => number > 0).reduce((a, b) => (a / commonDivisor(a, b)) * b, 1)
