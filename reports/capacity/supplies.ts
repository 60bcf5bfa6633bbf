/** What has costs (E-12): pools, and groups of hosts, with their units and use by clock hour. */

import { parseAmount } from '#base/money.ts'
import { HOUR } from '#base/time.ts'
import type { Scenario } from '#scenarios/schema.ts'
import type { CapacityCosts } from '#scenarios/sections/capacity-costs.ts'
import { word } from '../figures/figure.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import type { CapacityHours, MixPrices } from './cheapest-mix.ts'
import { preparePoolSpans } from './pool-hours.ts'

/** Equal clock hours of one civil month. */
export interface SupplyHours extends CapacityHours {
  /** Number in `months`. */
  readonly month: bigint
  /** Unit-milliseconds used in each. */
  readonly used: number
}

export interface Supply {
  /** `zone/flavour` or `zone/hosts`. */
  readonly name: string
  /** Number of the pool, or 0. */
  readonly pool: bigint
  /** Number of the group of hosts, or 0. */
  readonly group: bigint
  readonly owned: bigint
  /** By offer, from the longest term on. */
  readonly committed: readonly bigint[]
  readonly prices: MixPrices
  /** Hours in which figures count, without a gap, from hour 0 on. */
  readonly spans: readonly SupplyHours[]
  readonly hours: number
}

/** An owned unit for an hour: its price spread over its life, truncated to 1e-8, and what it costs besides. */
const ownedHour = ({ price, life, hourly }: NonNullable<CapacityCosts['owned']>): bigint =>
  (life === null ? 0n : (parseAmount(price) * BigInt(HOUR)) / BigInt(life)) + parseAmount(hourly)

function pricesOf({ owned, committed, leased }: CapacityCosts): MixPrices {
  return {
    owned: owned === null ? null : ownedHour(owned),
    committed: byTerm(committed).map(({ term, hourly }) => ({ hourly: parseAmount(hourly), termHours: term / HOUR })),
    leased: parseAmount(leased.hourly),
  }
}

const byTerm = (offers: CapacityCosts['committed']) => [...offers].sort((a, b) => b.term - a.term)

const bought = ({ owned, committed }: CapacityCosts) => ({
  owned: BigInt(owned?.units ?? 0),
  committed: byTerm(committed).map(({ units }) => BigInt(units)),
})

/** Months by their clock hours. */
interface Month {
  readonly no: bigint
  readonly until: number
}

/** Clock hours as they come, those alike in one span, cut at the ends of months. */
function spansOf(
  rows: Iterable<readonly [from: number, hours: number, capacity: number, used: number]>,
  first: number,
  months: readonly Month[],
): SupplyHours[] {
  const spans: SupplyHours[] = []
  let month = 0
  for (const [from, hours, capacity, used] of rows)
    for (let at = from; at < from + hours; ) {
      while (months[month].until <= at) month++
      const until = Math.min(from + hours, months[month].until)
      spans.push({ month: months[month].no, from: at - first, hours: until - at, capacity, used })
      at = until
    }
  return spans
}

/** Everything with costs, pools first. */
export const suppliesOf = oncePerRecord<readonly Supply[]>(readSupplies)

