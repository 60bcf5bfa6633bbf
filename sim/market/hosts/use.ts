/** What of the hosts' room is used over time, by dimension (E-10). */
import type { Duration } from '#base/time.ts'
import type { Cells } from '../../cell/table.ts'
import type { Hosts } from './hosts.ts'

/** Writes the closing clock hour of each group where it differs from the hour before, and begins the next. */
export function closeHostHour(market: Hosts, hourStart: number): void {
  const { groups, plans, facts } = market
  for (let group = 0; group < plans.length; group++) {
    market.accrue(group)
    const hour = integrals(market)
    if (groups.reported[group] === 0 || hour.some(([now, last]) => now[group] !== last[group])) {
      facts.host_hours({
        host_group: groups.id[group],
        hour: hourStart,
        vcpu_ms: groups.vcpuMs[group],
        memory_ms: groups.memoryMs[group],
        gpu_ms: groups.gpuMs[group],
        vcpu_room_ms: groups.vcpuRoomMs[group],
        memory_room_ms: groups.memoryRoomMs[group],
        gpu_room_ms: groups.gpuRoomMs[group],
        open_ms: groups.openMs[group],
        failed_ms: groups.failedMs[group],
      })
      groups.reported[group] = 1
      for (const [now, last] of hour) last[group] = now[group]
    }
    for (const [now] of hour) now[group] = 0
  }
}

type Sums = Cells<'hostGroups', Duration>

/** The integrals of the hour, each with what the last hour that was written had. */
const integrals = ({ groups }: Hosts): readonly (readonly [Sums, Sums])[] => [
  [groups.vcpuMs, groups.lastVcpuMs],
  [groups.memoryMs, groups.lastMemoryMs],
  [groups.gpuMs, groups.lastGpuMs],
  [groups.vcpuRoomMs, groups.lastVcpuRoomMs],
  [groups.memoryRoomMs, groups.lastMemoryRoomMs],
  [groups.gpuRoomMs, groups.lastGpuRoomMs],
  [groups.openMs, groups.lastOpenMs],
  [groups.failedMs, groups.lastFailedMs],
]

/** E-10: what is used and free of a group is what its hosts have, and no host has less than nothing free. */
export function checkRoom(market: Hosts): void {
  const { groups, hosts, plans } = market
  for (const { row, id, room } of plans) {
    let [used, free] = [0, 0]
    for (const host of market.numbered[row]) {
      const vcpu = hosts.vcpu[host]
      if (Math.min(vcpu, hosts.memory[host], hosts.gpu[host]) < 0)
        throw new Error(`E-10: host ${hosts.id[host]} is filled beyond its room`)
      used += room[0] - vcpu
      if (market.isOpen(host)) free += vcpu
    }
    if (used !== groups.vcpu[row] || free !== groups.freeVcpu[row])
      throw new Error(`E-10: the hosts of group ${id} have ${used} parts in use and ${free} free, the group others`)
  }
}
