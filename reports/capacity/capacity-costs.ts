/**
 * What capacity costs (E-12), by clock hour: owned and committed units in each, leased ones in each hour in which the largest
 * capacity is beyond them. A clock hour that the run begins or ends within counts in full.
 */

import { HOUR } from '#base/time.ts'
import { poolRefusals } from '../figures/ecs.ts'
import { isMeasured, warmOrders } from '../figures/figure.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import { cheapestMix, type Mix } from './cheapest-mix.ts'
import { preparePoolSpans } from './pool-hours.ts'
import { type Supply, type SupplyHours, suppliesOf } from './supplies.ts'

/** How units are paid for. */
export const supplyKinds = ['owned', 'committed', 'leased'] as const
export type SupplyKind = (typeof supplyKinds)[number]

/** Some hours of one kind of units. */
export interface KindCost {
  readonly unitHours: bigint
  readonly cost: bigint
  /** Unit-milliseconds that nothing used, and what they cost. */
  readonly idleMs: bigint
  readonly idleCost: bigint
  /** Part of that: units that are not even part of the capacity. */
  readonly surplusCost: bigint
  /** Of leased units: what they cost more than at the lowest price of owned and committed ones. */
  readonly premium: bigint
}

const HOUR_MS = BigInt(HOUR)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const positive = (value: bigint): bigint => (value > 0n ? value : 0n)

/** Units of each kind and their price; of committed ones by offer, the longest term first. */
function stack({ owned, committed, prices }: Supply, capacity: bigint) {
  const bought = [
    { kind: 'owned' as SupplyKind, units: owned, hourly: prices.owned ?? 0n },
    ...committed.map((units, offer) => ({
      kind: 'committed' as SupplyKind,
      units,
      hourly: prices.committed[offer].hourly,
    })),
  ]
  const fixed = bought.reduce((sum, { units }) => sum + units, 0n)
  return [...bought, { kind: 'leased' as SupplyKind, units: positive(capacity - fixed), hourly: prices.leased }]
}

/** Equal clock hours by kind. What is used takes the owned units first, then the committed and then the leased ones. */
function costOfHours(supply: Supply, { hours, capacity, used }: SupplyHours): Map<SupplyKind, KindCost> {
  const times = BigInt(hours)
  const { prices } = supply
  const lowest = [prices.owned ?? prices.leased, ...prices.committed.map(({ hourly }) => hourly)].reduce(least)
  const costs = new Map<SupplyKind, KindCost>()
  let [unused, within] = [BigInt(used), BigInt(capacity)]
  for (const { kind, units, hourly } of stack(supply, BigInt(capacity))) {
    const usedMs = least(unused, units * HOUR_MS)
    unused -= usedMs
    const idleMs = units * HOUR_MS - usedMs
    const surplus = positive(units - within)
    within = positive(within - units)
    costs.set(
      kind,
      plus(costs.get(kind), {
        unitHours: units * times,
        cost: units * hourly * times,
        idleMs: idleMs * times,
        idleCost: ((idleMs * hourly) / HOUR_MS) * times,
        surplusCost: surplus * hourly * times,
        premium: kind === 'leased' ? units * positive(hourly - lowest) * times : 0n,
      }),
    )
  }
  return costs
}

function plus(a: KindCost | undefined, b: KindCost): KindCost {
  if (a === undefined) return b
  return {
    unitHours: a.unitHours + b.unitHours,
    cost: a.cost + b.cost,
    idleMs: a.idleMs + b.idleMs,
    idleCost: a.idleCost + b.idleCost,
    surplusCost: a.surplusCost + b.surplusCost,
    premium: a.premium + b.premium,
  }
}

/** What a kind of units of a supply comes to in a civil month, by its number in `months`. */
export interface MonthlyCost {
  readonly supply: Supply
  readonly month: bigint
  readonly kind: SupplyKind
  readonly costs: KindCost
}

export const monthlyCosts = (record: RunRecord): MonthlyCost[] =>
  suppliesOf(record).flatMap((supply) => {
    const sums = new Map<string, MonthlyCost>()
    for (const hours of supply.spans)
      for (const [kind, costs] of costOfHours(supply, hours)) {
        const key = `${hours.month} ${kind}`
        sums.set(key, { supply, month: hours.month, kind, costs: plus(sums.get(key)?.costs, costs) })
      }
    return [...sums.values()]
  })

