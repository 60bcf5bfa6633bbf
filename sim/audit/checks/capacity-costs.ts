/** E-12: what each pool and group of hosts with costs comes to, by month, for reports to be compared with. */
import type { Database } from 'better-sqlite3'
import { add, cheapestCost, costsOfHours, type KindSums, type SupplyName } from '../capacity-costs.ts'
import type { AuditContext, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import type { Premises } from '../premises.ts'

export function capacityCosts({ premises, findings }: AuditContext): Check {
  return {
    record(database) {
      for (const { id: zone, pools, hosts } of premises.scenario.regions.flatMap(({ zones }) => zones)) {
        for (const { flavour, costs = null } of pools) {
          const id = costs && numberOf(database, poolSql, zone, flavour)
          if (costs !== null && id !== null) sum({ pool: id, group: 0 }, costs, hoursOfPool(premises, database, id))
        }
        for (const { id: name, costs = null } of hosts) {
          const id = costs && numberOf(database, groupSql, zone, name)
          if (costs !== null && id !== null) sum({ pool: 0, group: id }, costs, hoursOfHosts(premises, database, id))
        }
      }
    },
  }

  function sum(of: Of, costs: Parameters<typeof cheapestCost>[0], { capacity, used }: Hours): void {
    const { calendar } = premises
    const first = firstMeasured(premises)
    const months = new Map<number, Map<string, number>>()
    for (let hour = 0; hour < capacity.length; hour++) {
      const month = calendar.monthOf(first + hour * HOUR)
      const alike = months.get(month) ?? new Map<string, number>()
      months.set(month, alike)
      const key = `${capacity[hour]} ${used[hour]}`
      alike.set(key, (alike.get(key) ?? 0) + 1)
    }
    for (const [month, alike] of months) {
      const sums = new Map<SupplyName, KindSums>()
      for (const [key, hours] of alike) {
        const [units, busy] = key.split(' ').map(Number)
        for (const [name, one] of costsOfHours(costs, { capacity: units, used: busy, hours })) add(sums, name, 1n, one)
      }
      for (const [supply, one] of sums) findings.capacityCosts.push({ ...of, month, supply, ...one })
    }
    findings.cheapestCosts.push({ ...of, cost: cheapestCost(costs, capacity) })
  }
}

interface Of {
  readonly pool: number
  readonly group: number
}

/** By clock hour from the first measured one on: the largest capacity, and unit-milliseconds used. */
interface Hours {
  readonly capacity: Int32Array
  readonly used: Float64Array
}

const poolSql = 'SELECT p.id FROM pools p JOIN zones z ON z.id = p.zone_id WHERE z.zone = ? AND p.flavour = ?'
const groupSql = 'SELECT g.id FROM host_groups g JOIN zones z ON z.id = g.zone_id WHERE z.zone = ? AND g.hosts = ?'

const numberOf = (database: Database, sql: string, zone: string, name: string): number | null =>
  database.prepare<[string, string], number>(sql).pluck().get(zone, name) ?? null

/** The first clock hour that counts: that of the start, or the first that begins when measuring does. */
function firstMeasured({ calendar, scenario, start }: Premises): number {
  const since = scenario.measureFrom ?? start
  const hour = calendar.hourOf(since)
  return since === start || hour === since ? hour : hour + HOUR
}

const emptyHours = (premises: Premises): Hours => {
  const length = Math.max(0, Math.ceil((premises.end - firstMeasured(premises)) / HOUR))
  return { capacity: new Int32Array(length), used: new Float64Array(length) }
}

/** Rows in the order of time, each for all hours up to the next. */
function eachHour<R extends readonly number[]>(
  premises: Premises,
  rows: readonly R[],
  visit: (hour: number, row: R) => void,
) {
  const first = firstMeasured(premises)
  let next = 0
  for (let hour = 0, at = first; at < premises.end; hour++, at += HOUR) {
    while (next < rows.length && rows[next][0] <= at) next++
    if (next > 0) visit(hour, rows[next - 1])
  }
}

function hoursOfPool(premises: Premises, database: Database, pool: number): Hours {
  const hours = emptyHours(premises)
  const rows = database
    .prepare<[number], [number, number, number]>(
      'SELECT hour, capacity, held_ms FROM pool_hours WHERE pool = ? ORDER BY hour',
    )
    .raw()
    .all(pool) as [number, number, number][]
  const byClock = rows.map(([at, ...rest]) => [premises.calendar.hourOf(at), ...rest] as const)
  eachHour(premises, byClock, (hour, [, capacity, held]) => {
    hours.capacity[hour] = capacity
    hours.used[hour] = held
  })
  return hours
}

/** Hosts count from when they join until they leave; the dimension most in use says how many are used. */
function hoursOfHosts(premises: Premises, database: Database, group: number): Hours {
  const hours = emptyHours(premises)
  const rows = database
    .prepare<[number], number[]>(
      `SELECT h.hour, h.vcpu_ms, h.memory_ms, h.gpu_ms, g.vcpu, g.memory, g.gpu
       FROM host_hours h JOIN host_groups g ON g.id = h.host_group WHERE h.host_group = ? ORDER BY h.hour`,
    )
    .raw()
    .all(group) as number[][]
  const byClock = rows.map(([at, ...rest]) => [premises.calendar.hourOf(at), ...rest])
  eachHour(premises, byClock, (hour, [, ...sizes]) => {
    const shares = sizes.slice(0, 3).map((used, at) => (sizes[at + 3] === 0 ? 0 : Math.floor(used / sizes[at + 3])))
    hours.used[hour] = Math.max(...shares)
  })
  const moves = database
    .prepare<[number], [number, number]>(
      'SELECT m.at, m.event FROM host_moves m JOIN hosts h ON h.id = m.host WHERE h.host_group = ? ORDER BY m.at, m.rowid',
    )
    .raw()
    .all(group) as [number, number][]
  const first = firstMeasured(premises)
  let [present, since] = [0, premises.start]
  const stay = (until: number): void => {
    for (
      let hour = Math.max(0, Math.floor((since - first) / HOUR));
      first + hour * HOUR < until && until > since;
      hour++
    )
      if (hour < hours.capacity.length) hours.capacity[hour] = Math.max(hours.capacity[hour], present)
  }
  for (const [at, event] of moves) {
    const change = premises.word(event) === 'add' ? 1 : premises.word(event) === 'remove' ? -1 : 0
    if (change === 0) continue
    stay(at)
    present += change
    since = at
  }
  stay(premises.end)
  return hours
}
