/** Hosts that are added and drained, that fail and are repaired (E-10). */
import type { Row } from '../../cell/table.ts'
import type { Hosts } from './hosts.ts'

/** The groups as the run begins, and the changes of their number that are planned. */
export function openHosts(market: Hosts): void {
  const { plans, groups, timers, world } = market
  const { start } = world.scenario
  for (const { id, counts } of plans) {
    const row = groups.add()
    groups.id[row] = id
    groups.since[row] = start
    counts.forEach(({ from }, step) => {
      if (from > start) timers.wake('hostsChange', from, row, step)
    })
    setHosts(market, row, counts.findLast(({ from }) => from <= start)?.count ?? 0)
  }
}

/** So many hosts of a group are scheduled from now on. */
export function setHosts(market: Hosts, group: Row<'hostGroups'>, scheduled: number): void {
  market.groups.scheduled[group] = scheduled
  replan(market, group)
}

/** E-12: a rule adds hosts to those scheduled, or takes such hosts away. */
export function growHosts(market: Hosts, group: Row<'hostGroups'>, more: number): void {
  market.groups.grown[group] += more
  replan(market, group)
}

/** A group has as many hosts as are planned: those with the lowest numbers. The others are drained. */
function replan(market: Hosts, group: Row<'hostGroups'>): void {
  const { groups, hosts } = market
  const count = groups.scheduled[group] + groups.grown[group]
  market.roomChanges.emit(group)
  market.accrue(group)
  const mine = market.numbered[group]
  for (let number = mine.length + 1; number <= count; number++) mine.push(addHost(market, group, number))
  for (const host of mine) setPlanned(market, host, hosts.number[host] <= count)
  groups.planned[group] = count
  market.roomChanged.emit(group)
}

/** A new machine of a group; it is no part of it yet. */
function addHost(market: Hosts, group: Row<'hostGroups'>, number: number): Row<'hosts'> {
  const { hosts, plans, facts, now } = market
  const { room, plan, id } = plans[group]
  const row = hosts.add()
  hosts.id[row] = market.number('hosts')
  hosts.group[row] = group
  hosts.number[row] = number
  hosts.domain[row] = ((number - 1) % plan.faultDomains) + 1
  ;[hosts.vcpu[row], hosts.memory[row], hosts.gpu[row]] = room
  facts.hosts({
    id: hosts.id[row],
    at: now,
    host_group: id,
    number,
    domain: hosts.domain[row],
    rule: market.word('E-10'),
  })
  return row
}

function setPlanned(market: Hosts, host: Row<'hosts'>, isPlanned: boolean): void {
  const { hosts } = market
  if ((hosts.planned[host] === 1) === isPlanned) return
  const isNew = hosts.present[host] === 0
  change(market, host, () => {
    hosts.planned[host] = isPlanned ? 1 : 0
  })
  market.write(isPlanned ? (isNew ? 'add' : 'return') : 'drain', host)
  if (isNew) {
    hosts.present[host] = 1
    market.hostJoined.emit(host)
  }
  market.leaveIfEmpty(host)
}

/** Changes whether a host takes servers, and what of its group is free with it. */
function change(market: Hosts, host: Row<'hosts'>, apply: () => void): void {
  const { hosts, groups } = market
  const group = hosts.group[host]
  const count = (sign: 1 | -1): void => {
    if (!market.isOpen(host)) return
    groups.open[group] += sign
    groups.freeVcpu[group] += sign * hosts.vcpu[host]
    groups.freeMemory[group] += sign * hosts.memory[host]
    groups.freeGpu[group] += sign * hosts.gpu[host]
  }
  count(-1)
  apply()
  count(1)
  market.showRoom(host)
}

/** A host fails: it takes no servers until it is repaired. What ran on it is for those who listen. */
export function failHost(market: Hosts, host: Row<'hosts'>): void {
  const { hosts, groups } = market
  const group = hosts.group[host]
  market.roomChanges.emit(group)
  market.accrue(group)
  change(market, host, () => {
    hosts.failed[host] = 1
  })
  groups.failed[group]++
  market.write('fail', host)
  market.roomChanged.emit(group)
  market.hostFailed.emit(host)
}

/** A host is back. */
export function repairHost(market: Hosts, host: Row<'hosts'>): void {
  const { hosts, groups } = market
  const group = hosts.group[host]
  market.roomChanges.emit(group)
  market.accrue(group)
  groups.failed[group]--
  change(market, host, () => {
    hosts.failed[host] = 0
  })
  market.write('repair', host)
  market.hostRepaired.emit(host)
  market.roomChanged.emit(group)
}
