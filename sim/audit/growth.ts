/**
 * E-12: what growth rules should have ordered and released, followed from the servers that were held. A review sees what
 * was there before anything happened at its instant, so neither the capacities nor the orders of the record are needed.
 */
import type { Database } from 'better-sqlite3'
import type { Scenario } from '#scenarios/schema.ts'
import type { MassFacts } from '../record/column-facts.ts'
import type { AuditContext } from './check.ts'
import { Exact } from './exact.ts'
import { holdsAfter } from './holding.ts'
import { fitting, type HostGroupPremise, hostGroups, hostsPlanned, type Sizes, sizesOf } from './host-premises.ts'
import type { Premises } from './premises.ts'
import { byPoolAndTime, serverSteps } from './server-steps.ts'

type Rule = NonNullable<Scenario['regions'][number]['zones'][number]['pools'][number]['growth']>

/** Units of a schedule over time. */
export type Steps = readonly { readonly since: number; readonly capacity: number }[]

export interface Decision {
  readonly at: number
  readonly event: 'order-units' | 'units-arrive' | 'release-units' | 'units-leave'
  readonly units: number
  readonly due: number
  /** Units beyond the schedule once all that was decided is done. */
  readonly ordered: number
}

/** What a rule did: its decisions in order, and what it has added to the schedule over time. */
export interface Grown {
  readonly decisions: readonly Decision[]
  readonly added: Steps
}

export interface GrownCapacity {
  /** By number of the pool, and of the group of hosts. */
  readonly pools: ReadonlyMap<number, Grown>
  readonly groups: ReadonlyMap<number, Grown>
}

/** Use by dimension from an instant on. */
interface Use {
  readonly at: number
  readonly used: readonly number[]
}

interface Reviewed {
  readonly rule: Rule
  /** What one unit offers by dimension. */
  readonly each: readonly number[]
  /** In the order of time. */
  readonly uses: readonly Use[]
  /** Units that are scheduled as the instant begins. */
  readonly scheduledBefore: (at: number) => number
  readonly start: number
  readonly end: number
}

/** Whole percent x 1e8. */
const percentOf = (text: string): bigint => BigInt(new Exact(text).times(1e8).toFixed(0))

/** How used x 100 % and so many units x a percentage compare: above 0 where more is used. */
const compared = (used: number, each: number, units: number, percent: bigint): number => {
  const rest = BigInt(used) * 10n ** 10n - percent * BigInt(each) * BigInt(units)
  return rest > 0n ? 1 : rest < 0n ? -1 : 0
}

export function follow({ rule, each, uses, scheduledBefore, start, end }: Reviewed): Grown {
  const decisions: Decision[] = []
  const added: { since: number; capacity: number }[] = []
  const above = percentOf(rule.order.above)
  const below = percentOf(rule.release?.below ?? '0')
  /** Not carried out yet. */
  let open: { at: number; units: number; isOrder: boolean }[] = []
  let present = 0
  let next = 0
  let used: readonly number[] = each.map(() => 0)
  const decided = (still = open): number =>
    present + still.reduce((sum, { units, isOrder }) => sum + (isOrder ? units : -units), 0)
  /** Carries out what is due before an instant. */
  const pass = (until: number): void => {
    const due = open.filter(({ at }) => at < until)
    open = open.filter(({ at }) => at >= until)
    due.sort((a, b) => a.at - b.at)
    for (const [index, { at, units, isOrder }] of due.entries()) {
      present += isOrder ? units : -units
      added.push({ since: at, capacity: present })
      const ordered = decided([...due.slice(index + 1), ...open])
      decisions.push({ at, event: isOrder ? 'units-arrive' : 'units-leave', units, due: at, ordered })
    }
  }
  for (let at = start + rule.every; at < end; at += rule.every) {
    pass(at)
    while (next < uses.length && uses[next].at < at) used = uses[next++].used
    const units = scheduledBefore(at) + decided()
    const isAbove = (of: number): boolean => used.some((one, index) => compared(one, each[index], of, above) > 0)
    if (isAbove(units)) {
      const more = Math.min(rule.order.units, rule.order.most - units)
      if (more <= 0) continue
      const due = at + rule.order.lead
      open.push({ at: due, units: more, isOrder: true })
      decisions.push({ at, event: 'order-units', units: more, due, ordered: decided() })
      continue
    }
    if (rule.release === null) continue
    const isIdle = used.every((one, index) => each[index] === 0 || compared(one, each[index], units, below) < 0)
    const leaving = open.reduce((sum, one) => sum + (one.isOrder ? 0 : one.units), 0)
    const fewer = Math.min(rule.release.units, present - leaving)
    if (!isIdle || fewer <= 0 || isAbove(units - fewer)) continue
    const due = at + rule.release.lead
    open.push({ at: due, units: fewer, isOrder: false })
    decisions.push({ at, event: 'release-units', units: fewer, due, ordered: decided() })
  }
  pass(end)
  return { decisions, added }
}

