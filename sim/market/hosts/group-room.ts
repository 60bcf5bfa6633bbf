/** Which host of a group a server gets (E-10): the group's placement strategy, over its hosts by their free room. */
import type { Room } from '#scenarios/host-room.ts'
import type { HostGroup } from '../../world/host-groups.ts'
import { RoomIndex } from './room-index.ts'

/** Servers of one buyer, or of all, by fault domain - 1. */
type InDomains = Int32Array

export class GroupRoom {
  readonly #group: HostGroup
  /** By fault domain - 1 where servers are spread, else one of all hosts. */
  readonly #indexes: readonly RoomIndex[]
  readonly #all: InDomains
  #ofAccounts = new Map<number, InDomains>()

  constructor(group: HostGroup) {
    const { faultDomains, placement } = group.plan
    this.#group = group
    const count = placement === 'spread' ? faultDomains : 1
    this.#indexes = Array.from({ length: count }, () => new RoomIndex(group))
    this.#all = new Int32Array(count)
  }

  get #isSpread(): boolean {
    return this.#group.plan.placement === 'spread'
  }

  #index(domain: number): RoomIndex {
    return this.#indexes[this.#isSpread ? domain - 1 : 0]
  }

  /** A host takes servers, or its free room has changed. */
  put(host: number, domain: number, free: Room): void {
    this.#index(domain).put(host, free)
  }

  /** A host takes no servers any more. */
  take(host: number, domain: number): void {
    this.#index(domain).take(host)
  }

  /** How many servers of a tenant the group takes as it is. */
  slots(tenant: number): number {
    let sum = 0
    for (const { slots } of this.#indexes) sum += slots[tenant]
    return sum
  }

  /** The host that a server of an account gets; the caller has seen that there is one. */
  choose(tenant: number, account: number): number {
    const { tenants, plan } = this.#group
    const { size } = tenants[tenant]
    switch (plan.placement) {
      case 'first-fit':
        return this.#indexes[0].first(size)
      case 'best-fit':
        return this.#indexes[0].fullest(size)
      case 'worst-fit':
        return this.#indexes[0].emptiest(size)
      case 'spread':
        return this.#indexes[this.#domainFor(tenant, account)].first(size)
    }
  }

  /** Of the fault domains with room: the fewest servers of the account, then the fewest of all, then the first. */
  #domainFor(tenant: number, account: number): number {
    const mine = this.#ofAccounts.get(account)
    let found = -1
    for (let domain = 0; domain < this.#indexes.length; domain++) {
      if (this.#indexes[domain].slots[tenant] === 0) continue
      if (found === -1) {
        found = domain
        continue
      }
      const fewer = (mine?.[domain] ?? 0) - (mine?.[found] ?? 0)
      if (fewer < 0 || (fewer === 0 && this.#all[domain] < this.#all[found])) found = domain
    }
    return found
  }

  /** A server of an account came to a fault domain, or left it (`change` -1). */
  count(account: number, domain: number, change: 1 | -1): void {
    if (!this.#isSpread) return
    this.#all[domain - 1] += change
    let mine = this.#ofAccounts.get(account)
    if (mine === undefined) this.#ofAccounts.set(account, (mine = new Int32Array(this.#indexes.length)))
    mine[domain - 1] += change
    if (change < 0 && mine.every((servers) => servers === 0)) this.#ofAccounts.delete(account)
  }

  /** What does not follow from the hosts themselves. */
  save() {
    return [...this.#ofAccounts]
  }

  restore(state: ReturnType<GroupRoom['save']>): void {
    this.#ofAccounts = new Map(state)
    for (const mine of this.#ofAccounts.values())
      for (let domain = 0; domain < mine.length; domain++) this.#all[domain] += mine[domain]
  }
}
