/**
 * Hosts by their free room (E-10). Hosts with the same free room are one class, so that a request looks at the classes, of
 * which there are few, and not at thousands of hosts. Classes are in order of how empty their hosts are.
 */
import type { Room } from '#scenarios/host-room.ts'
import { LowestFirst } from '../../cell/lowest-first.ts'
import type { HostGroup } from '../../world/host-groups.ts'

interface RoomClass {
  readonly free: Room
  /** The shares of vCPU, memory and GPU that are free, summed, in whole numbers. */
  readonly emptiness: number
  /** By tenant of the group: how many of its servers a host of the class takes. */
  readonly slots: Int32Array
  readonly hosts: LowestFirst
}

const fits = ([vcpu, memory, gpu]: Room, size: Room): boolean => vcpu >= size[0] && memory >= size[1] && gpu >= size[2]

export class RoomIndex {
  readonly #group: HostGroup
  readonly #classes = new Map<number, RoomClass>()
  /** The fullest first. */
  #sorted: RoomClass[] = []
  readonly #classOf: (RoomClass | undefined)[] = []
  /** By tenant: how many of its servers all hosts here take. */
  readonly slots: Int32Array

  constructor(group: HostGroup) {
    this.#group = group
    this.slots = new Int32Array(group.tenants.length)
  }

  /** A host takes servers from now on, or its free room has changed. */
  put(host: number, free: Room): void {
    this.take(host)
    const found = this.#class(free)
    this.#classOf[host] = found
    found.hosts.add(host)
    for (let tenant = 0; tenant < this.slots.length; tenant++) this.slots[tenant] += found.slots[tenant]
  }

  /** A host takes no servers any more. */
  take(host: number): void {
    const left = this.#classOf[host]
    if (left === undefined) return
    this.#classOf[host] = undefined
    left.hosts.remove()
    for (let tenant = 0; tenant < this.slots.length; tenant++) this.slots[tenant] -= left.slots[tenant]
    if (left.hosts.size > 0) return
    this.#classes.delete(this.#key(left.free))
    this.#sorted.splice(this.#sorted.indexOf(left), 1)
  }

  /** Of the hosts with room for a server, the one with the lowest number; -1 for none. */
  first(size: Room): number {
    let lowest = -1
    for (const { free, hosts } of this.#sorted) {
      if (!fits(free, size)) continue
      const host = hosts.lowest()
      if (lowest === -1 || host < lowest) lowest = host
    }
    return lowest
  }

  /** The fullest host with room; of several the one with the lowest number. */
  fullest(size: Room): number {
    let found = -1
    let emptiness = -1
    for (const each of this.#sorted) {
      if (found !== -1 && each.emptiness > emptiness) break
      if (!fits(each.free, size)) continue
      const host = each.hosts.lowest()
      if (found === -1 || host < found) found = host
      emptiness = each.emptiness
    }
    return found
  }

  /** The emptiest host with room; of several the one with the lowest number. */
  emptiest(size: Room): number {
    let found = -1
    let emptiness = -1
    for (let at = this.#sorted.length - 1; at >= 0; at--) {
      const each = this.#sorted[at]
      if (found !== -1 && each.emptiness < emptiness) break
      if (!fits(each.free, size)) continue
      const host = each.hosts.lowest()
      if (found === -1 || host < found) found = host
      emptiness = each.emptiness
    }
    return found
  }

  #key([vcpu, memory, gpu]: Room): number {
    const { room } = this.#group
    return (vcpu * (room[1] + 1) + memory) * (room[2] + 1) + gpu
  }

  #class(free: Room): RoomClass {
    const key = this.#key(free)
    const known = this.#classes.get(key)
    if (known !== undefined) return known
    const { weight, tenants } = this.#group
    const made: RoomClass = {
      free,
      emptiness: free[0] * weight[0] + free[1] * weight[1] + free[2] * weight[2],
      slots: Int32Array.from(tenants, ({ size, perHost }) => {
        let most = perHost
        for (let dimension = 0; dimension < size.length; dimension++)
          if (size[dimension] > 0) most = Math.min(most, Math.floor(free[dimension] / size[dimension]))
        return most
      }),
      hosts: new LowestFirst((host) => this.#classOf[host] === made),
    }
    this.#classes.set(key, made)
    this.#sorted.splice(this.#placeOf(made.emptiness), 0, made)
    return made
  }

  /** Where a class of this emptiness goes. */
  #placeOf(emptiness: number): number {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sorted[middle].emptiness < emptiness) low = middle + 1
      else high = middle
    }
    return low
  }
}