/** What is scheduled and what a rule has added to it. */
export function together(scheduled: Steps, added: Steps): { since: number; capacity: number }[] {
  const instants = [...new Set([...scheduled, ...added].map(({ since }) => since))].sort((a, b) => a - b)
  const at = (steps: Steps, instant: number): number => steps.findLast(({ since }) => since <= instant)?.capacity ?? 0
  return instants.map((since) => ({ since, capacity: at(scheduled, since) + at(added, since) }))
}

const known = new WeakMap<Premises, GrownCapacity>()

/** Followed once for all checks of a record. */
export function grownCapacity(context: AuditContext, database: Database, mass: MassFacts): GrownCapacity {
  const { premises } = context
  const found = known.get(premises) ?? {
    pools: grownPools(context, database, mass),
    groups: grownGroups(context, database),
  }
  known.set(premises, found)
  return found
}

const rows = <R>(database: Database, sql: string): R[] => database.prepare<[], R>(sql).raw().all() as R[]

const poolNames = 'SELECT p.id, z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id'

const zoneOf = ({ regions }: Scenario, zone: string) =>
  regions.flatMap(({ zones }) => zones).find(({ id }) => id === zone)

function grownPools(context: AuditContext, database: Database, mass: MassFacts): Map<number, Grown> {
  const { premises } = context
  const { scenario, start, end } = premises
  const ruled = rows<[number, string, string]>(database, poolNames).flatMap(([id, zone, flavour]) => {
    const rule = zoneOf(scenario, zone)?.pools.find((pool) => pool.flavour === flavour)?.growth ?? null
    return rule === null ? [] : [[id, rule] as const]
  })
  if (ruled.length === 0) return new Map()
  const { at: instants, instance: servers, to: states, billing: bills, pool } = serverSteps(database, mass)
  const steps = Map.groupBy(byPoolAndTime({ at: instants, pool }), (step) => pool[step])
  return new Map(
    ruled.map(([id, rule]) => {
      const holders = new Set<number>()
      const uses: Use[] = []
      for (const step of steps.get(id) ?? []) {
        const [at, instance] = [instants[step], servers[step]]
        const moved = { at, to: states[step], billing: bills[step] }
        if (holdsAfter(context, moved, holders.has(instance))) holders.add(instance)
        else holders.delete(instance)
        uses.push({ at, used: [holders.size] })
      }
      const { capacities = [] } = premises.pools.get(id) ?? {}
      const scheduledBefore = (at: number): number =>
        (capacities.findLast(({ since }) => since < at) ?? capacities[0])?.capacity ?? 0
      return [id, follow({ rule, each: [1], uses, scheduledBefore, start, end })]
    }),
  )
}

const movesSql = `SELECT m.at, m.event, h.host_group, i.pool FROM host_moves m JOIN hosts h ON h.id = m.host
  JOIN instances i ON i.id = m.instance_id ORDER BY m.at, m.rowid`

