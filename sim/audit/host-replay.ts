/** E-10: every move of every host in order, judged as it comes; and the capacity and use that follow from them. */
import type { Database } from 'better-sqlite3'
import type { AuditContext } from './check.ts'
import type { Grown } from './growth.ts'
import { type FollowedHost, HostFleet } from './host-fleet.ts'
import { HostHours } from './host-hours.ts'
import { type HostGroupPremise, hostsPlanned, type Sizes } from './host-premises.ts'
import { kinds } from './kinds.ts'
import { PoolDemand, type Supply } from './pool-demand.ts'
import { PoolHours } from './pool-hours.ts'

type Row = readonly number[]

/** A pool made of hosts. */
interface HostedPool {
  readonly id: number
  /** In the order in which the groups are tried. */
  readonly sizes: readonly { readonly group: number; readonly size: Sizes }[]
}

/** What hosts and pools there are. */
interface Made {
  readonly groups: readonly HostGroupPremise[]
  readonly pools: readonly HostedPool[]
  readonly grown: ReadonlyMap<number, Grown>
}

interface Followed extends HostedPool, Supply {
  readonly hours: PoolHours
  readonly demand: PoolDemand
  held: number
  /** Servers that would still find room. */
  free: number
  restarts: number
}

const movesSql = `SELECT m.host, m.at, m.event, m.instance_id, i.pool, i.account FROM host_moves m
  LEFT JOIN instances i ON i.id = m.instance_id ORDER BY m.at, m.rowid`

export class HostReplay {
  readonly #context: AuditContext
  readonly #fleets = new Map<number, { readonly fleet: HostFleet; readonly hours: HostHours }>()
  readonly #hosts = new Map<number, { readonly host: FollowedHost; readonly group: number }>()
  readonly #pools = new Map<number, Followed>()
  readonly #on = new Map<number, FollowedHost>()
  readonly #moves: readonly Row[]
  /** How often each server will still be placed, where servers are placed again after outages. */
  readonly #places = new Map<number, number>()
  /** Those that will be, and are not now. */
  readonly #away = new Set<number>()
  /** E-12: by number of the group. */
  readonly #grown: ReadonlyMap<number, Grown>
  /** Groups that moved at the current instant. */
  readonly #moved = new Set<number>()