function readSupplies(record: RunRecord): Supply[] {
  const { regions } = record.meta.scenario as unknown as Scenario
  const zones = regions.flatMap((region) => region.zones)
  if (zones.every(({ pools, hosts }) => [...pools, ...hosts].every(({ costs = null }) => costs === null))) return []
  const { utcOffset, end } = record.meta
  const hourOf = (instant: number): number => Math.floor((instant + utcOffset) / HOUR)
  const months = record
    .rows<{ no: bigint; next: bigint }>('SELECT no, next FROM months ORDER BY no')
    .map(({ no, next }) => ({ no, until: hourOf(Number(next)) }))
  const [{ since }] = record.rows<{ since: bigint }>('SELECT measured_hour AS since FROM run')
  const first = hourOf(Number(since))
  const last = hourOf(end - 1) + 1
  const pools = new Map(
    record.rows<{ id: bigint; pool: string }>('SELECT id, pool FROM pool_names').map(({ id, pool }) => [pool, id]),
  )
  const groups = new Map(
    record
      .rows<{ id: bigint; name: string }>(
        `SELECT g.id, z.zone || '/' || g.hosts AS name FROM host_groups g JOIN zones z ON z.id = g.zone_id`,
      )
      .map(({ id, name }) => [name, id]),
  )
  return zones.flatMap(({ id: zone, pools: sold, hosts }): Supply[] => [
    ...sold.flatMap(({ flavour, costs }) => {
      const name = `${zone}/${flavour}`
      const pool = pools.get(name)
      if (costs === null || pool === undefined) return []
      const spans = spansOf(poolHours(record, pool, hourOf), first, months)
      return [{ name, pool, group: 0n, ...bought(costs), prices: pricesOf(costs), spans, hours: last - first }]
    }),
    ...hosts.flatMap(({ id, costs }) => {
      const name = `${zone}/${id}`
      const group = groups.get(name)
      if (costs === null || group === undefined) return []
      const spans = spansOf(hostHours(record, group, { first, last, hourOf }), first, months)
      return [{ name, pool: 0n, group, ...bought(costs), prices: pricesOf(costs), spans, hours: last - first }]
    }),
  ])
}

type Hours = readonly [from: number, hours: number, capacity: number, used: number]

function poolHours(record: RunRecord, pool: bigint, hourOf: (instant: number) => number): Hours[] {
  preparePoolSpans(record)
  return record
    .rows<{ hour: bigint; hours: bigint; capacity: bigint; used: bigint }>(
      'SELECT hour, hours, capacity, held_ms AS used FROM pool_spans WHERE pool = ? ORDER BY hour',
      pool,
    )
    .map(({ hour, hours, capacity, used }) => [hourOf(Number(hour)), Number(hours), Number(capacity), Number(used)])
}

/**
 * Of hosts: those present in a clock hour, from when they join until they leave, and how many of them the dimension most in
 * use takes up.
 */
function hostHours(
  record: RunRecord,
  group: bigint,
  { first, last, hourOf }: { first: number; last: number; hourOf: (instant: number) => number },
): Hours[] {
  const capacity = new Int32Array(last - first)
  const used = new Float64Array(last - first)
  const { end } = record.meta
  const moves = record.rows<{ at: bigint; change: bigint }>(
    `SELECT m.at, CASE m.event WHEN ${word('add')} THEN 1 ELSE -1 END AS change FROM host_moves m JOIN hosts h ON h.id = m.host
     WHERE h.host_group = ? AND m.event IN (${word('add')}, ${word('remove')}) ORDER BY m.at, m.rowid`,
    group,
  )
  let present = 0
  for (const [index, { at, change }] of moves.entries()) {
    present += Number(change)
    const until = Number(moves[index + 1]?.at ?? end)
    // What lasted no time is no part of any hour.
    if (until === Number(at)) continue
    const to = Math.min(last, hourOf(until - 1) + 1)
    for (let hour = Math.max(first, hourOf(Number(at))); hour < to; hour++)
      capacity[hour - first] = Math.max(capacity[hour - first], present)
  }
  const rows = record.rows<Record<'hour' | 'vcpu' | 'memory' | 'gpu', bigint>>(
    `SELECT h.hour, CASE g.vcpu WHEN 0 THEN 0 ELSE h.vcpu_ms / g.vcpu END AS vcpu, CASE g.memory WHEN 0 THEN 0 ELSE h.memory_ms / g.memory END AS memory,
       CASE g.gpu WHEN 0 THEN 0 ELSE h.gpu_ms / g.gpu END AS gpu
     FROM host_hours h JOIN host_groups g ON g.id = h.host_group WHERE h.host_group = ? ORDER BY h.hour`,
    group,
  )
  for (const [index, { hour, vcpu, memory, gpu }] of rows.entries()) {
    const next = rows[index + 1]
    const to = next === undefined ? last : hourOf(Number(next.hour))
    for (let at = Math.max(first, hourOf(Number(hour))); at < to; at++)
      used[at - first] = Math.max(Number(vcpu), Number(memory), Number(gpu))
  }
  return Array.from(capacity, (units, index) => [first + index, 1, units, used[index]] as const)
}
