/** E-12: what reports say that capacity costs, next to what the auditor computes by itself. */
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { type KindCost, mixesOf, monthlyCosts } from './capacity-costs.ts'
import { suppliesOf } from './supplies.ts'

/** What a high column counts, as everywhere in a record; nothing of the simulation is loaded for it by `check`. */
const HIGH = 10n ** 18n

type Field = 'unit_hours' | 'idle_ms' | 'cost' | 'idle_cost' | 'surplus_cost' | 'premium'

const fields: Readonly<Record<Field, keyof KindCost>> = {
  unit_hours: 'unitHours',
  idle_ms: 'idleMs',
  cost: 'cost',
  idle_cost: 'idleCost',
  surplus_cost: 'surplusCost',
  premium: 'premium',
}
const money: readonly Field[] = ['cost', 'idle_cost', 'surplus_cost', 'premium']

type Row = Record<Field | `${Field}_high` | 'pool' | 'host_group' | 'month', bigint> & { supply: string }

/** A sum of one supply, month and kind of units as reports and the auditor have it. */
interface ComparedCost {
  readonly subject: string
  readonly at: number
  readonly field: string
  readonly isMoney: boolean
  readonly reported: bigint
  readonly audited: bigint
}

/** By pool, group, first instant of the month and kind of units. */
export function auditedCosts(record: RunRecord): ReadonlyMap<string, Readonly<Record<Field, bigint>>> {
  const [table] = record.plainRows("SELECT 1 AS n FROM sqlite_schema WHERE name = 'audit_capacity_costs'")
  const rows = table === undefined ? [] : record.plainRows<Row>('SELECT * FROM audit_capacity_costs')
  return new Map(
    rows.map((row) => {
      const whole = (field: Field): bigint => row[field] + (money.includes(field) ? row[`${field}_high`] * HIGH : 0n)
      const sums = Object.fromEntries((Object.keys(fields) as Field[]).map((field) => [field, whole(field)]))
      return [costKey(row.pool, row.host_group, row.month, row.supply), sums as Record<Field, bigint>]
    }),
  )
}

export const costKey = (pool: bigint, group: bigint, month: bigint, supply: string): string =>
  `${pool} ${group} ${month} ${supply}`

/** Every sum of costs, from both. */
function comparedCosts(record: RunRecord): ComparedCost[] {
  if (suppliesOf(record).length === 0) return []
  const audited = new Map(auditedCosts(record))
  const firsts = new Map(
    record.rows<{ no: bigint; first: bigint }>('SELECT no, first FROM months').map(({ no, first }) => [no, first]),
  )
  const compared: ComparedCost[] = []
  for (const { supply, month, kind, costs } of monthlyCosts(record)) {
    const first = firsts.get(month) ?? 0n
    const key = costKey(supply.pool, supply.group, first, kind)
    const found = audited.get(key)
    audited.delete(key)
    // What has no cost for both is no amount.
    if (found === undefined && Object.values(fields).every((name) => costs[name] === 0n)) continue
    for (const [field, name] of Object.entries(fields) as [Field, keyof KindCost][])
      compared.push({
        ...{ subject: `${supply.name} ${kind}`, at: Number(first), field, isMoney: money.includes(field) },
        ...{ reported: costs[name], audited: found?.[field] ?? 0n },
      })
  }
  for (const { supply, mix } of mixesOf(record)) {
    const key = costKey(supply.pool, supply.group, 0n, 'cheapest')
    compared.push({
      ...{ subject: `${supply.name} cheapest mix`, at: 0, field: 'cost', isMoney: true },
      ...{ reported: mix.cost, audited: audited.get(key)?.cost ?? 0n },
    })
    audited.delete(key)
  }
  for (const [subject, { cost }] of audited)
    compared.push({ subject, at: 0, field: 'cost', isMoney: true, reported: 0n, audited: cost })
  return compared
}

/** Compared once for figures and tables. */
export const costsCompared = oncePerRecord(comparedCosts)

/** One that differs, as the auditor's differences are listed. */
interface CostDifference {
  readonly kind: 'capacity cost'
  readonly subject: string
  readonly at: number
  readonly unit: 'money' | 'count'
  readonly recorded: bigint
  readonly audited: bigint
  readonly rule: 'E-12'
  readonly text: string
}

export const costDifferences = (record: RunRecord): CostDifference[] =>
  costsCompared(record)
    .filter(({ reported, audited }) => reported !== audited)
    .map(({ subject, at, field, isMoney, reported, audited }) => ({
      kind: 'capacity cost',
      ...{ subject, at, unit: isMoney ? 'money' : 'count' },
      ...{ recorded: reported, audited, text: `${field} of the reports` },
      rule: 'E-12',
    }))

/** Makes `capacity_audit(amounts, differences)` of the reading connection. */
export function prepareCapacityAudit(record: RunRecord): void {
  record.keepComputed('capacity_audit', ['amounts', 'differences'], [], () => [
    [BigInt(costsCompared(record).length), BigInt(costDifferences(record).length)],
  ])
}