  constructor(context: AuditContext, database: Database, { groups, pools, grown }: Made) {
    this.#context = context
    this.#grown = grown
    const prepared = (sql: string) => database.prepare<[number], Row>(sql).raw()
    const hostHours = prepared(
      `SELECT hour, vcpu_ms, memory_ms, gpu_ms, vcpu_room_ms, memory_room_ms, gpu_room_ms, open_ms, failed_ms
       FROM host_hours WHERE host_group = ? ORDER BY hour`,
    )
    const parts = prepared('SELECT vcpu_part, memory_part, gpu_part FROM host_groups WHERE id = ?')
    for (const premise of groups)
      this.#fleets.set(premise.id, {
        fleet: new HostFleet(premise),
        hours: new HostHours(context, premise, parts.get(premise.id) ?? [1, 1, 1], hostHours.all(premise.id) as Row[]),
      })
    const poolHours = prepared(
      'SELECT pool, hour, capacity, capacity_ms, held_ms, peak, full_ms FROM pool_hours WHERE pool = ? ORDER BY hour',
    )
    for (const pool of pools)
      this.#pools.set(pool.id, {
        ...pool,
        hours: new PoolHours(context, pool.id, (poolHours.all(pool.id) as Row[])[Symbol.iterator]()),
        demand: new PoolDemand(context, database, pool.id),
        held: 0,
        free: 0,
        restarts: 0,
        isFragmented: (units) => this.#isFragmented(pool.id, units),
      })
    this.#readHosts(database)
    this.#moves = database.prepare<[], Row>(movesSql).raw().all() as Row[]
    if (context.premises.everSays('outage.servers', 'restart')) {
      const place = context.premises.number('place')
      for (const [, , event, instance] of this.#moves)
        if (event === place) this.#places.set(instance, (this.#places.get(instance) ?? 0) + 1)
    }
  }

  #readHosts(database: Database): void {
    const sql = 'SELECT id, host_group, number, domain FROM hosts ORDER BY host_group, number'
    for (const [id, group, number, domain] of database.prepare<[], Row>(sql).raw().all() as Row[]) {
      const fleet = this.#fleets.get(group)?.fleet
      if (fleet === undefined) {
        this.#context.findings.differ(kinds.orphan, `host ${id}`, 0, 1, 0, 'a host of a group that is not known')
        continue
      }
      const { room, group: plan } = fleet.premise
      const expected = ((number - 1) % plan.faultDomains) + 1
      this.#context.findings.compare(kinds.hostPlan, domain, expected, () => ({
        subject: `host ${id}`,
        at: 0,
        text: 'hosts belong to the fault domains in turn',
      }))
      const empty = { servers: 0, isPlanned: false, isPresent: false, hasFailed: false }
      const host: FollowedHost = { id, number, domain: expected, free: [...room], ...empty }
      fleet.hosts.push(host)
      this.#hosts.set(id, { host, group })
    }
  }

  run(): void {
    const { premises } = this.#context
    let now = premises.start
    for (const [id, at, event, instance, pool, account] of this.#moves) {
      if (at > now) {
        this.#endInstant(now)
        now = at
      }
      // What was asked for before anything else happened at this instant.
      this.#pass(at)
      this.#move(id, at, event, instance, pool, account)
      this.#pass(at)
    }
    this.#endInstant(now)
    this.#pass(premises.end)
    for (const pool of this.#pools.values()) {
      pool.hours.pass(premises.end, pool.held, pool.held + pool.free)
      pool.hours.finish()
    }
    for (const [group, { fleet, hours }] of this.#fleets) {
      hours.pass(premises.end, fleet)
      hours.finish()
      this.#judgePlan(group, premises.end - 1)
    }
  }

  #word(event: number): string {
    return this.#context.premises.word(event)
  }

  #differ(kind: (typeof kinds)[keyof typeof kinds], host: number, at: number, text: string): void {
    this.#context.findings.differ(kind, `host ${host}`, at, 1, 0, text)
  }

  #move(id: number, at: number, event: number, instance: number, pool: number, account: number): void {
    const found = this.#hosts.get(id)
    if (found === undefined) {
      this.#differ(kinds.orphan, id, at, 'a move of a host that is not listed')
      return
    }
    const { host, group } = found
    const { fleet, hours } = this.#fleets.get(group) as { fleet: HostFleet; hours: HostHours }
    this.#moved.add(group)
    hours.pass(at, fleet)
    const mine = [...this.#pools.values()].filter(({ sizes }) => sizes.some((each) => each.group === group))
    for (const each of mine) each.hours.pass(at, each.held, each.held + each.free)
    const change = (sign: 1 | -1, of: FollowedHost): void => {
      for (const each of mine) {
        const size = each.sizes.find((one) => one.group === group)?.size
        if (size !== undefined) each.free += sign * fleet.slotsOn(of, size)
      }
    }
    const word = this.#word(event)
    if (word === 'place' || word === 'leave') {
      this.#moveServer(word, { at, instance, account, host, fleet }, this.#pools.get(pool), change)
      return
    }
    change(-1, host)
    this.#moveHost(word, at, host, fleet)
    change(1, host)
  }

  #moveServer(
    word: 'place' | 'leave',
    {
      at,
      instance,
      account,
      host,
      fleet,
    }: {
      at: number
      instance: number
      account: number
      host: FollowedHost
      fleet: HostFleet
    },
    pool: Followed | undefined,
    change: (sign: 1 | -1, of: FollowedHost) => void,
  ): void {
    const { findings } = this.#context
    const size = pool?.sizes.find(({ group }) => group === fleet.premise.id)?.size
    if (pool === undefined || size === undefined) {
      this.#differ(kinds.placement, host.id, at, `instance ${instance} is of no pool that is made of this host`)
      return
    }
    if (word === 'place') {
      const should = this.#choose(pool, account)
      findings.compare(kinds.placement, host.id, should?.id ?? 0, () => ({
        subject: `instance ${instance}`,
        at,
        text: `placed by ${fleet.premise.group.placement}`,
      }))
      this.#on.set(instance, host)
      pool.demand.take(at, instance)
      const left = this.#places.get(instance) ?? 0
      if (this.#away.delete(instance)) pool.restarts--
      if (left > 0) this.#places.set(instance, left - 1)
    } else {
      findings.compare(kinds.placement, host.id, this.#on.get(instance)?.id ?? 0, () => ({
        subject: `instance ${instance}`,
        at,
        text: 'leaves the host that it was placed on',
      }))
      this.#on.delete(instance)
      if ((this.#places.get(instance) ?? 0) > 0) {
        this.#away.add(instance)
        pool.restarts++
      }
    }
    change(-1, host)
    const sign = word === 'place' ? 1 : -1
    fleet.move(host, size, account, sign)
    pool.held += sign
    change(1, host)
  }

  /** The host of the first group that has room for a server. */
  #choose({ sizes }: Followed, account: number): FollowedHost | undefined {
    for (const { group, size } of sizes) {
      const host = this.#fleets.get(group)?.fleet.choose(size, account)
      if (host !== undefined) return host
    }
    return undefined
  }

  #moveHost(word: string, at: number, host: FollowedHost, fleet: HostFleet): void {
    const { premise } = fleet
    const { least, most } = this.#plannedWithin(premise, at)
    const isPlanned = host.number <= most
    const isBeyond = host.number > least
    const allowed: Record<string, boolean> = {
      add: isPlanned && !host.isPresent,
      return: isPlanned && host.isPresent && !host.isPlanned,
      drain: isBeyond && host.isPlanned,
      remove: host.isPresent && !host.isPlanned && host.servers === 0,
      fail: host.isPresent && !host.hasFailed,
      repair: host.isPresent && host.hasFailed,
    }
    if (allowed[word] === true) this.#context.findings.agree(kinds.hostPlan, 1)
    else this.#differ(kinds.hostPlan, host.id, at, `'${word}' of a host for which there was no reason`)
    if (word === 'add') fleet.change(host, { isPlanned: true, isPresent: true })
    else if (word === 'return') fleet.change(host, { isPlanned: true })
    else if (word === 'drain') fleet.change(host, { isPlanned: false })
    else if (word === 'remove') fleet.change(host, { isPresent: false, hasFailed: false })
    else if (word === 'fail') fleet.change(host, { hasFailed: true })
    else if (word === 'repair') fleet.change(host, { hasFailed: false })
  }

  /** What is planned may change more than once at an instant: hosts that a rule ordered come as others leave. */
  #plannedWithin({ id, zone, group }: HostGroupPremise, at: number): { least: number; most: number } {
    const { scenario } = this.#context.premises
    const scheduled = [at - 1, at].map((each) => hostsPlanned(scenario, zone, group, each))
    const steps = this.#grown.get(id)?.added ?? []
    const before = steps.findLast(({ since }) => since < at)?.capacity ?? 0
    const added = [before, ...steps.filter(({ since }) => since === at).map(({ capacity }) => capacity)]
    return {
      least: Math.min(...scheduled) + Math.min(...added),
      most: Math.max(...scheduled) + Math.max(...added),
    }
  }

  /** By schedule, and by what a rule has added. */
  #planned({ id, zone, group }: HostGroupPremise, at: number): number {
    const added = this.#grown.get(id)?.added.findLast(({ since }) => since <= at)?.capacity ?? 0
    return hostsPlanned(this.#context.premises.scenario, zone, group, at) + added
  }

  /** All that happened at an instant is known: as many hosts are part of their group as are planned. */
  #endInstant(at: number): void {
    for (const group of this.#moved) this.#judgePlan(group, at)
    this.#moved.clear()
  }

  #judgePlan(group: number, at: number): void {
    const { fleet } = this.#fleets.get(group) as { fleet: HostFleet }
    const part = fleet.hosts.reduce((sum, { isPlanned }) => sum + (isPlanned ? 1 : 0), 0)
    this.#context.findings.compare(kinds.hostPlan, part, this.#planned(fleet.premise, at), () => ({
      subject: `hosts ${fleet.premise.zone}/${fleet.premise.group.id}`,
      at,
      text: 'hosts that are part of their group, and those that are planned',
    }))
  }

  /** What each pool is asked for up to an instant, by the hosts as they are now. */
  #pass(until: number): void {
    for (const pool of this.#pools.values()) pool.demand.pass(until, pool)
  }

  /** Whether hosts have room for so many servers together, but not by themselves. */
  #isFragmented(id: number, quantity: number): boolean {
    const pool = this.#pools.get(id)
    if (pool === undefined || pool.free >= quantity) return false
    const together = pool.sizes.reduce((sum, { group, size }) => {
      const free = this.#fleets.get(group)?.fleet.free ?? [0, 0, 0]
      const each = size.map((needs, at) => (needs === 0 ? Number.POSITIVE_INFINITY : Math.floor(free[at] / needs)))
      return sum + Math.min(...each)
    }, 0)
    return together >= quantity
  }
}
