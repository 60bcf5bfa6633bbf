/**
 * E-10: the hosts of one group as the auditor follows them, in thousandths, host by host: which host a server should be
 * placed on, and what is free of them.
 */
import { fitting, type HostGroupPremise, type Sizes } from './host-premises.ts'

export interface FollowedHost {
  readonly id: number
  readonly number: number
  readonly domain: number
  free: [number, number, number]
  servers: number
  isPlanned: boolean
  isPresent: boolean
  hasFailed: boolean
}

const takesServers = ({ isPlanned, hasFailed }: FollowedHost): boolean => isPlanned && !hasFailed
const fits = ({ free }: FollowedHost, size: Sizes): boolean => size.every((needs, at) => needs <= free[at])

export class HostFleet {
  readonly premise: HostGroupPremise
  /** By number. */
  readonly hosts: FollowedHost[] = []
  /** Servers by fault domain, of each account and (0) of all. */
  readonly #spread = new Map<number, Map<number, number>>()
  readonly used: [number, number, number] = [0, 0, 0]
  /** What is free on the hosts that take servers. */
  readonly free: [number, number, number] = [0, 0, 0]
  /** Hosts that take servers, and those that have failed. */
  open = 0
  failed = 0

  constructor(premise: HostGroupPremise) {
    this.premise = premise
  }

  /** The host that a server of an account should get; undefined where none has room. */
  choose(size: Sizes, account: number): FollowedHost | undefined {
    const isAble = (host: FollowedHost): boolean => takesServers(host) && fits(host, size)
    const { placement } = this.premise.group
    if (placement === 'first-fit') return this.hosts.find(isAble)
    const able = this.hosts.filter(isAble)
    if (placement === 'spread') {
      const of = (owner: number, { domain }: FollowedHost): number => this.#spread.get(owner)?.get(domain) ?? 0
      return able.toSorted(
        (a, b) => of(account, a) - of(account, b) || of(0, a) - of(0, b) || a.domain - b.domain || a.number - b.number,
      )[0]
    }
    const sign = placement === 'best-fit' ? 1 : -1
    return able.reduce<FollowedHost | undefined>(
      (best, host) => (best === undefined || sign * this.#compare(host, best) < 0 ? host : best),
      undefined,
    )
  }

  /** Which of two hosts has the smaller sum of the shares that are free of its vCPU, memory and GPU. */
  #compare(a: FollowedHost, b: FollowedHost): number {
    const { room } = this.premise
    const near = room.reduce((sum, has, at) => (has === 0 ? sum : sum + (a.free[at] - b.free[at]) / has), 0)
    if (Math.abs(near) > 1e-6) return near
    // So close that only whole numbers tell.
    const whole = room.map((has) => BigInt(Math.max(1, has)))
    const product = whole.reduce((all, has) => all * has, 1n)
    const exact = room.reduce(
      (sum, has, at) => (has === 0 ? sum : sum + (BigInt(a.free[at] - b.free[at]) * product) / whole[at]),
      0n,
    )
    return exact < 0n ? -1 : exact > 0n ? 1 : 0
  }

  /** A server is placed on a host (1), or leaves it (-1). */
  move(host: FollowedHost, size: Sizes, account: number, change: 1 | -1): void {
    for (const at of [0, 1, 2] as const) {
      host.free[at] -= change * size[at]
      this.used[at] += change * size[at]
      if (takesServers(host)) this.free[at] -= change * size[at]
    }
    host.servers += change
    for (const owner of [0, account]) {
      const domains = this.#spread.get(owner) ?? new Map<number, number>()
      this.#spread.set(owner, domains)
      domains.set(host.domain, (domains.get(host.domain) ?? 0) + change)
    }
  }

  /** A host joins, is drained, leaves, fails or is repaired. */
  change(host: FollowedHost, what: Partial<Pick<FollowedHost, 'isPlanned' | 'isPresent' | 'hasFailed'>>): void {
    this.#count(host, -1)
    Object.assign(host, what)
    this.#count(host, 1)
  }

  #count(host: FollowedHost, sign: 1 | -1): void {
    if (host.hasFailed) this.failed += sign
    if (!takesServers(host)) return
    this.open += sign
    for (const at of [0, 1, 2] as const) this.free[at] += sign * host.free[at]
  }

  /** How many servers of a size a host takes as it is. */
  slotsOn(host: FollowedHost, size: Sizes): number {
    return takesServers(host) ? fitting(host.free, size) : 0
  }
}
