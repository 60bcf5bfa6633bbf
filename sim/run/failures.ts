/**
 * Hosts and zones that fail at random and are repaired (E-10). Each has a stream of its own, so that nothing else moves its
 * failures. Hosts of a group may share repair crews: without a free one a failed host waits, first come first served.
 */

import type { Distribution, DistributionSpec } from '#engine/random/distribution.ts'
import type { Streams } from '#engine/random/streams.ts'
import type { Row } from '../cell/table.ts'
import { ranks } from '../cell/timers.ts'
import { failHost, repairHost } from '../market/hosts/host-changes.ts'
import { beginOutage, endOutage } from '../market/servers/pool-changes.ts'
import type { Servers } from '../market/servers/servers.ts'
import { durationDistribution } from '../people/draws.ts'

interface Written {
  readonly timeToFailure: DistributionSpec
  readonly timeToRepair: DistributionSpec
}

interface FailureDistributions {
  readonly timeToFailure: Distribution
  readonly timeToRepair: Distribution
  readonly crews: number
}

/** A failed host waits for a crew, or is repaired. */
interface Repairs {
  readonly waiting: number[]
  busy: number
}

export class Failures {
  readonly #market: Servers
  readonly #streams: Streams
  /** By row of the group; undefined where hosts do not fail. */
  readonly #ofHosts: readonly (FailureDistributions | undefined)[]
  /** By zone that fails: its laws, and the rows of its pools. */
  readonly #zones: readonly {
    readonly id: string
    readonly distributions: FailureDistributions
    readonly pools: readonly number[]
  }[]
  #repairs: Repairs[]
  /** By row of the host: its next failure, or the end of its repair. */
  #timers = new Map<number, number>()
  #repaired = new Set<number>()

  constructor(market: Servers, streams: Streams) {
    const { hostChapter, world, places, at } = market
    this.#market = market
    this.#streams = streams
    const distributions = (written: Written | null, crews: number | null): FailureDistributions | undefined =>
      written === null
        ? undefined
        : {
            timeToFailure: durationDistribution(written.timeToFailure),
            timeToRepair: durationDistribution(written.timeToRepair),
            crews: crews ?? Number.POSITIVE_INFINITY,
          }
    this.#ofHosts = hostChapter.plans.map(({ plan: { failures } }) =>
      distributions(failures, failures?.repairCrews ?? null),
    )
    this.#repairs = hostChapter.plans.map(() => ({ waiting: [], busy: 0 }))
    this.#zones = world.scenario.regions
      .flatMap(({ zones }) => zones)
      .flatMap(({ id, failures }) => {
        const found = distributions(failures, null)
        const pools = places.filter(({ zone }) => zone === id).map(({ row }) => row)
        return found === undefined || pools.length === 0 ? [] : [{ id, distributions: found, pools }]
      })
    at.clock.on('hostFails', ranks.expire, (host) => this.#fails(host))
    at.clock.on('hostRepaired', ranks.expire, (host) => this.#isRepaired(host))
    at.clock.on('zoneFails', ranks.expire, (zone) => this.#zoneFails(zone))
    at.clock.on('zoneRestored', ranks.expire, (zone) => this.#zoneRestored(zone))
    hostChapter.hostJoined.connect((host) => this.#awaitFailure(host))
    hostChapter.hostLeft.connect((host) => this.#forget(host))
  }

  /** Sets the first failure of each zone; those of hosts are set as they join. */
  open(): void {
    this.#zones.forEach((_, zone) => {
      this.#awaitZone(zone)
    })
  }

  #draw(path: string, distribution: Distribution): number {
    return Math.max(1, Math.round(distribution.sample(this.#streams.stream(path))))
  }

  #hostPath(host: Row<'hosts'>): string {
    const { hosts, plans } = this.#market.hostChapter
    const { zone, plan } = plans[hosts.group[host]]
    return `host/${zone}/${plan.id}/${hosts.number[host]}`
  }

  #wake(kind: 'hostFails' | 'hostRepaired', host: number, wait: number): void {
    const { at, now } = this.#market
    this.#timers.set(host, at.clock.wake(kind, now + wait, host))
  }

  #awaitFailure(host: Row<'hosts'>): void {
    const distributions = this.#ofHosts[this.#market.hostChapter.hosts.group[host]]
    if (distributions !== undefined)
      this.#wake('hostFails', host, this.#draw(this.#hostPath(host), distributions.timeToFailure))
  }

  #fails(host: Row<'hosts'>): void {
    const { hostChapter } = this.#market
    const group = hostChapter.hosts.group[host]
    const repairs = this.#repairs[group]
    this.#timers.delete(host)
    if (repairs.busy < (this.#ofHosts[group]?.crews ?? 0)) this.#repair(host)
    else repairs.waiting.push(host)
    failHost(hostChapter, host)
  }

  #repair(host: Row<'hosts'>): void {
    const group = this.#market.hostChapter.hosts.group[host]
    const distributions = this.#ofHosts[group] as FailureDistributions
    this.#repairs[group].busy++
    this.#repaired.add(host)
    this.#wake('hostRepaired', host, this.#draw(this.#hostPath(host), distributions.timeToRepair))
  }

  #isRepaired(host: Row<'hosts'>): void {
    this.#timers.delete(host)
    this.#release(host)
    repairHost(this.#market.hostChapter, host)
    this.#awaitFailure(host)
  }

  /** The crew of a host is free for the next one. */
  #release(host: Row<'hosts'>): void {
    const repairs = this.#repairs[this.#market.hostChapter.hosts.group[host]]
    this.#repaired.delete(host)
    repairs.busy--
    const next = repairs.waiting.shift()
    if (next !== undefined) this.#repair(next)
  }

  /** A host that was drained is gone, whatever was to happen to it. */
  #forget(host: Row<'hosts'>): void {
    const timer = this.#timers.get(host)
    if (timer !== undefined) this.#market.at.clock.cancel(timer)
    this.#timers.delete(host)
    const { waiting } = this.#repairs[this.#market.hostChapter.hosts.group[host]]
    if (waiting.includes(host)) waiting.splice(waiting.indexOf(host), 1)
    if (this.#repaired.has(host)) this.#release(host)
  }

  #awaitZone(zone: number): void {
    const { at, now } = this.#market
    const { id, distributions } = this.#zones[zone]
    at.clock.wake('zoneFails', now + this.#draw(`zone/${id}/failures`, distributions.timeToFailure), zone)
  }

  #zoneFails(zone: number): void {
    const { at, now } = this.#market
    const { id, distributions, pools } = this.#zones[zone]
    at.clock.wake('zoneRestored', now + this.#draw(`zone/${id}/failures`, distributions.timeToRepair), zone)
    for (const pool of pools) beginOutage(this.#market, pool, () => true)
  }

  #zoneRestored(zone: number): void {
    for (const pool of this.#zones[zone].pools) endOutage(this.#market, pool)
    this.#awaitZone(zone)
  }

  save() {
    return {
      repairs: this.#repairs.map(({ waiting, busy }) => ({ waiting: [...waiting], busy })),
      timers: [...this.#timers],
      repaired: [...this.#repaired],
    }
  }

  restore(state: ReturnType<Failures['save']>): void {
    this.#repairs = state.repairs.map(({ waiting, busy }) => ({ waiting: [...waiting], busy }))
    this.#timers = new Map(state.timers)
    this.#repaired = new Set(state.repaired)
  }
}
