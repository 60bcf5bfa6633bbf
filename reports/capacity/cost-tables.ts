/** Tables of what capacity costs, and of the cheapest mix (E-12). */
import type { RunRecord } from '../record.ts'
import { column, type ReportTable } from '../report-table.ts'
import { mixesOf, prepareCapacityCosts, supplyKinds } from './capacity-costs.ts'
import { suppliesOf } from './supplies.ts'

type Sums = Record<'unit_hours' | 'idle_ms' | 'cost' | 'idle_cost' | 'surplus_cost' | 'premium', bigint>

const nothing: Sums = { unit_hours: 0n, idle_ms: 0n, cost: 0n, idle_cost: 0n, surplus_cost: 0n, premium: 0n }

/** By pool or group, and kind. */
function sumsOf(record: RunRecord): (pool: bigint, group: bigint, kind: number) => Sums {
  prepareCapacityCosts(record)
  const rows = record.rows<Sums & Record<'pool' | 'host_group' | 'kind', bigint>>(
    `SELECT pool, host_group, kind, sum(unit_hours) AS unit_hours, sum(idle_ms) AS idle_ms, sum(cost) AS cost, sum(idle_cost) AS idle_cost,
       sum(surplus_cost) AS surplus_cost, sum(premium) AS premium FROM capacity_costs GROUP BY 1, 2, 3`,
  )
  const found = new Map(rows.map((row) => [`${row.pool} ${row.host_group} ${row.kind}`, row]))
  return (pool, group, kind) => found.get(`${pool} ${group} ${kind}`) ?? nothing
}

export function capacityCosts(record: RunRecord): ReportTable {
  const sums = sumsOf(record)
  const rows = suppliesOf(record).flatMap(({ name, pool, group }) =>
    supplyKinds.flatMap((kind, index) => {
      const { unit_hours, idle_ms, cost, idle_cost, surplus_cost, premium } = sums(pool, group, index)
      if (unit_hours === 0n) return []
      const used = 1 - Number(idle_ms) / (Number(unit_hours) * 3_600_000)
      return [[name, kind, unit_hours, cost, used, idle_cost, surplus_cost, premium]]
    }),
  )
  const total = (at: number): bigint => rows.reduce((sum, row) => sum + (row[at] as bigint), 0n)
  return {
    name: 'capacity-costs',
    title: 'Cost of capacity',
    text: 'Owned and committed units cost every clock hour, leased ones each hour in which the largest capacity was beyond them. Servers use the owned units first, then the committed and then the leased ones; the rest is idle. Not offered: owned and committed units that were not part of the capacity. Lease premium: what leased hours cost more than at the lowest price of owned and committed units.',
    columns: [
      column('of', 'Pool or hosts'),
      column('supply', 'supply'),
      column('unit_hours', 'unit-hours', 'count'),
      column('cost', 'cost', 'money'),
      column('used', 'used', 'share'),
      column('idle_cost', 'of which idle', 'money'),
      column('surplus_cost', 'not offered', 'money'),
      column('lease_premium', 'lease premium', 'money'),
    ],
    rows,
    ...(rows.length > 1 ? { total: ['all', null, total(2), total(3), null, total(5), total(6), total(7)] } : {}),
  }
}

export function capacityMix(record: RunRecord): ReportTable {
  const sums = sumsOf(record)
  const rows = mixesOf(record).flatMap(({ supply, kinds }) =>
    supplyKinds.map((kind, index) => {
      const { unit_hours, cost } = sums(supply.pool, supply.group, index)
      const cheapest = kinds.get(kind) ?? { units: 0, unitHours: 0n, cost: 0n }
      const units = kind === 'leased' ? null : cheapest.units
      return [supply.name, kind, unit_hours, cost, units, cheapest.unitHours, cheapest.cost, cost - cheapest.cost]
    }),
  )
  const total = (at: number): bigint => rows.reduce((sum, row) => sum + (row[at] as bigint), 0n)
  return {
    name: 'capacity-mix',
    title: 'The cheapest mix',
    text: 'The mix of owned, committed and leased units that costs least for the same capacity in every clock hour: no other costs less. Owned units are owned for the whole time; committed ones may change at the end of each term, and the table shows the most at the same time. Of a term that ends after the run, the hours within the run count.',
    columns: [
      column('of', 'Pool or hosts'),
      column('supply', 'supply'),
      column('unit_hours', 'unit-hours', 'count'),
      column('cost', 'cost', 'money'),
      column('cheapest_units', 'cheapest: units', 'count'),
      column('cheapest_unit_hours', 'unit-hours', 'count'),
      column('cheapest_cost', 'cost', 'money'),
      column('saving', 'saving', 'money'),
    ],
    rows,
    ...(rows.length > 1 ? { total: ['all', null, total(2), total(3), null, total(5), total(6), total(7)] } : {}),
  }
}