/** Makes `capacity_costs` of the reading connection: by pool or group, month and kind. */
export function prepareCapacityCosts(record: RunRecord): void {
  record.keepComputed(
    'capacity_costs',
    ['pool', 'host_group', 'month', 'kind', 'unit_hours', 'idle_ms'],
    ['cost', 'idle_cost', 'surplus_cost', 'premium'],
    () =>
      monthlyCosts(record).map(({ supply, month, kind, costs }) => [
        ...[supply.pool, supply.group, month, BigInt(supplyKinds.indexOf(kind)), costs.unitHours, costs.idleMs],
        ...[costs.cost, costs.idleCost, costs.surplusCost, costs.premium],
      ]),
  )
}

/** The cheapest mix of a supply, with what each kind of its units costs. */
export interface SupplyMix {
  readonly supply: Supply
  readonly mix: Mix
  readonly kinds: ReadonlyMap<SupplyKind, { readonly units: number; readonly unitHours: bigint; readonly cost: bigint }>
}

export const mixesOf = oncePerRecord<readonly SupplyMix[]>((record) => suppliesOf(record).map(mixOf))

function mixOf(supply: Supply): SupplyMix {
  const { prices, spans, hours } = supply
  const mix = cheapestMix(spans, prices, hours)
  const ownedHours = BigInt(mix.owned) * BigInt(hours)
  const leased = { units: 0, unitHours: mix.leasedHours, cost: mix.leasedHours * prices.leased }
  let [unitHours, cost] = [0n, 0n]
  /** Units committed at the same time, by when they begin and end. */
  const changes = new Map<number, number>()
  for (const { offer, from, hours: within, units } of mix.committed) {
    unitHours += BigInt(units) * BigInt(within)
    cost += BigInt(units) * BigInt(within) * prices.committed[offer].hourly
    changes.set(from, (changes.get(from) ?? 0) + units)
    changes.set(from + within, (changes.get(from + within) ?? 0) - units)
  }
  let [now, most] = [0, 0]
  for (const [, change] of [...changes].sort(([a], [b]) => a - b)) most = Math.max(most, (now += change))
  return {
    supply,
    mix,
    kinds: new Map<SupplyKind, { units: number; unitHours: bigint; cost: bigint }>([
      ['owned', { units: mix.owned, unitHours: ownedHours, cost: ownedHours * (prices.owned ?? 0n) }],
      ['committed', { units: most, unitHours, cost }],
      ['leased', leased],
    ]),
  }
}

/** What commitments in force still cost after the end of the run: the rest of their last terms, which began with the run. */
export function commitmentLeft({ committed, prices }: Supply, runHours: number): bigint {
  return committed.reduce((sum, units, offer) => {
    const { hourly, termHours } = prices.committed[offer]
    return sum + units * hourly * BigInt((termHours - (runHours % termHours)) % termHours)
  }, 0n)
}

/** Makes `capacity_mix`: by pool or group and kind, the cheapest mix next to what the units in force cost. */
export function prepareCapacityMix(record: RunRecord): void {
  prepareCapacityCosts(record)
  record.keepComputed(
    'capacity_mix',
    ['pool', 'host_group', 'kind', 'units', 'unit_hours'],
    ['cheapest', 'commitment_left'],
    () => {
      const { start, end, utcOffset } = record.meta
      const runHours = Math.ceil((end + utcOffset) / HOUR) - Math.floor((start + utcOffset) / HOUR)
      return mixesOf(record).flatMap(({ supply, kinds }) =>
        [...kinds].map(([kind, { units, unitHours, cost }]) => [
          ...[supply.pool, supply.group, BigInt(supplyKinds.indexOf(kind)), BigInt(units), unitHours],
          ...[cost, kind === 'committed' ? commitmentLeft(supply, runHours) : 0n],
        ]),
      )
    },
  )
}

/** What refusals of a pool with costs would have brought over the mean life of a server, less leasing a unit for it. */
export interface LostMargin {
  readonly pool: bigint
  readonly lost: bigint
  readonly cost: bigint
}

/**
 * Makes `capacity_lost`: by pool, what its refusals would have brought and cost. What is lost of pay-per-use is an hour of it,
 * and counts for as long as the servers of the pool are held on average; what is at least the least price of a term is one.
 */
