/** E-10: hosts and flavours as the auditor reads them from the scenario's own text: in thousandths of vCPU, GiB and GPU. */
import type { Scenario } from '#scenarios/schema.ts'

type Zone = Scenario['regions'][number]['zones'][number]
type Group = Zone['hosts'][number]
type Pool = Zone['pools'][number]

/** vCPU, memory and GPU. */
export type Sizes = readonly [number, number, number]

const zoneOf = (scenario: Scenario, zone: string): Zone | undefined =>
  scenario.regions.flatMap(({ zones }) => zones).find(({ id }) => id === zone)

const poolOf = (scenario: Scenario, zone: string, flavour: string): Pool | undefined =>
  zoneOf(scenario, zone)?.pools.find((pool) => pool.flavour === flavour)

export const isOnHosts = (scenario: Scenario, zone: string, flavour: string): boolean =>
  (poolOf(scenario, zone, flavour)?.hosts.length ?? 0) > 0

/** What a host takes: its own times its overcommit factors. */
export function roomOf({ vcpu, memory, gpu, overcommit }: Group): Sizes {
  const times = (has: number, factor: number): number =>
    Number((BigInt(Math.round(has * 1e3)) * BigInt(Math.round(factor * 1e3))) / 1_000n)
  return [times(vcpu, overcommit.vcpu), times(memory ?? 0, overcommit.memory), times(gpu, overcommit.gpu)]
}

/** What a server takes of a host of a group, whose memory may not limit. */
export const sizeOn = ({ vcpu, memory, gpu }: Pool, group: Group): Sizes => [
  Math.round((vcpu ?? 0) * 1e3),
  group.memory === null ? 0 : Math.round((memory ?? 0) * 1e3),
  Math.round(gpu * 1e3),
]

/** How many servers of a size fit into what is free. */
export function fitting(free: Sizes, size: Sizes): number {
  const each = size.map((needs, at) => (needs === 0 ? Number.POSITIVE_INFINITY : Math.floor(free[at] / needs)))
  const least = Math.min(...each)
  return Number.isFinite(least) ? least : 0
}

/** Hosts that are planned of a group at an instant; of two at one instant the planned change holds. */
export function hostsPlanned(scenario: Scenario, zone: string, group: Group, at: number): number {
  let [count, since] = [0, Number.NEGATIVE_INFINITY]
  for (const step of group.count) if (step.from <= at) [count, since] = [step.count, step.from]
  for (const event of scenario.events) {
    if (event.kind !== 'hostChange' || event.zone !== zone || event.hosts !== group.id) continue
    if (event.at <= at && event.at >= since) [count, since] = [event.count, event.at]
  }
  return count
}

/** The servers of a flavour that its hosts take when they are empty, whenever their number changes. */
export function hostedCapacities(
  scenario: Scenario,
  zone: string,
  flavour: string,
): { since: number; capacity: number }[] {
  const pool = poolOf(scenario, zone, flavour)
  const groups = (zoneOf(scenario, zone)?.hosts ?? []).filter(({ id }) => pool?.hosts.includes(id))
  if (pool === undefined || groups.length === 0) return []
  const changes = scenario.events.flatMap((event) =>
    event.kind === 'hostChange' && event.zone === zone && pool.hosts.includes(event.hosts) ? [event.at] : [],
  )
  const instants = new Set([...groups.flatMap(({ count }) => count.map(({ from }) => from)), ...changes])
  return [...instants].map((since) => ({
    since,
    capacity: groups.reduce(
      (sum, group) => sum + hostsPlanned(scenario, zone, group, since) * fitting(roomOf(group), sizeOn(pool, group)),
      0,
    ),
  }))
}

/** A group, and the pools whose servers it takes, as the tables of the record number them. */
export interface HostGroupPremise {
  readonly id: number
  readonly zone: string
  readonly group: Group
  readonly room: Sizes
}

/** Groups by zone and id, with the numbers of the record. */
export function hostGroups(
  scenario: Scenario,
  numbered: readonly (readonly [id: number, zone: string, name: string])[],
): HostGroupPremise[] {
  return numbered.flatMap(([id, zone, name]) => {
    const group = zoneOf(scenario, zone)?.hosts.find((each) => each.id === name)
    return group === undefined ? [] : [{ id, zone, group, room: roomOf(group) }]
  })
}

/** What one server of a pool takes of each group that it may run on, in the order in which they are tried. */
export function sizesOf(
  scenario: Scenario,
  zone: string,
  flavour: string,
  groups: readonly HostGroupPremise[],
): { group: number; size: Sizes }[] {
  const pool = poolOf(scenario, zone, flavour)
  return (pool?.hosts ?? []).flatMap((name) => {
    const found = groups.find((each) => each.zone === zone && each.group.id === name)
    return pool === undefined || found === undefined ? [] : [{ group: found.id, size: sizeOn(pool, found.group) }]
  })
}
