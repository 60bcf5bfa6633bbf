/**
 * E-11: as many interruptible servers make room for a request as it lacks, or get notice for it; none where they are too few, and
 * no request is refused for which they would do. Judged are requests at the full price that are all that happens to their pool at
 * their instant, so that what it held and who waited just before is known.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { grownCapacity, together } from '../growth.ts'
import { holdsAfter } from '../holding.ts'
import { kinds } from '../kinds.ts'
import { givesOut, planOf, type Selling } from '../pool-demand.ts'
import type { PoolPremise } from '../premises.ts'
import { readServers, type Server } from './interruptions.ts'

export function madeRoom(context: AuditContext): Check {
  return {
    record(database, mass) {
      const lenders = [...context.premises.pools.values()].filter(({ spot, isOnHosts }) => spot !== null && !isOnHosts)
      if (lenders.length === 0) return
      const servers = Map.groupBy(readServers(context, database, mass).values(), ({ pool }) => pool)
      const grown = grownCapacity(context, database, mass).pools
      for (const pool of lenders)
        new Lender(context, database, {
          ...pool,
          capacities: together(pool.capacities, grown.get(pool.id)?.added ?? []),
        }).judge(servers.get(pool.id) ?? [])
    },
  }
}

/** What a pool was asked for at an instant by one account, and what came of it. */
interface Request {
  readonly account: number
  readonly units: number
  readonly outcome: 'placed' | 'waits' | 'refused'
  /** A server that is started again, for which no notice is given. */
  readonly isStart: boolean
}

/** Something that happens to a pool at an instant. */
interface Mark {
  readonly at: number
  readonly request?: Request
  /** The server that has got notice, or from which that is taken. */
  readonly notice?: { readonly instance: number; readonly isOn: boolean; readonly by: number }
  readonly step?: { readonly server: Server; readonly to: number; readonly isNew: boolean; readonly isTaken: boolean }
  readonly line?: { readonly units: number; readonly order: number }
  readonly isPlan?: true
}

class Lender {
  readonly #context: AuditContext
  readonly #database: Database
  readonly #pool: PoolPremise
  readonly #selling: readonly Selling[]
  readonly #notice: number
  readonly #segments: ReadonlyMap<number, string>
  readonly #holders = new Set<number>()
  /** Interruptible servers that run. */
  readonly #running = new Set<number>()
  readonly #noticed = new Set<number>()
  #wanted = 0

  constructor(context: AuditContext, database: Database, pool: PoolPremise) {
    this.#context = context
    this.#database = database
    this.#pool = pool
    const { selling, notice } = planOf(context, database, pool.id)
    this.#selling = selling
    this.#notice = notice
    this.#segments = new Map(database.prepare<[], [number, string]>('SELECT id, segment FROM accounts').raw().all())
  }

