/**
 * E-11: every interruption follows a notice as long as its pool gives, for a request of a buyer at the full price, and takes
 * no server while one of a lower priority, or a younger one of the same, runs without notice. Discounts are as planned.
 */
import type { Database } from 'better-sqlite3'
import type { MassFacts } from '../../record/column-facts.ts'
import type { AuditContext, Check } from '../check.ts'
import { kinds } from '../kinds.ts'
import { plannedSpot, recordedSpot, type SpotSteps, termsOf } from '../spot-prices.ts'

/** A server of a pool that lends its units. */
export interface Server {
  readonly id: number
  readonly pool: number
  readonly segment: string
  readonly isPayPerUse: boolean
  /** Steps by number of their place in the record. */
  readonly steps: { readonly at: number; readonly to: number; readonly event: number }[]
}

interface Event {
  readonly instance: number
  readonly at: number
  readonly event: number
  readonly pool: number
  readonly by: number
}

export function interruptions(context: AuditContext): Check {
  return {
    record(database, mass) {
      judgeDiscounts(context, database)
      if ([...context.premises.pools.values()].some(({ spot }) => spot !== null)) judgeServers(context, database, mass)
    },
  }
}

/** By number: zone and flavour of each pool. */
const poolNames = (database: Database) =>
  database
    .prepare<[], [number, string, string]>(
      'SELECT p.id, z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id',
    )
    .raw()
    .all()

function judgeDiscounts({ premises, findings }: AuditContext, database: Database): void {
  for (const [pool, zone, flavour] of poolNames(database)) {
    const terms = termsOf(premises.scenario, zone, flavour)
    const recorded = recordedSpot(database, pool)
    const due = terms === null ? [] : dueDiscounts(premises, recorded, zone, flavour)
    for (let index = 0; index < Math.max(recorded.length, due.length); index++) {
      const [is, should] = [recorded[index], due[index]]
      const at = (is ?? should).since
      const agrees = is?.since === should?.since && Number(is?.percentOff) === Number(should?.percentOff)
      if (agrees) findings.agree(kinds.spotPrice, 1)
      else
        findings.differ(
          kinds.spotPrice,
          `pool ${pool}`,
          at,
          Math.round(Number(is?.percentOff ?? 0) * 1e8),
          Math.round(Number(should?.percentOff ?? 0) * 1e8),
          `discount ${is?.percentOff ?? 'missing'}, planned ${should?.percentOff ?? 'none'}`,
        )
    }
  }
}

/** Planned steps; of drawn ones the record gives the value, which is a whole percent, and the plan gives the instants. */
function dueDiscounts(
  premises: AuditContext['premises'],
  recorded: SpotSteps,
  zone: string,
  flavour: string,
): SpotSteps {
  const { scenario, start, end } = premises
  const planned = plannedSpot(scenario, zone, flavour)
  if (planned !== undefined) {
    const first = Math.max(
      0,
      planned.findLastIndex(({ since }) => since <= start),
    )
    return planned
      .slice(first)
      .map((step, index) => (index === 0 ? { ...step, since: start } : step))
      .filter(({ since }) => since < end)
  }
  const every = termsOf(scenario, zone, flavour)?.random?.every ?? end - start
  const due: { since: number; percentOff: string }[] = []
  for (let at = start; at < end; at += every) {
    const drawn = Number(recorded[due.length]?.percentOff ?? 0)
    due.push({ since: at, percentOff: String(Math.min(100, Math.max(0, Math.round(drawn)))) })
  }
  return due
}

function judgeServers(context: AuditContext, database: Database, mass: MassFacts): void {
  const { premises, words, findings } = context
  const servers = readServers(context, database, mass)
  const segments = new Map(database.prepare<[], [number, string]>('SELECT id, segment FROM accounts').raw().all())
  const notices = new Map(
    poolNames(database).map(([id, zone, flavour]) => [id, termsOf(premises.scenario, zone, flavour)?.notice ?? 0]),
  )
  const requests = requestsOf(database, servers, words)
  const events = database
    .prepare<[], Event>(
      'SELECT instance_id AS instance, at, event, pool, wanted_by AS "by" FROM interruptions ORDER BY at, rowid',
    )
    .all()
  const noticed = new Map<number, number>()
  const complain = ({ instance, at }: Event, text: string): void =>
    findings.differ(kinds.interruption, `instance ${instance}`, at, 1, 0, text)
  // A server may be interrupted, continue, and be interrupted again at one instant.
  const taken = new Map<string, number>()
  const byPool = Map.groupBy(servers.values(), ({ pool }) => pool)
  for (const [index, event] of events.entries()) {
    const server = servers.get(event.instance)
    const notice = notices.get(event.pool) ?? 0
    const isFirst = event.event === words.notice || (event.event === words.interrupt && notice === 0)
    const isInterruption = event.event === words.interrupt
    if (server === undefined || !server.isPayPerUse || !premises.isInterruptible(server.segment))
      complain(event, 'the server is not interruptible')
    else if (isFirst && premises.isInterruptible(segments.get(event.by) ?? ''))
      complain(event, 'taken back for a buyer of interruptible servers')
    else if (isFirst && !requests.has(`${event.pool} ${event.at} ${event.by}`))
      complain(event, 'taken back although nothing was requested')
    else if (isFirst && isOutOfTurn(context, byPool.get(event.pool) ?? [], server, event, noticed, events, index))
      complain(event, 'taken back before one of lower priority, or a younger one')
    else if (isInterruption && notice > 0 && noticed.get(event.instance) !== event.at - notice)
      complain(event, `without a notice ${notice} ms before`)
    else findings.agree(kinds.interruption, 1)
    if (event.event === words.notice) noticed.set(event.instance, event.at)
    else noticed.delete(event.instance)
    const key = `${event.instance} ${event.at}`
    if (isInterruption) taken.set(key, (taken.get(key) ?? 0) + 1)
  }
  for (const { id, steps } of servers.values())
    for (const { at, event } of steps) {
      if (event !== words.interrupt) continue
      const left = taken.get(`${id} ${at}`) ?? 0
      taken.set(`${id} ${at}`, left - 1)
      if (left < 1) complain({ instance: id, at, event, pool: 0, by: 0 }, 'interrupted without a record of why')
    }
  for (const mine of byPool.values()) judgeReturns(context, database, mine)
  for (const [key, left] of taken) {
    if (left < 1) continue
    const [instance, at] = key.split(' ').map(Number)
    complain({ instance, at, event: 0, pool: 0, by: 0 }, 'recorded as interrupted, but it ran on')
  }
}

