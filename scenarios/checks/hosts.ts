/** Checks of hosts and of the pools that are made of them (E-10). */
import type { Path } from '../document.ts'
import { commonMultiple, groupsOf, hostRoom, serverSize, serversPerHost } from '../host-room.ts'
import type { Pool, Zone } from '../sections/market.ts'
import { checkCapacityCosts } from './capacity-costs.ts'
import { type Draft, type Report, refer, unique } from './draft.ts'
import { checkGrowth } from './growth.ts'

/** How empty two hosts are is compared in whole numbers. */
const MOST_PARTS = 2 ** 50

export function checkHosts(zone: Zone, path: Path, report: Report): void {
  unique(
    report,
    [...path, 'hosts'],
    'id',
    zone.hosts.map(({ id }) => id),
  )
  zone.hosts.forEach((group, index) => {
    const most = Math.max(0, ...group.count.map(({ count }) => count))
    if (group.growth !== null) checkGrowth(group.growth, most, [...path, 'hosts', index, 'growth'], report)
    if (group.costs !== null) checkCapacityCosts(group.costs, [...path, 'hosts', index, 'costs'], report)
    const [vcpu, memory, gpu] = hostRoom(group)
    const rooms = (vcpu + 1) * (memory + 1) * (gpu + 1)
    if (commonMultiple(vcpu, memory, gpu) <= MOST_PARTS && rooms <= MOST_PARTS * 4) return
    report([...path, 'hosts', index], {
      what: 'hosts so large or so finely divided that their free room cannot be compared exactly',
      expected: 'rounder numbers of vCPU, memory and GPU (E-10)',
      hint: 'write whole numbers, or the sizes of one machine',
    })
  })
  zone.pools.forEach((pool, index) => {
    checkPool(zone, pool, [...path, 'pools', index], report)
  })
}

function checkPool(zone: Zone, pool: Pool, path: Path, report: Report): void {
  const { hosts, capacity, vcpu, memory, gpu, growth, costs } = pool
  if (hosts.length === 0) {
    const most = Math.max(0, ...capacity.map((step) => step.capacity))
    if (growth !== null) checkGrowth(growth, most, [...path, 'growth'], report)
    if (costs !== null) checkCapacityCosts(costs, [...path, 'costs'], report)
    if (capacity.length === 0)
      report(path, {
        what: 'a pool without a capacity',
        expected: 'capacity: a number of servers, or hosts: the machines they run on (E-01, E-10)',
        hint: 'add capacity, or hosts and vcpu',
      })
    const sizes = Object.entries({ vcpu, memory, gpu: gpu === 0 ? null : gpu })
    for (const [key, value] of sizes)
      if (value !== null)
        report([...path, key], {
          what: `${key} of a pool without hosts`,
          expected: 'a size only where the pool is made of hosts (E-10)',
          hint: `add hosts to the pool, or remove ${key}`,
        })
    return
  }
  if (capacity.length > 0)
    report([...path, 'capacity'], {
      what: 'a capacity of a pool that is made of hosts',
      expected: 'no capacity: it follows from the hosts (E-10)',
      hint: 'remove capacity, or remove hosts',
    })
  if (growth !== null)
    report([...path, 'growth'], {
      what: 'growth of a pool that is made of hosts',
      expected: 'growth of the hosts: the capacity follows from them (E-10, E-12)',
      hint: `move growth to the hosts ${hosts[0]}`,
    })
  if (costs !== null)
    report([...path, 'costs'], {
      what: 'costs of a pool that is made of hosts',
      expected: 'costs of the hosts: they are what is owned or leased (E-10, E-12)',
      hint: `move costs to the hosts ${hosts[0]}`,
    })
  const known = zone.hosts.map(({ id }) => id)
  hosts.forEach((id, index) => {
    const isWritten = refer(
      report,
      [...path, 'hosts', ...(hosts.length > 1 ? [index] : [])],
      'group of hosts',
      id,
      known,
    )
    if (isWritten && hosts.indexOf(id) < index)
      report([...path, 'hosts', index], {
        what: `the hosts ${id} a second time`,
        expected: 'each group of hosts once',
        hint: 'remove one',
      })
  })
  if (vcpu === null) {
    report(path, {
      what: 'a flavour without a size on hosts',
      expected: 'vcpu, and where they limit memory and gpu (E-10)',
      hint: 'add for example vcpu: 2',
    })
    return
  }
  for (const group of groupsOf(zone, pool))
    if (serversPerHost(hostRoom(group), serverSize(pool, group)) === 0)
      report([...path, 'hosts'], {
        what: `servers of ${pool.flavour} that do not fit on an empty host of ${group.id}`,
        expected: 'a host with room for at least one server (E-10)',
        hint: 'make the hosts larger, or the flavour smaller',
      })
}

/** Planned events name a pool or hosts that have what they change. */
export function checkHostEvents({ events, regions }: Draft, report: Report): void {
  const zones = regions.flatMap((region) => region?.zones ?? [])
  events.forEach((event, index) => {
    if (event?.kind === 'hostChange') {
      const zone = zones.find(({ id }) => id === event.zone)
      if (zone !== undefined)
        refer(
          report,
          ['events', index, 'hostChange', 'hosts'],
          `group of hosts in ${zone.id}`,
          event.hosts,
          zone.hosts.map(({ id }) => id),
        )
    }
    if (event?.kind !== 'capacityChange') return
    const pool = zones.find(({ id }) => id === event.zone)?.pools.find(({ flavour }) => flavour === event.flavour)
    if (pool !== undefined && pool.hosts.length > 0)
      report(['events', index, 'capacityChange'], {
        what: `a capacity of ${event.flavour}, which is made of hosts`,
        expected: 'hostChange: the capacity follows from the hosts (E-10)',
        hint: `write hostChange: { zone: ${event.zone}, hosts: ${pool.hosts[0]}, count: … }`,
      })
  })
}