export function prepareCapacityLost(record: RunRecord): void {
  record.keepComputed('capacity_lost', ['pool'], ['lost', 'cost'], () =>
    lostMargins(record).map(({ pool, lost, cost }) => [pool, lost, cost]),
  )
}

function lostMargins(record: RunRecord): LostMargin[] {
  const leased = leasedByPool(record)
  if (leased.size === 0) return []
  preparePoolSpans(record)
  const refused = refusedByPool(record)
  const held = new Map(
    record
      .rows<{ pool: bigint; ms: bigint }>('SELECT pool, sum(hours * held_ms) AS ms FROM pool_spans GROUP BY 1')
      .map(({ pool, ms }) => [pool, ms]),
  )
  const admitted = new Map(
    record
      .rows<{ pool: bigint; n: bigint }>(
        `SELECT pool, count(*) AS n FROM instances, run WHERE ${isMeasured('at')} AND order_id NOT IN ${warmOrders} GROUP BY 1`,
      )
      .map(({ pool, n }) => [pool, n]),
  )
  return [...refused].flatMap(([pool, { hourly, term, units }]) => {
    const price = leased.get(pool)
    if (price === undefined) return []
    const servers = admitted.get(pool) ?? 0n
    const [ms, of] = servers === 0n ? [HOUR_MS, 1n] : [held.get(pool) ?? 0n, servers]
    const overLife = (anHour: bigint): bigint => (anHour * ms) / (of * HOUR_MS)
    return [{ pool, lost: overLife(hourly) + term, cost: overLife(units * price) }]
  })
}

/** By pool: the price of an hour of pay-per-use requests that were refused, that of terms, and the servers of both. */
function refusedByPool(record: RunRecord): Map<bigint, Record<'hourly' | 'term' | 'units', bigint>> {
  const plans = record.rows<Record<'pool' | 'least', bigint>>(
    // Whole 1e-8 of a price in 1e-10, whose high column is in 1e18.
    `SELECT pool, min(price / 100 + min(price_high, 900) * 10000000000000000) AS least FROM server_plans WHERE item = 'ecs' GROUP BY 1`,
  )
  const leastTerms = new Map(plans.map(({ pool, least: price }) => [pool, price]))
  const refused = new Map<bigint, Record<'hourly' | 'term' | 'units', bigint>>()
  // Amounts are compared here, not in SQL, which may have only a part of each.
  for (const { pool, quantity, lost: amount } of record.rows<Record<'pool' | 'quantity' | 'lost', bigint>>(
    `SELECT f.pool, f.quantity, f.lost FROM refusals f, run
     WHERE f.pool > 0 AND ${isMeasured('f.at')} AND f.code IN (${poolRefusals}) ORDER BY f.pool, f.id`,
  )) {
    const term = leastTerms.get(pool)
    const isTerm = term !== undefined && amount >= term * quantity
    const sums = refused.get(pool) ?? { hourly: 0n, term: 0n, units: 0n }
    sums.units += quantity
    if (isTerm) sums.term += amount
    else sums.hourly += amount
    refused.set(pool, sums)
  }
  return refused
}

/** What one more server costs an hour, by number of the pool: a leased unit, or its share of a leased host. */
function leasedByPool(record: RunRecord): Map<bigint, bigint> {
  const supplies = suppliesOf(record)
  const prices = new Map<bigint, bigint>()
  for (const { pool, prices: each } of supplies) if (pool > 0n) prices.set(pool, each.leased)
  const shares = record.rows<Record<'pool' | 'host_group' | 'fits', bigint>>(
    `SELECT h.pool, h.host_group, min(CASE h.vcpu WHEN 0 THEN 9e15 ELSE g.vcpu / h.vcpu END, CASE h.memory WHEN 0 THEN 9e15 ELSE g.memory / h.memory END,
       CASE h.gpu WHEN 0 THEN 9e15 ELSE g.gpu / h.gpu END) AS fits
     FROM host_pools h JOIN host_groups g ON g.id = h.host_group ORDER BY h.pool, h.place`,
  )
  for (const { pool, host_group, fits } of shares) {
    const supply = supplies.find(({ group }) => group === host_group)
    if (supply !== undefined && !prices.has(pool)) prices.set(pool, supply.prices.leased / BigInt(fits))
  }
  return prices
}