/**
 * Interrupted servers run again in their turn: those of the highest priority first, of these the oldest, and none before an order
 * that waits for the pool.
 */
function judgeReturns(
  { premises, words, findings }: AuditContext,
  database: Database,
  servers: readonly Server[],
): void {
  const interrupted = servers.flatMap(({ id, segment, steps }) =>
    steps.flatMap(({ at, event }, index) => {
      if (event !== words.interrupt) return []
      const next = steps[index + 1]
      const priority = premises.scenario.buyers.find((buyers) => buyers.segment === segment)?.priority ?? 0
      return [
        { id, priority, from: at, until: next?.at ?? Number.POSITIVE_INFINITY, isBack: next?.to === words.running },
      ]
    }),
  )
  const pool = servers[0]?.pool ?? 0
  const wait = premises.number('wait')
  const waits = database
    .prepare<[number, number, number], [number, number | null]>(
      `SELECT w.at, (SELECT min(e.at) FROM pool_waits e WHERE e.order_id = w.order_id AND e.event <> ? AND e.rowid > w.rowid)
      FROM pool_waits w WHERE w.pool = ? AND w.event = ?`,
    )
    .raw()
    .all(wait, pool, wait)
  for (const back of interrupted) {
    if (!back.isBack) continue
    const at = back.until
    const before = interrupted.find(
      (other) =>
        (other.priority > back.priority || (other.priority === back.priority && other.id < back.id)) &&
        other.from < at &&
        other.until > at,
    )
    const isLast = waits.some(([since, until]) => since < at && (until ?? Number.POSITIVE_INFINITY) > at)
    if (before === undefined && !isLast) findings.agree(kinds.interruption, 1)
    else {
      const text = `runs again before ${before === undefined ? 'an order that waits' : `instance ${before.id}`}`
      findings.differ(kinds.interruption, `instance ${back.id}`, at, 1, 0, text)
    }
  }
}

/** Whether another interruptible server of the pool ran then, without notice, that was to go first. */
function isOutOfTurn(
  { premises, words }: AuditContext,
  others: readonly Server[],
  server: Server,
  { at }: Event,
  noticed: ReadonlyMap<number, number>,
  events: readonly Event[],
  index: number,
): boolean {
  const priority = (segment: string): number =>
    premises.scenario.buyers.find((buyers) => buyers.segment === segment)?.priority ?? 0
  const own = priority(server.segment)
  return others.some((other) => {
    if (other === server || !other.isPayPerUse || !premises.isInterruptible(other.segment)) return false
    const lower = priority(other.segment) < own || (priority(other.segment) === own && other.id > server.id)
    if (!lower || noticed.has(other.id)) return false
    // Steps of this very instant may come before or after; what ran through it counts.
    const ran = other.steps.findLast((step) => step.at < at)?.to === words.running
    const moved = other.steps.some((step) => step.at === at)
    return ran && !moved && !events.slice(0, index).some((event) => event.at === at && event.instance === other.id)
  })
}

export function readServers(
  { premises, words }: AuditContext,
  database: Database,
  mass: MassFacts,
): Map<number, Server> {
  const sql = 'SELECT i.id, i.pool, a.segment, i.billing FROM instances i JOIN accounts a ON a.id = i.account'
  const servers = new Map<number, Server>()
  for (const [id, pool, segment, billing] of database.prepare<[], [number, number, string, number]>(sql).raw().all())
    if (premises.pools.get(pool)?.spot)
      servers.set(id, { id, pool, segment, isPayPerUse: billing === words.payPerUse, steps: [] })
  const table = mass.table('instance_steps')
  const [at, instance, to, event] = ['at', 'instance_id', 'to_state', 'event'].map((name) => table.column(name).values)
  for (let row = 0; row < table.rows; row++)
    servers.get(instance[row])?.steps.push({ at: at[row], to: to[row], event: event[row] })
  return servers
}

/** Orders that came to a pool, or began to wait for it when they were paid, and servers that were started again, as `pool instant account`. */
function requestsOf(
  database: Database,
  servers: ReadonlyMap<number, Server>,
  words: AuditContext['words'],
): Set<string> {
  const rows = database
    .prepare<[], [number, number, number]>(
      `SELECT pool, at, account FROM orders WHERE pool > 0
      UNION ALL SELECT pool, at, account FROM refusals WHERE pool > 0
      UNION ALL SELECT pool, at, account FROM instances
      UNION ALL SELECT w.pool, w.at, o.account FROM pool_waits w JOIN orders o ON o.id = w.order_id`,
    )
    .raw()
    .all()
  const requests = new Set(rows.map((row) => row.join(' ')))
  const owners = new Map(database.prepare<[], [number, number]>('SELECT id, account FROM instances').raw().all())
  for (const { id, pool, steps } of servers.values())
    for (const { at, to } of steps) if (to === words.running) requests.add(`${pool} ${at} ${owners.get(id)}`)
  return requests
}
