/**
 * E-10: hosts and what is placed on them. The auditor follows each host by itself, places every server again, and compares the
 * host, the capacity of the pools, the use by dimension and what was refused with the record.
 */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../../record/column-facts.ts'
import type { AuditContext, Check } from '../check.ts'
import { grownCapacity } from '../growth.ts'
import { holdsAfter } from '../holding.ts'
import { hostGroups, sizesOf } from '../host-premises.ts'
import { HostReplay } from '../host-replay.ts'
import { kinds } from '../kinds.ts'
import { serverSteps } from '../server-steps.ts'

type Row = readonly number[]

const rows = <R>(database: Database, sql: string): R[] => database.prepare<[], R>(sql).raw().all() as R[]

export function hosts(context: AuditContext): Check {
  return {
    record(database, mass) {
      const named = `SELECT g.id, z.zone, g.hosts FROM host_groups g JOIN zones z ON z.id = g.zone_id`
      const groups = hostGroups(context.premises.scenario, rows<[number, string, string]>(database, named))
      if (groups.length === 0) return
      judgeRooms(context, database)
      const poolNames = `SELECT p.id, z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id`
      const pools = rows<[number, string, string]>(database, poolNames).flatMap(([id, zone, flavour]) => {
        const sizes = sizesOf(context.premises.scenario, zone, flavour, groups)
        return sizes.length === 0 ? [] : [{ id, sizes }]
      })
      const grown = grownCapacity(context, database, mass).groups
      new HostReplay(context, database, { groups, pools, grown }).run()
      judgeHeld(context, database, mass)
    },
  }
}

/** The tables that all shares are computed from, against the scenario's own text. */
function judgeRooms({ findings, premises }: AuditContext, database: Database): void {
  const sql = `SELECT z.zone, g.hosts, g.vcpu * g.vcpu_part, g.memory * g.memory_part, g.gpu * g.gpu_part, g.id
    FROM host_groups g JOIN zones z ON z.id = g.zone_id`
  const named = rows<[string, string, number, number, number, number]>(database, sql)
  for (const [zone, name, vcpu, memory, gpu, id] of named) {
    const [group] = hostGroups(premises.scenario, [[id, zone, name]])
    for (const [at, recorded] of [vcpu, memory, gpu].entries())
      findings.compare(kinds.hostRoom, recorded, group?.room[at] ?? 0, () => ({
        subject: `hosts ${zone}/${name}`,
        at: 0,
        text: 'thousandths of vCPU, GiB or GPU that a host can be filled with',
      }))
  }
  const sizes = `SELECT z.zone, p.flavour, g.id, h.vcpu * g.vcpu_part, h.memory * g.memory_part, h.gpu * g.gpu_part, g.hosts
    FROM host_pools h JOIN host_groups g ON g.id = h.host_group JOIN pools p ON p.id = h.pool
    JOIN zones z ON z.id = p.zone_id`
  for (const [zone, flavour, id, vcpu, memory, gpu, name] of rows<
    [string, string, number, number, number, number, string]
  >(database, sizes)) {
    const groups = hostGroups(premises.scenario, [[id, zone, name]])
    const [found] = sizesOf(premises.scenario, zone, flavour, groups)
    for (const [at, recorded] of [vcpu, memory, gpu].entries())
      findings.compare(kinds.hostRoom, recorded, found?.size[at] ?? 0, () => ({
        subject: `pool ${zone}/${flavour} on ${name}`,
        at: 0,
        text: 'thousandths that a server takes',
      }))
  }
}

/** A server is on a host exactly while it holds a unit. */
function judgeHeld(context: AuditContext, database: Database, mass: MassFacts): void {
  const { findings, premises } = context
  const onHosts = new Set(rows<[number]>(database, 'SELECT DISTINCT pool FROM host_pools').map(([pool]) => pool))
  const movesSql = `SELECT instance_id, at, event FROM host_moves WHERE instance_id > 0 ORDER BY instance_id, rowid`
  const moves = Map.groupBy(rows<Row>(database, movesSql), ([instance]) => instance)
  const { at: instants, instance: servers, to: states, billing: bills, pool } = serverSteps(database, mass)
  const placed = Array.from(instants.keys()).filter((step) => onHosts.has(pool[step]))
  const steps = Map.groupBy(placed, (step) => servers[step])
  const place = premises.number('place')
  for (const instance of new Set([...moves.keys(), ...steps.keys()])) {
    const should: number[] = []
    let held = false
    for (const step of steps.get(instance) ?? []) {
      const [at, to, billing] = [instants[step], states[step], bills[step]]
      const holds = holdsAfter(context, { at, to, billing }, held)
      if (holds !== held) should.push(at)
      held = holds
    }
    const recorded = (moves.get(instance) ?? []).map(([, at]) => at)
    const inTurn = (moves.get(instance) ?? []).every(([, , event], index) => (event === place) === (index % 2 === 0))
    for (let index = 0; index < Math.max(should.length, recorded.length); index++)
      findings.compare(kinds.hostHeld, recorded[index] ?? 0, inTurn ? (should[index] ?? 0) : -1, () => ({
        subject: `instance ${instance}`,
        at: recorded[index] ?? should[index] ?? 0,
        text: index % 2 === 0 ? 'placed on a host as it takes a unit' : 'leaves its host as it gives the unit back',
      }))
  }
}
