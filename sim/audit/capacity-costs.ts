/**
 * E-12: what owned, committed and leased capacity costs, hour by hour, and what the cheapest mix for the same capacity would
 * cost. Hours are those of the record, which `pools` and `hosts` judge; prices are the scenario's own text.
 */
import type { Scenario } from '#scenarios/schema.ts'
import { HOUR } from './civil-time.ts'
import { exactOf, floorOf, least, toMoney } from './exact.ts'

type Costs = NonNullable<Scenario['regions'][number]['zones'][number]['pools'][number]['costs']>

/** What a kind of units comes to in a month; `idleMs` in unit-milliseconds, money in whole 1e-8. */
export interface KindSums {
  readonly unitHours: bigint
  readonly idleMs: bigint
  readonly cost: bigint
  readonly idleCost: bigint
  readonly surplusCost: bigint
  readonly premium: bigint
}

export const supplyNames = ['owned', 'committed', 'leased'] as const
export type SupplyName = (typeof supplyNames)[number]

/** Units in a row: those before them are used first. */
interface Band {
  readonly name: SupplyName
  readonly units: bigint
  readonly hourly: bigint
}

const money = (text: string): bigint => toMoney(exactOf(0).plus(text), 'truncate')

/** An hour of an owned unit: its price over its life, truncated to 1e-8, and what it costs besides. */
const ownedHour = ({ price, life, hourly }: NonNullable<Costs['owned']>): bigint =>
  money(hourly) + (life === null ? 0n : toMoney(exactOf(0).plus(price).times(HOUR).div(life), 'truncate'))

const longestFirst = ({ committed }: Costs) => committed.toSorted((a, b) => b.term - a.term)

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** What `hours` hours come to in which so many units could be used, and so many unit-milliseconds were. */
export function costsOfHours(
  costs: Costs,
  { capacity, used, hours }: { readonly capacity: number; readonly used: number; readonly hours: number },
): Map<SupplyName, KindSums> {
  const fixed: Band[] = [
    ...(costs.owned === null
      ? []
      : [{ name: 'owned' as const, units: BigInt(costs.owned.units), hourly: ownedHour(costs.owned) }]),
    ...longestFirst(costs).map(({ units, hourly }) => ({
      name: 'committed' as const,
      units: BigInt(units),
      hourly: money(hourly),
    })),
  ]
  const leased = money(costs.leased.hourly)
  const bought = fixed.reduce((sum, { units }) => sum + units, 0n)
  const offered = BigInt(capacity)
  // Without owned units, leasing is the price that a committed one has to be below.
  const offers = [...fixed.map(({ hourly }) => hourly), ...(costs.owned === null ? [leased] : [])]
  const lowest = offers.reduce(least)
  const sums = new Map<SupplyName, KindSums>()
  let before = 0n
  for (const { name, units, hourly } of [
    ...fixed,
    { name: 'leased' as const, units: most(0n, offered - bought), hourly: leased },
  ]) {
    const busy = least(most(0n, BigInt(used) - before * BigInt(HOUR)), units * BigInt(HOUR))
    const idle = units * BigInt(HOUR) - busy
    const outside = least(units, most(0n, before + units - offered))
    add(sums, name, BigInt(hours), {
      unitHours: units,
      idleMs: idle,
      cost: units * hourly,
      idleCost: floorOf(idle * hourly, BigInt(HOUR)),
      surplusCost: name === 'leased' ? 0n : outside * hourly,
      premium: name === 'leased' ? units * most(0n, leased - lowest) : 0n,
    })
    before += units
  }
  return sums
}

const fields = ['unitHours', 'idleMs', 'cost', 'idleCost', 'surplusCost', 'premium'] as const

/** Adds so many times what an hour comes to. */
export function add(sums: Map<SupplyName, KindSums>, name: SupplyName, times: bigint, hour: KindSums): void {
  const known = sums.get(name)
  const sum = fields.map((field) => [field, (known?.[field] ?? 0n) + hour[field] * times])
  sums.set(name, Object.fromEntries(sum) as unknown as KindSums)
}

/**
 * The least that this capacity could cost: each unit is owned for all of the time, or committed for terms that follow one
 * another, or leased in the hours in which it is needed. Units that are needed in the same hours are decided together.
 */
export function cheapestCost(costs: Costs, capacity: Int32Array): bigint {
  const leased = money(costs.leased.hourly)
  const owned = costs.owned === null ? null : ownedHour(costs.owned) * BigInt(capacity.length)
  const offers = longestFirst(costs).toReversed()
  const levels = [...new Set(capacity)].filter((level) => level > 0).sort((a, b) => a - b)
  let [cost, below] = [0n, 0]
  for (const level of levels) {
    const term = offers.length === 0 ? capacity.length : offers[0].term / HOUR
    let blocks = needed(capacity, level, term).map((hours) => BigInt(hours) * leased)
    let length = term
    for (const offer of offers) {
      blocks = joined(blocks, offer.term / HOUR / length).map((one, index) => {
        const start = index * (offer.term / HOUR)
        const within = Math.min(offer.term / HOUR, capacity.length - start)
        return least(one, money(offer.hourly) * BigInt(within))
      })
      length = offer.term / HOUR
    }
    const each = blocks.reduce((sum, one) => sum + one, 0n)
    cost += (owned === null ? each : least(each, owned)) * BigInt(level - below)
    below = level
  }
  return cost
}

/** In how many hours of each stretch of `length` a level of capacity is needed. */
function needed(capacity: Int32Array, level: number, length: number): number[] {
  const counts = new Array<number>(Math.ceil(capacity.length / length)).fill(0)
  for (let hour = 0; hour < capacity.length; hour++) if (capacity[hour] >= level) counts[Math.floor(hour / length)]++
  return counts
}

/** Sums of so many neighbours. */
function joined(blocks: readonly bigint[], times: number): bigint[] {
  const sums = new Array<bigint>(Math.ceil(blocks.length / times)).fill(0n)
  for (const [index, block] of blocks.entries()) sums[Math.floor(index / times)] += block
  return sums
}
