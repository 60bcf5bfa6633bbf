import type { Room } from '#scenarios/host-room.ts'
import type { Cell } from '../../cell/cell.ts'
import { Chapter } from '../../cell/chapter.ts'
import { Port } from '../../cell/port.ts'
import type { Row } from '../../cell/table.ts'
import { ranks } from '../../cell/timers.ts'
import type { HostGroup } from '../../world/host-groups.ts'
import { GroupRoom } from './group-room.ts'
import { hostGroupTable, hostTable } from './tables.ts'

export const hostTimers = { hostsChange: ranks.expire } as const

/** What a pool has of one group of hosts. */
export interface Share {
  /** Row of the group. */
  readonly group: Row<'hostGroups'>
  /** Position of the pool among the group's tenants. */
  readonly tenant: number
  readonly size: Room
  readonly perHost: number
}

export type HostEvent = 'add' | 'drain' | 'return' | 'remove' | 'fail' | 'repair' | 'place' | 'leave'

/** Hosts (E-10): the machines that the servers of pools run on, and which of them each server is placed on. */
export class Hosts extends Chapter<keyof typeof hostTimers> {
  /** Groups of this cell, by row. */
  readonly plans: readonly HostGroup[]
  readonly groups
  readonly hosts = hostTable()
  /** By row of the group. */
  readonly rooms: readonly GroupRoom[]
  /** By row of the group: its hosts by number, from 1. */
  readonly numbered: number[][]
  /** By row of the pool: the groups that its servers may run on, in the order in which they are tried; empty without hosts. */
  readonly shares: readonly (readonly Share[])[]
  readonly parts
  /** What is free of a group is about to change. */
  readonly roomChanges = new Port<[group: number]>()
  /** What is free of a group has changed. */
  readonly roomChanged = new Port<[group: number]>()
  /** A host belongs to its group from now on. */
  readonly hostJoined = new Port<[host: number]>()
  /** A host was drained and is empty: it is gone. */
  readonly hostLeft = new Port<[host: number]>()
  /** A host has failed, and with it what ran on it. */
  readonly hostFailed = new Port<[host: number]>()
  readonly hostRepaired = new Port<[host: number]>()

  constructor(at: Cell) {
    super(at)
    this.plans = this.world.hostGroups.filter(({ cell }) => cell === at.cell)
    this.groups = hostGroupTable(this.plans.length)
    this.numbered = this.plans.map(() => [])
    this.rooms = this.plans.map((plan) => new GroupRoom(plan))
    this.shares = this.places.map(({ zone, row, plan }) =>
      plan.hosts.flatMap((id) => {
        const group = this.plans.find((each) => each.zone === zone && each.plan.id === id)
        const tenant = group?.tenants.findIndex(({ pool }) => pool === row) ?? -1
        return group === undefined || tenant < 0 ? [] : [{ group: group.row, tenant, ...group.tenants[tenant] }]
      }),
    )
    this.parts = {
      groups: this.groups,
      hosts: this.hosts,
      // Last: they are made of the hosts.
      rooms: {
        save: () => this.rooms.map((room) => room.save()),
        restore: (state: ReturnType<GroupRoom['save']>[]) => {
          state.forEach((saved, row) => {
            this.rooms[row].restore(saved)
          })
          for (let host = 0; host < this.hosts.rows; host++) {
            this.numbered[this.hosts.group[host]][this.hosts.number[host] - 1] = host
            this.showRoom(host)
          }
        },
      },
    }
  }

  /** Whether a host takes servers. */
  isOpen(host: Row<'hosts'>): boolean {
    return this.hosts.planned[host] === 1 && this.hosts.failed[host] === 0
  }

  /** What is free on a host, in parts of its group. */
  freeOf(host: Row<'hosts'>): Room {
    const { vcpu, memory, gpu } = this.hosts
    return [vcpu[host], memory[host], gpu[host]]
  }

  /** Offers what is free on a host to new servers, if it takes any. */
  showRoom(host: Row<'hosts'>): void {
    const { group, domain } = this.hosts
    const room = this.rooms[group[host]]
    if (this.isOpen(host)) room.put(host, domain[host], this.freeOf(host))
    else room.take(host, domain[host])
  }

  /** Brings the integrals of a group's clock hour up to now; call before any change of it. */
  accrue(group: Row<'hostGroups'>): void {
    const { groups, now } = this
    const elapsed = now - groups.since[group]
    if (elapsed === 0) return
    const { vcpu, memory, gpu } = groups
    groups.vcpuMs[group] += elapsed * vcpu[group]
    groups.memoryMs[group] += elapsed * memory[group]
    groups.gpuMs[group] += elapsed * gpu[group]
    groups.vcpuRoomMs[group] += elapsed * (vcpu[group] + groups.freeVcpu[group])
    groups.memoryRoomMs[group] += elapsed * (memory[group] + groups.freeMemory[group])
    groups.gpuRoomMs[group] += elapsed * (gpu[group] + groups.freeGpu[group])
    groups.openMs[group] += elapsed * groups.open[group]
    groups.failedMs[group] += elapsed * groups.failed[group]
    groups.since[group] = now
  }

  /** Something happens to a host: to all of it, or to the server of that number. */
  write(event: HostEvent, host: Row<'hosts'>, instance = 0): void {
    const { hosts, facts, now } = this
    facts.host_moves({
      host: hosts.id[host],
      at: now,
      event: this.word(event),
      instance_id: instance,
      rule: this.word('E-10'),
    })
  }

  /** A drained host without servers is gone. */
  leaveIfEmpty(host: Row<'hosts'>): void {
    const { hosts, groups } = this
    if (hosts.planned[host] === 1 || hosts.present[host] === 0 || hosts.servers[host] > 0) return
    hosts.present[host] = 0
    if (hosts.failed[host] === 1) {
      hosts.failed[host] = 0
      groups.failed[hosts.group[host]]--
    }
    this.write('remove', host)
    this.hostLeft.emit(host)
  }
}
