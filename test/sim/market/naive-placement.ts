/**
 * Placement as a person would write it down (E-10): a list of hosts, looked through from the first to the last for every
 * server. It shares nothing with the simulation.
 */
export interface NaiveHosts {
  readonly hosts: number
  readonly vcpu: number
  readonly memory: number
  readonly gpu: number
  readonly domains: number
  readonly strategy: 'first-fit' | 'best-fit' | 'worst-fit' | 'spread'
}

export interface NaiveJob {
  readonly at: number
  readonly until: number
  readonly owner: number
  readonly count: number
  readonly vcpu: number
  readonly memory: number
  readonly gpu: number
}

interface Machine {
  vcpu: number
  memory: number
  gpu: number
  readonly domain: number
  readonly servers: { owner: number; until: number; job: NaiveJob }[]
}

export type NaiveAnswer = number[] | 'no-host' | 'capacity-sold-out'

/** The hosts (from 1) of the servers of each job, or why there are none. Jobs in order of time; what ends frees its room first. */
export function placeNaively(group: NaiveHosts, jobs: readonly NaiveJob[]): NaiveAnswer[] {
  const machines: Machine[] = []
  for (let host = 0; host < group.hosts; host++)
    machines.push({ vcpu: group.vcpu, memory: group.memory, gpu: group.gpu, domain: host % group.domains, servers: [] })
  return jobs.map((job) => {
    for (const machine of machines) {
      for (const { until, job: done } of machine.servers)
        if (until <= job.at) {
          machine.vcpu += done.vcpu
          machine.memory += done.memory
          machine.gpu += done.gpu
        }
      const alive = machine.servers.filter(({ until }) => until > job.at)
      machine.servers.splice(0, machine.servers.length, ...alive)
    }
    const together = (what: 'vcpu' | 'memory' | 'gpu'): number =>
      job[what] === 0 ? Infinity : Math.floor(machines.reduce((sum, each) => sum + each[what], 0) / job[what])
    const inAll = Math.min(together('vcpu'), together('memory'), together('gpu'))
    const chosen: number[] = []
    for (let server = 0; server < job.count; server++) {
      const host = choose(group, machines, job)
      if (host === -1) {
        for (const taken of chosen) change(machines[taken - 1], job, 1).pop()
        return inAll >= job.count ? 'no-host' : 'capacity-sold-out'
      }
      change(machines[host], job, -1).push({ owner: job.owner, until: job.until, job })
      chosen.push(host + 1)
    }
    return chosen
  })
}

function change(machine: Machine, job: NaiveJob, sign: number) {
  machine.vcpu += sign * job.vcpu
  machine.memory += sign * job.memory
  machine.gpu += sign * job.gpu
  return machine.servers
}

function choose(group: NaiveHosts, machines: readonly Machine[], job: NaiveJob): number {
  const able: number[] = []
  for (let host = 0; host < machines.length; host++) {
    const { vcpu, memory, gpu } = machines[host]
    if (vcpu >= job.vcpu && memory >= job.memory && gpu >= job.gpu) able.push(host)
  }
  if (able.length === 0) return -1
  // The shares of vCPU, memory and GPU that are free, over one denominator.
  const empty = (host: number): number => {
    const { vcpu, memory, gpu } = machines[host]
    const [v, m, g] = [group.vcpu || 1, group.memory || 1, group.gpu || 1]
    return vcpu * m * g + (group.memory > 0 ? memory * v * g : 0) + (group.gpu > 0 ? gpu * v * m : 0)
  }
  let best = able[0]
  if (group.strategy === 'best-fit') for (const host of able) if (empty(host) < empty(best)) best = host
  if (group.strategy === 'worst-fit') for (const host of able) if (empty(host) > empty(best)) best = host
  if (group.strategy === 'spread') {
    const inDomain = (domain: number, owner: number | null): number =>
      machines.reduce(
        (sum, each) =>
          each.domain === domain
            ? sum + each.servers.filter((server) => owner === null || server.owner === owner).length
            : sum,
        0,
      )
    const rank = (host: number): [number, number, number, number] => {
      const { domain } = machines[host]
      return [inDomain(domain, job.owner), inDomain(domain, null), domain, host]
    }
    for (const host of able) {
      const [a, b] = [rank(host), rank(best)]
      const at = a.findIndex((value, index) => value !== b[index])
      if (at >= 0 && a[at] < b[at]) best = host
    }
  }
  return best
}
