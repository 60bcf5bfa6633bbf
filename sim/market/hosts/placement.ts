/** Placing servers on hosts, and taking them away (E-10). */
import type { Row } from '../../cell/table.ts'
import type { Hosts, Share } from './hosts.ts'

/** How many servers of a pool its hosts take as they are. */
export function slots({ rooms, shares }: Hosts, pool: number): number {
  let sum = 0
  for (const { group, tenant } of shares[pool]) sum += rooms[group].slots(tenant)
  return sum
}

/** How many servers of a pool the hosts that are planned take when they are empty. */
export function mostServers({ groups, shares }: Hosts, pool: number): number {
  let sum = 0
  for (const { group, perHost } of shares[pool]) sum += groups.planned[group] * perHost
  return sum
}

/** Whether the hosts of a pool have room for `servers` together, though no host may have it for one. */
export function hasRoomInAll({ groups, shares }: Hosts, pool: number, servers: number): boolean {
  const { freeVcpu, freeMemory, freeGpu } = groups
  // Each group has parts of its own, so what all take is counted in servers.
  const takes = shares[pool].reduce((sum, { group, size }) => {
    const each = [freeVcpu[group], freeMemory[group], freeGpu[group]].map((free, at) =>
      size[at] === 0 ? Number.POSITIVE_INFINITY : free / size[at],
    )
    return sum + Math.floor(Math.min(...each))
  }, 0)
  return takes >= servers
}

/** Places a server of an account, whose number in the run is `instance`. Returns the row of its host; there is one with room. */
export function place(market: Hosts, pool: number, account: number, instance: number): number {
  const { rooms, shares } = market
  const share = shares[pool].find(({ group, tenant }) => rooms[group].slots(tenant) > 0)
  if (share === undefined) throw new Error(`E-10: no host has room for a server of pool ${market.places[pool].id}`)
  const host = rooms[share.group].choose(share.tenant, account)
  market.write('place', host, instance)
  move(market, host, share, account, 1)
  return host
}

/** A server leaves its host. */
export function leave(market: Hosts, host: Row<'hosts'>, pool: number, account: number, instance: number): void {
  const { hosts, shares } = market
  const share = shares[pool].find(({ group }) => group === hosts.group[host]) as Share
  market.write('leave', host, instance)
  move(market, host, share, account, -1)
}

function move(market: Hosts, host: Row<'hosts'>, { group, size }: Share, account: number, change: 1 | -1): void {
  const { hosts, groups, rooms } = market
  market.roomChanges.emit(group)
  market.accrue(group)
  const [vcpu, memory, gpu] = size
  hosts.servers[host] += change
  hosts.vcpu[host] -= change * vcpu
  hosts.memory[host] -= change * memory
  hosts.gpu[host] -= change * gpu
  groups.vcpu[group] += change * vcpu
  groups.memory[group] += change * memory
  groups.gpu[group] += change * gpu
  if (market.isOpen(host)) {
    groups.freeVcpu[group] -= change * vcpu
    groups.freeMemory[group] -= change * memory
    groups.freeGpu[group] -= change * gpu
  }
  rooms[group].count(account, hosts.domain[host], change)
  market.showRoom(host)
  market.leaveIfEmpty(host)
  market.roomChanged.emit(group)
}
