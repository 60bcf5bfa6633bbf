/** Groups of hosts made ready to place servers (E-10): their room in whole parts, and the pools that share them. */
import { commonDivisor, commonMultiple, hostRoom, type Room, serverSize, serversPerHost } from '#scenarios/host-room.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { Hosts } from '#scenarios/sections/hosts.ts'
import type { PoolPlace } from './places.ts'
import { inOrderOfTime } from './timeline.ts'

/** A pool whose servers run on a group's hosts. */
export interface Tenant {
  /** Row in the pool table of its cell. */
  readonly pool: number
  /** What one of its servers takes, in parts of the group. */
  readonly size: Room
  readonly perHost: number
}

/** Equal machines of one zone. */
export interface HostGroup {
  /** Number in the run, from 1. */
  readonly id: number
  readonly cell: number
  /** Row in the table of its cell. */
  readonly row: number
  readonly regionIndex: number
  readonly zone: string
  readonly zoneId: number
  readonly plan: Hosts
  /** How many thousandths of a vCPU, a GiB and a GPU a part is: the largest that divides all sizes. */
  readonly part: Room
  /** What a host can be filled with, in parts. */
  readonly room: Room
  /** What a free part of each counts where hosts are compared by how empty they are: the shares of all three, in whole numbers. */
  readonly weight: Room
  readonly tenants: readonly Tenant[]
  /** Hosts over time, by schedule and planned changes; of two at one instant the planned change holds. */
  readonly counts: readonly { readonly from: number; readonly count: number }[]
}

const each = (of: (dimension: number) => number): Room => [of(0), of(1), of(2)]

/** All groups in the order of the file. */
export function placeHostGroups(scenario: Scenario, pools: readonly PoolPlace[]): HostGroup[] {
  const groups: HostGroup[] = []
  const rows = new Map<number, number>()
  let zoneId = 0
  scenario.regions.forEach(({ zones }, regionIndex) => {
    for (const zone of zones) {
      const cell = scenario.partition === 'zone' ? zoneId : regionIndex
      zoneId++
      for (const plan of zone.hosts) {
        const row = rows.get(cell) ?? 0
        rows.set(cell, row + 1)
        const counts = countsOf(scenario, zone.id, plan)
        const id = groups.length + 1
        groups.push({
          id,
          cell,
          row,
          regionIndex,
          zone: zone.id,
          zoneId,
          plan,
          counts,
          ...fitted(plan, zone.id, pools),
        })
      }
    }
  })
  return groups
}

function fitted(plan: Hosts, zone: string, pools: readonly PoolPlace[]) {
  const room = hostRoom(plan)
  const mine = pools.filter((place) => place.zone === zone && place.plan.hosts.includes(plan.id))
  const sizes = mine.map((place) => serverSize(place.plan, plan))
  const part = each((at) => Math.max(1, commonDivisor(room[at], ...sizes.map((size) => size[at]))))
  const inParts = (size: Room): Room => each((at) => size[at] / part[at])
  const whole = inParts(room)
  const common = commonMultiple(...whole)
  return {
    part,
    room: whole,
    weight: each((at) => (whole[at] === 0 ? 0 : common / whole[at])),
    tenants: mine.map(({ row }, index) => ({
      pool: row,
      size: inParts(sizes[index]),
      perHost: serversPerHost(whole, inParts(sizes[index])),
    })),
  }
}

function countsOf({ events }: Scenario, zone: string, plan: Hosts) {
  const changes = inOrderOfTime(
    events.flatMap((event) =>
      event.kind === 'hostChange' && event.zone === zone && event.hosts === plan.id
        ? [{ at: event.at, from: event.at, count: event.count }]
        : [],
    ),
  )
  return [...plan.count, ...changes].toSorted((a, b) => a.from - b.from).map(({ from, count }) => ({ from, count }))
}
