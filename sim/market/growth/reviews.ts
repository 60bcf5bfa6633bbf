/**
 * Reviews of the use of a pool or of hosts (E-12). A rule looks at regular intervals at what was in use before anything else
 * happens at that instant, and decides by the capacity that it will have when all that it has ordered or released is done.
 */
import type { Row } from '../../cell/table.ts'
import { growHosts } from '../hosts/host-changes.ts'
import { growPool } from '../servers/pools.ts'
import type { Growth, GrowthRule } from './growth.ts'

type Event = 'order-units' | 'units-arrive' | 'release-units' | 'units-leave'
type Rule = Row<'ordered'>

const HUNDRED_PERCENT = 10_000_000_000n

/** The first reviews of all rules of a cell. */
export function openGrowth(market: Growth): void {
  const { rules, timers, world } = market
  rules.forEach(({ plan }, rule) => {
    timers.wake('useReviewed', world.scenario.start + plan.every, rule)
  })
}

/** Units that are planned without the rule. */
function scheduled({ servers }: Growth, { of }: GrowthRule): number {
  return 'pool' in of ? servers.pools.scheduled[of.pool] : servers.hostChapter.groups.scheduled[of.group]
}

/** Units beyond the schedule once all that is decided is done. */
const beyond = ({ ordered: { coming, present, leaving } }: Growth, rule: Rule): number =>
  coming[rule] + present[rule] - leaving[rule]

/** What is in use and what one unit offers, by dimension: servers of a pool; vCPU, memory and GPU of hosts. */
function use({ servers }: Growth, { of }: GrowthRule): readonly (readonly [used: number, each: number])[] {
  if ('pool' in of) return [[servers.pools.held[of.pool], 1]]
  const { groups, plans } = servers.hostChapter
  const [vcpu, memory, gpu] = plans[of.group].room
  return [
    [groups.vcpu[of.group], vcpu],
    [groups.memory[of.group], memory],
    [groups.gpu[of.group], gpu],
  ]
}

/** Whether in any dimension more than a percentage (x 1e8) of so many units is in use. */
const isAbove = (dimensions: ReturnType<typeof use>, units: number, percent: bigint): boolean =>
  dimensions.some(([used, each]) => BigInt(used) * HUNDRED_PERCENT > percent * BigInt(units) * BigInt(each))

/** Whether in every dimension less than a percentage (x 1e8) of so many units is in use. */
const isBelow = (dimensions: ReturnType<typeof use>, units: number, percent: bigint): boolean =>
  dimensions.every(
    ([used, each]) => each === 0 || BigInt(used) * HUNDRED_PERCENT < percent * BigInt(units) * BigInt(each),
  )

export function review(market: Growth, rule: Rule): void {
  const { rules, ordered, timers, now } = market
  const { plan, above, below } = rules[rule]
  timers.wake('useReviewed', now + plan.every, rule)
  const dimensions = use(market, rules[rule])
  const units = scheduled(market, rules[rule]) + beyond(market, rule)
  if (isAbove(dimensions, units, above)) {
    const more = Math.min(plan.order.units, plan.order.most - units)
    if (more > 0) order(market, rule, more)
    return
  }
  if (plan.release === null || !isBelow(dimensions, units, below)) return
  const fewer = Math.min(plan.release.units, ordered.present[rule] - ordered.leaving[rule])
  // What is released now would be ordered again by the next review.
  if (fewer > 0 && !isAbove(dimensions, units - fewer, above)) release(market, rule, fewer)
}

function order(market: Growth, rule: Rule, units: number): void {
  const { rules, ordered, timers, now } = market
  const due = now + rules[rule].plan.order.lead
  ordered.coming[rule] += units
  timers.wake('unitsArrive', due, rule, units)
  write(market, rule, 'order-units', units, due)
}

function release(market: Growth, rule: Rule, units: number): void {
  const { rules, ordered, timers, now } = market
  const due = now + (rules[rule].plan.release?.lead ?? 0)
  ordered.leaving[rule] += units
  timers.wake('unitsLeave', due, rule, units)
  write(market, rule, 'release-units', units, due)
}

/** Units that were ordered are there. */
export function arrive(market: Growth, rule: Rule, units: number): void {
  const { ordered, now } = market
  ordered.coming[rule] -= units
  ordered.present[rule] += units
  grow(market, rule, units)
  write(market, rule, 'units-arrive', units, now)
}

/** Units that were released are gone; servers that hold them stay until they end (E-01), and hosts drain (E-10). */
export function leave(market: Growth, rule: Rule, units: number): void {
  const { ordered, now } = market
  ordered.leaving[rule] -= units
  ordered.present[rule] -= units
  grow(market, rule, -units)
  write(market, rule, 'units-leave', units, now)
}

function grow({ rules, servers }: Growth, rule: Rule, units: number): void {
  const { of } = rules[rule]
  if ('pool' in of) growPool(servers, of.pool, units)
  else growHosts(servers.hostChapter, of.group, units)
}

function write(market: Growth, rule: Rule, event: Event, units: number, due: number): void {
  const { facts, servers, now } = market
  const { of } = market.rules[rule]
  facts.capacity_orders({
    pool: 'pool' in of ? servers.pools.id[of.pool] : 0,
    host_group: 'group' in of ? servers.hostChapter.groups.id[of.group] : 0,
    at: now,
    event: market.word(event),
    units,
    due,
    ordered: beyond(market, rule),
    rule: market.word('E-12'),
  })
}

/** E-12: what pools and groups have beyond their schedule is what their rules ordered, and never less than is released. */
export function checkGrowth({ rules, ordered, servers }: Growth): void {
  const { pools, hostChapter } = servers
  rules.forEach(({ of }, rule) => {
    const grown = 'pool' in of ? pools.grown[of.pool] : hostChapter.groups.grown[of.group]
    const { present, leaving, coming } = ordered
    if (grown !== present[rule] || leaving[rule] > present[rule] || coming[rule] < 0)
      throw new Error(
        `E-12: ${grown} units were added by a rule that has ${present[rule]}, ${leaving[rule]} of them leaving`,
      )
  })
}