function grownGroups({ premises }: AuditContext, database: Database): Map<number, Grown> {
  const { scenario, start, end } = premises
  const named = 'SELECT g.id, z.zone, g.hosts FROM host_groups g JOIN zones z ON z.id = g.zone_id'
  const groups = hostGroups(scenario, rows<[number, string, string]>(database, named))
  const ruled = groups.flatMap((premise) =>
    premise.group.growth === null ? [] : [[premise, premise.group.growth] as const],
  )
  if (ruled.length === 0) return new Map()
  const uses = usesOfHosts(premises, database, groups)
  return new Map(
    ruled.map(([{ id, zone, group, room }, rule]) => {
      const scheduledBefore = (at: number): number => hostsPlanned(scenario, zone, group, at - 1)
      return [id, follow({ rule, each: room, uses: uses.get(id) ?? [], scheduledBefore, start, end })]
    }),
  )
}

/** Thousandths in use of each group, by what was placed and left. */
function usesOfHosts(premises: Premises, database: Database, groups: readonly HostGroupPremise[]): Map<number, Use[]> {
  const sizes = new Map<string, Sizes>()
  for (const [pool, zone, flavour] of rows<[number, string, string]>(database, poolNames))
    for (const { group, size } of sizesOf(premises.scenario, zone, flavour, groups)) sizes.set(`${group} ${pool}`, size)
  const place = premises.number('place')
  const leave = premises.number('leave')
  const uses = new Map<number, Use[]>()
  for (const [at, event, group, pool] of rows<[number, number, number, number]>(database, movesSql)) {
    const size = sizes.get(`${group} ${pool}`)
    if (size === undefined || (event !== place && event !== leave)) continue
    const mine = uses.get(group) ?? []
    const before = mine.at(-1)?.used ?? [0, 0, 0]
    mine.push({ at, used: before.map((used, index) => used + (event === place ? size[index] : -size[index])) })
    uses.set(group, mine)
  }
  return uses
}

/** E-02: what a pool can ever hold from an instant on: by schedule, by what its rules have added, and up to what they order. */
export function largestCapacity(
  context: AuditContext,
  database: Database,
  mass: MassFacts,
): (pool: number, at: number) => number {
  const { premises } = context
  const { scenario } = premises
  const grown = grownCapacity(context, database, mass)
  const names = 'SELECT g.id, z.zone, g.hosts FROM host_groups g JOIN zones z ON z.id = g.zone_id'
  const groups = hostGroups(scenario, rows<[number, string, string]>(database, names))
  const pools = new Map(
    rows<[number, string, string]>(database, poolNames).map(([id, zone, flavour]) => {
      const shares = sizesOf(scenario, zone, flavour, groups).flatMap(({ group, size }) => {
        const premise = groups.find((each) => each.id === group)
        return premise === undefined ? [] : [{ premise, fits: fitting(premise.room, size) }]
      })
      const { capacities = [] } = premises.pools.get(id) ?? {}
      const own = zoneOf(scenario, zone)?.pools.find((pool) => pool.flavour === flavour)?.growth?.order.most ?? 0
      const most = shares.reduce((sum, { premise, fits }) => sum + (premise.group.growth?.order.most ?? 0) * fits, own)
      return [id, { capacities, shares, most }] as const
    }),
  )
  const addedTo = (added: Steps | undefined, at: number): number =>
    added?.findLast(({ since }) => since <= at)?.capacity ?? 0
  return (pool, at) => {
    const { capacities = [], shares = [], most = 0 } = pools.get(pool) ?? {}
    const added = shares.reduce(
      (sum, { premise, fits }) => sum + addedTo(grown.groups.get(premise.id)?.added, at) * fits,
      addedTo(grown.pools.get(pool)?.added, at),
    )
    const current = (capacities.findLast(({ since }) => since <= at)?.capacity ?? 0) + added
    const planned = capacities.reduce((sum, { since, capacity }) => (since > at ? Math.max(sum, capacity) : sum), 0)
    return Math.max(current, planned, most)
  }
}
