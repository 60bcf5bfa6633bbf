/** E-12: what each growth rule ordered, released and got, in its order, against what it should have by the use of its pool. */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { type Grown, grownCapacity } from '../growth.ts'
import { kinds } from '../kinds.ts'

type Row = readonly [at: number, event: number, units: number, due: number, ordered: number]

export function growth(context: AuditContext): Check {
  return {
    record(database, mass) {
      const { pools, groups } = grownCapacity(context, database, mass)
      judge(context, database, 'pool', pools)
      judge(context, database, 'host_group', groups)
    },
  }
}

function judge(
  { findings, premises }: AuditContext,
  database: Database,
  column: 'pool' | 'host_group',
  due: ReadonlyMap<number, Grown>,
): void {
  const recorded = database
    .prepare<[], readonly [number, ...Row]>(
      `SELECT ${column}, at, event, units, due, ordered FROM capacity_orders WHERE ${column} > 0 ORDER BY rowid`,
    )
    .raw()
    .all()
  const byOwner = Map.groupBy(recorded, ([owner]) => owner)
  for (const owner of new Set([...due.keys(), ...byOwner.keys()])) {
    const is = byOwner.get(owner) ?? []
    const should = due.get(owner)?.decisions ?? []
    for (let index = 0; index < Math.max(is.length, should.length); index++) {
      const [, at = 0, event = 0, ...rest] = is[index] ?? []
      const one = should[index]
      const said = is[index] === undefined ? 'nothing' : [premises.word(event), at, ...rest].join(' ')
      const expected = one === undefined ? 'nothing' : [one.event, one.at, one.units, one.due, one.ordered].join(' ')
      if (said === expected) findings.agree(kinds.capacityOrder, one.units)
      else
        findings.differ(
          kinds.capacityOrder,
          `${column === 'pool' ? 'pool' : 'hosts'} ${owner}`,
          one?.at ?? at,
          rest[0] ?? 0,
          one?.units ?? 0,
          `recorded: ${said}; by the rule: ${expected} (event, instant, units, when due, units beyond the schedule)`,
        )
    }
  }
}
