/** What owned, committed and leased capacity costs, what of it was idle, and the cheapest mix (E-12); and what rules ordered. */
import {
  prepareCapacityCosts,
  prepareCapacityLost,
  prepareCapacityMix,
  supplyKinds,
} from '../capacity/capacity-costs.ts'
import { type Figure, isMeasured, monthOf, type Source, sum, word } from './figure.ts'

const supply = (kind: string): string =>
  `CASE ${kind} ${supplyKinds.map((name, index) => `WHEN ${index} THEN '${name}'`).join(' ')} END`

/** Names of the pool or the group of hosts of a row `c`. */
const names = `coalesce(pn.region, r.region) AS region, coalesce(pn.pool, '') AS pool, coalesce(z.zone || '/' || g.hosts, '') AS hosts`
const named = `LEFT JOIN pool_names pn ON pn.id = c.pool LEFT JOIN host_groups g ON g.id = c.host_group
LEFT JOIN zones z ON z.id = g.zone_id LEFT JOIN regions r ON r.id = g.region_id`

const costsSource: Source = {
  name: 'figure_capacity_costs',
  labels: ['month', 'region', 'pool', 'hosts', 'supply'],
  needs: [prepareCapacityCosts],
  sql: `
SELECT m.month, ${names}, ${supply('c.kind')} AS supply, c.unit_hours, c.idle_ms, c.cost, c.idle_cost, c.surplus_cost, c.premium
FROM capacity_costs c JOIN months m ON m.no = c.month ${named}`,
}

const mixSource: Source = {
  name: 'figure_capacity_mix',
  labels: ['region', 'pool', 'hosts', 'supply'],
  needs: [prepareCapacityMix],
  sql: `
SELECT ${names}, ${supply('c.kind')} AS supply, c.units, c.unit_hours, c.cheapest, c.commitment_left, c.cost - c.cheapest AS saving
FROM (SELECT x.*, coalesce((SELECT sum(k.cost) FROM capacity_costs k
    WHERE k.pool = x.pool AND k.host_group = x.host_group AND k.kind = x.kind), 0) AS cost FROM capacity_mix x) c ${named}`,
}

const lostSource: Source = {
  name: 'figure_capacity_lost',
  labels: ['region', 'pool'],
  needs: [prepareCapacityLost],
  sql: `SELECT pn.region, pn.pool, c.lost, c.cost FROM capacity_lost c JOIN pool_names pn ON pn.id = c.pool`,
}

const ordersSource: Source = {
  name: 'figure_capacity_orders',
  labels: ['month', 'region', 'pool', 'hosts'],
  sql: `
SELECT ${monthOf('c.at')} AS month, ${names}, sum(c.units * (c.event = ${word('order-units')})) AS ordered,
  sum(c.units * (c.event = ${word('release-units')})) AS released
FROM capacity_orders c JOIN run ${named} WHERE ${isMeasured('c.at')} GROUP BY 1, 2, 3, 4`,
}

const cost = (name: string, text: string, column: string): Figure => ({
  name: `capacity.${name}`,
  unit: 'money',
  text,
  source: costsSource,
  measure: { value: sum(column) },
  by: ['month', 'region', 'pool', 'hosts', 'supply'],
})

const mix = (name: string, unit: Figure['unit'], text: string, value: string): Figure => ({
  name: `capacity.${name}`,
  unit,
  text,
  source: mixSource,
  measure: { value },
  by: ['region', 'pool', 'hosts', ...(name.startsWith('cheapest') && unit === 'units' ? [] : ['supply' as const])],
})

const orders = (name: string, text: string): Figure => ({
  name: `capacity.${name}`,
  unit: 'units',
  text,
  source: ordersSource,
  measure: { value: sum(name) },
  by: ['month', 'region', 'pool', 'hosts'],
})

export const capacityFigures: readonly Figure[] = [
  orders('ordered', 'units or hosts that growth rules ordered (E-12)'),
  orders('released', 'units or hosts that growth rules released (E-12)'),
  cost('cost', 'cost of owned, committed and leased capacity (E-12)', 'cost'),
  cost('idleCost', 'cost of owned, committed and leased units while no server held them (E-12)', 'idle_cost'),
  cost(
    'surplusCost',
    'part of the idle cost: owned and committed units that were not part of the capacity (E-12)',
    'surplus_cost',
  ),
  cost(
    'leasePremium',
    'what leased hours cost more than at the lowest price of owned and committed units (E-12)',
    'premium',
  ),
  { ...cost('unitHours', 'unit-hours paid for: owned, committed and leased (E-12)', 'unit_hours'), unit: 'hours' },
  {
    ...cost('idleHours', 'unit-hours paid for in which no server held the unit (E-12)', 'idle_ms'),
    unit: 'hours',
    measure: { value: sum('idle_ms'), of: '3600000' },
  },
  {
    name: 'capacity.lostMargin',
    unit: 'money',
    text: 'price of refused requests over the mean life of a server, less leasing the units for it (E-12)',
    source: lostSource,
    measure: { value: `${sum('lost')} - ${sum('cost')}` },
    by: ['region', 'pool'],
  },
  mix('cheapestCost', 'money', 'cost of the cheapest mix for the same capacity (E-12)', sum('cheapest')),
  mix('saving', 'money', 'cost of capacity, less the cost of the cheapest mix (E-12)', sum('saving')),
  mix('cheapestOwned', 'units', 'units owned in the cheapest mix (E-12)', sum('units', `supply = 'owned'`)),
  mix(
    'cheapestCommitted',
    'units',
    'most units committed at the same time in the cheapest mix (E-12)',
    sum('units', `supply = 'committed'`),
  ),
  mix(
    'commitmentLeft',
    'money',
    'what commitments in force still cost after the end of the run (E-12)',
    sum('commitment_left'),
  ),
]