  judge(servers: readonly Server[]): void {
    for (const marks of Map.groupBy(this.#marks(servers), ({ at }) => at).values()) {
      this.#judgeInstant(marks)
      for (const mark of marks) this.#apply(mark)
    }
  }

  /** All that happens to the pool, in the order of time. */
  #marks(servers: readonly Server[]): Mark[] {
    const { words, premises } = this.#context
    const rows = <T extends unknown[]>(sql: string): T[] =>
      this.#database.prepare<[number], T>(sql).raw().all(this.#pool.id) as T[]
    const taken = new Set<string>()
    const marks: Mark[] = []
    const events = 'SELECT at, instance_id, event, wanted_by FROM interruptions WHERE pool = ? ORDER BY rowid'
    for (const [at, instance, event, by] of rows<[number, number, number, number]>(events)) {
      if (event === words.interrupt) taken.add(`${instance} ${at}`)
      marks.push({ at, notice: { instance, isOn: event === words.notice, by } })
    }
    for (const server of servers)
      for (const [index, { at, to, event }] of server.steps.entries()) {
        const isTaken = event === words.interrupt && taken.has(`${server.id} ${at}`)
        marks.push({ at, step: { server, to, isNew: index === 0, isTaken } })
      }
    for (const { since } of [...this.#pool.capacities, ...this.#selling]) marks.push({ at: since, isPlan: true })
    const wait = premises.number('wait')
    const waits = `SELECT w.at, w.event, w.order_id, w.quantity, o.account FROM pool_waits w JOIN orders o ON o.id = w.order_id
      WHERE w.pool = ? ORDER BY w.rowid`
    const placed = new Set<string>()
    for (const [at, event, order, quantity, account] of rows<number[]>(waits)) {
      marks.push({ at, line: { units: event === wait ? quantity : -quantity, order } })
      if (event === wait) {
        placed.add(`${order} ${at}`)
        marks.push({ at, request: { account, units: quantity, outcome: 'waits', isStart: false } })
      }
    }
    for (const [at, order, account, units] of rows<number[]>(
      'SELECT at, id, account, instances FROM orders WHERE pool = ?',
    ))
      if (units > 0 && !placed.has(`${order} ${at}`))
        marks.push({ at, request: { account, units, outcome: 'placed', isStart: false } })
    const refusals = `SELECT at, account, quantity, rule = ${premises.number('E-01')} FROM refusals
      WHERE pool = ? AND code = ${premises.number('capacity-sold-out')}`
    for (const [at, account, units, isStart] of rows<number[]>(refusals))
      marks.push({ at, request: { account, units, outcome: 'refused', isStart: isStart === 1 } })
    return marks.sort((a, b) => a.at - b.at)
  }

  /** Judges the one request of an instant. */
  #judgeInstant(marks: readonly Mark[]): void {
    const { premises, findings } = this.#context
    const { at } = marks[0]
    const asked = marks.flatMap(({ request }) => request ?? [])
    if (asked.length !== 1) return
    const [request] = asked
    if (premises.isInterruptible(this.#segments.get(request.account) ?? '')) return
    const isAlone = marks.every(
      ({ isPlan, step, notice, line }) =>
        isPlan !== true &&
        (step === undefined || step.isNew || step.isTaken || this.#isNewServer(step.server, at)) &&
        (notice === undefined || notice.by === request.account) &&
        (line === undefined || line.units > 0),
    )
    const now = this.#selling.findLast(({ since }) => since < at)
    if (!isAlone || now === undefined || !givesOut(now)) return
    const planned = this.#pool.capacities.findLast(({ since }) => since < at)?.capacity ?? 0
    const free = planned - this.#holders.size
    const isStrict = premises.policyAt('queue.discipline', at) === 'fifo'
    const hasRoom = Math.max(free, 0) >= request.units && !(this.#wanted > 0 && isStrict)
    const lack = request.units + this.#wanted - free - this.#noticed.size
    const ready = [...this.#running].filter((id) => !this.#noticed.has(id)).length
    const mayAsk = !hasRoom && !(request.isStart && this.#notice > 0)
    const due = mayAsk && lack > 0 && ready >= lack ? lack : 0
    const made = marks.filter(({ notice }) => notice?.by === request.account).length
    const described = (text: string) => () => ({ subject: `pool ${this.#pool.id}`, at, text })
    findings.compare(
      kinds.interruption,
      made,
      due,
      described('servers that make room for a request, as many as it lacks'),
    )
    if (request.outcome === 'placed') return
    const isServed = hasRoom || (mayAsk && (this.#notice > 0 ? lack - due <= 0 : due > 0 && this.#wanted === 0))
    const isRefusing = premises.policyAt('pool.whenFull', at) === 'refuse' || request.isStart
    if (request.outcome === 'refused')
      findings.compare(kinds.interruption, isServed ? 0 : 1, 1, described('a request that is refused lacks units'))
    else if (isRefusing)
      findings.compare(
        kinds.interruption,
        isServed ? 1 : 0,
        1,
        described('a request waits for servers that have got notice'),
      )
  }

  /** A server that came to be at this instant may take more than one step. */
  #isNewServer({ steps }: Server, at: number): boolean {
    return steps[0].at === at
  }

  #apply({ at, step, notice, line }: Mark): void {
    const { premises, words } = this.#context
    if (line !== undefined) this.#wanted += line.units
    if (notice !== undefined) {
      if (notice.isOn) this.#noticed.add(notice.instance)
      else this.#noticed.delete(notice.instance)
    }
    if (step === undefined) return
    const { server, to } = step
    const billing = server.isPayPerUse ? words.payPerUse : 0
    if (holdsAfter(this.#context, { at, to, billing }, this.#holders.has(server.id))) this.#holders.add(server.id)
    else this.#holders.delete(server.id)
    const lends = server.isPayPerUse && premises.isInterruptible(server.segment) && to === words.running
    if (lends) this.#running.add(server.id)
    else this.#running.delete(server.id)
  }
}
