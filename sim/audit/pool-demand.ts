/**
 * E-01, E-02: what a pool was asked for, judged in the order of admission. Each refusal and each wait was due by what was held just
 * then, nothing was given out that the pool does not give out, and who waits is served first come first served, as soon as there is room.
 * Of several requests at one instant the record has no order, so that each is judged by a state that the pool had at that instant,
 * and never by an earlier one than the request before it.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext } from './check.ts'
import { kinds } from './kinds.ts'

type Row = readonly number[]

/** A refusal, or an order that begins to wait. */
interface Asked {
  readonly at: number
  readonly units: number
  /** The code of a refusal; 'wait' of an order that waits. */
  readonly code: string
  readonly rule: string
  readonly subject: string
  /** The order that begins to wait; 0 for a refusal. */
  readonly order: number
}

interface Waiting {
  readonly order: number
  readonly units: number
  readonly since: number
  /** E-11: those of a higher priority are before it in line. */
  readonly priority: number
  /** When it leaves the line, and how. */
  until: number
  isAdmitted: boolean
}

/** What a pool gives out from an instant on, by plan. */
export interface Selling {
  readonly since: number
  readonly status: string
  readonly isDown: boolean
}

/** What a pool could give at some instant. */
export interface Supply {
  readonly free: number
  /** E-10: whether hosts have room for so many servers together, but not each by itself. */
  isFragmented(units: number): boolean
  /** E-10: servers that are to be placed again before all others. */
  readonly restarts: number
  /** How many of these are known for certain; left out on hosts, where servers that were stopped are among them. */
  readonly broken?: number
  /** E-11: interrupted servers that wait for room; left out on hosts. */
  readonly interrupted?: number
}

const byPool = new WeakMap<Database, ReadonlyMap<number, { asked: Asked[]; waits: Waiting[] }>>()

export class PoolDemand {
  readonly #context: AuditContext
  readonly #pool: number
  readonly #asked: readonly Asked[]
  readonly #waits: readonly Waiting[]
  readonly #selling: readonly Selling[]
  readonly #isNoticed: boolean
  #next = 0
  /** The next in `#waits` that has not begun to wait, and those that wait, in line. */
  #nextWait = 0
  #line: Waiting[] = []
  /** Up to where the line is judged. */
  #judged = Number.NEGATIVE_INFINITY
  #free = 0
  /** When there was more to give than before: who waits is called, and newcomers are behind them until they are served. */
  #calledAt = Number.NEGATIVE_INFINITY

  constructor(context: AuditContext, database: Database, pool: number) {
    this.#context = context
    this.#pool = pool
    const { asked, waits } = demandOf(context, database).get(pool) ?? { asked: [], waits: [] }
    this.#asked = asked
    this.#waits = waits
    const plan = planOf(context, database, pool)
    this.#selling = plan.selling
    this.#isNoticed = plan.notice > 0
  }

  /** The pool has this from the last instant on until this one, at which more may follow; also asked right after each change. */
  pass(until: number, supply: Supply): void {
    if (supply.free > this.#free) this.#calledAt = until
    this.#free = supply.free
    for (let asked = this.#asked[this.#next]; asked !== undefined && asked.at <= until; ) {
      const isDue = this.#isDue(asked, supply)
      if (!isDue && asked.at === until) break
      this.#judge(asked, isDue, supply.free)
      asked = this.#asked[++this.#next]
    }
    if (until === this.#judged) return
    if (this.#line.length > 0 || this.#waits[this.#nextWait]?.since < until) this.#keepLine(until, supply)
    const { broken = 0, interrupted = 0, free } = supply
    if (broken > 0) this.#judgeAbsent(until, broken, free, 'not placed again although there is room (E-10)')
    else if (interrupted > 0 && this.#line.length === 0 && supply.restarts === 0)
      this.#judgeAbsent(until, interrupted, free, 'interrupted although there is room (E-11)')
    this.#judged = until
  }

  /** A server takes a unit: one that broke at this instant (E-10) after what was planned for it began, a new one after all `others` that broke. */
  take(at: number, instance: number, { brokeNow = false, others = 0 } = {}): void {
    const { findings } = this.#context
    if (others > 0) {
      const text = `gets a unit of pool ${this.#pool} before servers that are to be placed again (E-10)`
      findings.differ(kinds.poolTurn, `instance ${instance}`, at, 1, others, text)
    }
    const [before, ...planned] = this.#during(at)
    const selling = brokeNow && planned.length > 0 ? planned : [before, ...planned]
    if (selling.some(givesOut)) findings.agree(kinds.poolTurn, 1)
    else
      findings.differ(kinds.poolTurn, `instance ${instance}`, at, 1, 0, `pool ${this.#pool} gives out nothing (E-02)`)
  }

  #judge({ at, units, code, subject }: Asked, isDue: boolean, free: number): void {
    const { findings } = this.#context
    if (isDue) findings.agree(kinds.poolTurn, units)
    else
      findings.differ(kinds.poolTurn, subject, at, units, free, `${code} in pool ${this.#pool}, for no reason (E-02)`)
  }

  /** What the pool gives out at an instant: what it did as it began, and what is planned for it. */
  #during(at: number): Selling[] {
    const before = this.#selling.findLast(({ since }) => since < at) ?? this.#selling[0]
    return [before, ...this.#selling.filter(({ since }) => since === at)]
  }

  #isDue(asked: Asked, supply: Supply): boolean {
    const { at, units, code, rule } = asked
    const selling = this.#during(at)
    const isOpen = ({ status, isDown }: Selling): boolean => status !== 'abandoned' && !isDown
    const isRefusing = rule !== 'E-02' || this.#context.premises.policyAt('pool.whenFull', at) === 'refuse'
    if (code === 'flavour-abandoned') return selling.some(({ status }) => status === 'abandoned')
    const lacks = (each: Selling): boolean =>
      each.status === 'sold-out' || supply.free < units || this.#isBehind(asked, supply)
    if (code === 'wait')
      return (
        (!isRefusing || this.#isNoticed) &&
        selling.some((each) => each.status !== 'abandoned' && (each.isDown || lacks(each)))
      )
    if (!isRefusing) return false
    if (code === 'zone-down') return selling.some(({ status, isDown }) => status !== 'abandoned' && isDown)
    if (code === 'no-host')
      return selling.some((each) => isOpen(each) && each.status === 'normal') && supply.isFragmented(units)
    return selling.some(
      (each) => isOpen(each) && lacks(each) && (each.status === 'sold-out' || !supply.isFragmented(units)),
    )
  }

  /** Whether a request comes after others: in strict order after all who wait, else while what has become free is given out. */
  #isBehind({ at, order }: Asked, { restarts }: Supply): boolean {
    const others = [...this.#line, ...this.#waits.slice(this.#nextWait).filter(({ since }) => since <= at)].filter(
      (each) => each.until >= at && each.order !== order,
    )
    const isCalled =
      this.#calledAt === at ||
      this.#selling.some(({ since }) => since === at) ||
      others.some(({ since, until }) => since === at || until === at)
    if (restarts > 0 && isCalled) return true
    return others.length > 0 && (isCalled || this.#context.premises.policyAt('queue.discipline', at) === 'fifo')
  }

  /** All that happened before an instant is known: who could have been served by then was. */
  #keepLine(until: number, { free, restarts }: Supply): void {
    for (let next = this.#waits[this.#nextWait]; next !== undefined && next.since < until; ) {
      const after = this.#line.findLastIndex(({ priority }) => priority >= next.priority)
      this.#line.splice(after + 1, 0, next)
      next = this.#waits[++this.#nextWait]
    }
    for (const gone of this.#line) if (gone.isAdmitted && gone.until < until) this.#judgeTurn(gone)
    this.#line = this.#line.filter((waiting) => waiting.until >= until)
    if (this.#line.length === 0 || restarts > 0) return
    const last = until - 1
    const isStrict = this.#context.premises.policyAt('queue.discipline', last) === 'fifo'
    const now = this.#selling.findLast(({ since }) => since < until)
    if (now === undefined || !givesOut(now)) return
    const served = (isStrict ? this.#line.slice(0, 1) : this.#line).find(({ units }) => units <= free)
    if (served === undefined) return
    const text = `waits in pool ${this.#pool} although there is room (E-02)`
    this.#context.findings.differ(kinds.poolTurn, `order ${served.order}`, last, served.units, free, text)
  }

  /** E-10, E-11: servers that are to be placed again, or were interrupted, run as soon as there is room. */
  #judgeAbsent(until: number, servers: number, free: number, why: string): void {
    const now = this.#selling.findLast(({ since }) => since < until)
    if (free <= 0 || now === undefined || !givesOut(now)) return
    const text = `of pool ${this.#pool} are ${why}`
    this.#context.findings.differ(kinds.poolTurn, `${servers} servers`, until - 1, servers, free, text)
  }

  /** No order that was before it in line and needed no more waits any longer. */
  #judgeTurn(admitted: Waiting): void {
    const { findings } = this.#context
    const { order, until, units } = admitted
    const isStrict = this.#context.premises.policyAt('queue.discipline', until) === 'fifo'
    const before = this.#line
      .slice(0, this.#line.indexOf(admitted))
      .find((other) => other.since < until && other.until > until && (isStrict || other.units <= units))
    if (before === undefined) findings.agree(kinds.poolTurn, units)
    else {
      const text = `served in pool ${this.#pool} before order ${before.order}, which waits longer (E-02)`
      findings.differ(kinds.poolTurn, `order ${order}`, until, units, before.units, text)
    }
  }
}

export const givesOut = ({ status, isDown }: Selling): boolean => status === 'normal' && !isDown

/** What the scenario says of a pool, and how its zone failed by chance (E-10), which the record alone knows. */
export function planOf(
  { premises }: AuditContext,
  database: Database,
  pool: number,
): { selling: Selling[]; notice: number } {
  const { scenario } = premises
  const sql = 'SELECT z.zone, p.flavour FROM pools p JOIN zones z ON z.id = p.zone_id WHERE p.id = ?'
  const [zone, flavour] = (database.prepare<[number], [string, string]>(sql).raw().get(pool) ?? ['', '']) as string[]
  const place = scenario.regions
    .flatMap(({ zones }) => zones)
    .find(({ id }) => id === zone)
    ?.pools.find((each) => each.flavour === flavour)
  const changes: { at: number; end: boolean; status?: string; down?: 1 | -1 }[] = []
  for (const event of scenario.events) {
    if (event.kind !== 'flavourChange' && event.kind !== 'outage') continue
    if (event.zone !== zone || (event.flavour !== null && event.flavour !== flavour)) continue
    if (event.kind === 'flavourChange') changes.push({ at: event.at, end: false, status: event.status })
    else {
      changes.push({ at: event.at, end: false, down: 1 })
      if (event.for !== null) changes.push({ at: event.at + event.for, end: true, down: -1 })
    }
  }
  const planned = new Set(changes.filter(({ down }) => down !== undefined).map(({ at, down }) => `${at} ${down}`))
  const [fails, returns] = [premises.number('outage'), premises.number('outage-ends')]
  const outages = database
    .prepare<number[], [number, number]>('SELECT at, what FROM pool_changes WHERE pool = ? AND what IN (?, ?)')
    .raw()
    .all(pool, fails, returns)
  for (const [at, what] of outages) {
    const down = what === fails ? 1 : -1
    if (!planned.has(`${at} ${down}`)) changes.push({ at, end: down < 0, down })
  }
  let status: string = place?.status ?? 'normal'
  let down = 0
  const selling: Selling[] = [{ since: Number.NEGATIVE_INFINITY, status, isDown: false }]
  for (const change of changes.sort((a, b) => a.at - b.at)) {
    status = change.status ?? status
    down += change.down ?? 0
    selling.push({ since: change.at, status, isDown: down > 0 })
  }
  return { selling, notice: place?.interruptible?.notice ?? 0 }
}

const codes = ['capacity-sold-out', 'flavour-abandoned', 'zone-down', 'no-host']

/** Refusals and waits by pool, read once for all pools of a record. */
function demandOf({ premises }: AuditContext, database: Database) {
  const known = byPool.get(database)
  if (known !== undefined) return known
  const found = new Map<number, { asked: Asked[]; waits: Waiting[] }>()
  const of = (pool: number) => {
    const mine = found.get(pool) ?? { asked: [], waits: [] }
    found.set(pool, mine)
    return mine
  }
  const rows = (sql: string): Row[] => database.prepare<[], Row>(sql).raw().all() as Row[]
  const asked = codes.map((code) => premises.number(code)).join(', ')
  // An order that has waited is turned away by its line, not by what is free.
  const refusals = `SELECT pool, at, quantity, code, rule, id FROM refusals WHERE pool > 0 AND code IN (${asked})
    AND (order_id = 0 OR (order_id, at) NOT IN (SELECT order_id, at FROM pool_waits))
    ORDER BY at, id`
  for (const [pool, at, units, code, rule, id] of rows(refusals))
    of(pool).asked.push({
      at,
      units,
      code: premises.word(code),
      rule: premises.word(rule),
      subject: `refusal ${id}`,
      order: 0,
    })
  const waits = `SELECT w.order_id, w.at, w.pool, w.quantity, w.event, a.segment FROM pool_waits w
    LEFT JOIN orders o ON o.id = w.order_id LEFT JOIN accounts a ON a.id = o.account ORDER BY w.at, w.rowid`
  type Wait = [order: number, at: number, pool: number, units: number, event: number, segment: string]
  const priorities = new Map(premises.scenario.buyers.map(({ segment, priority }) => [segment, priority]))
  const open = new Map<number, Waiting>()
  const [wait, admit] = [premises.number('wait'), premises.number('admit')]
  for (const [order, at, pool, units, event, segment] of rows(waits) as unknown as Wait[]) {
    const mine = open.get(order)
    if (event !== wait) {
      if (mine !== undefined) Object.assign(mine, { until: at, isAdmitted: event === admit })
      continue
    }
    const until = Number.POSITIVE_INFINITY
    const waiting = { order, units, since: at, priority: priorities.get(segment) ?? 0, until, isAdmitted: false }
    open.set(order, waiting)
    of(pool).waits.push(waiting)
    of(pool).asked.push({ at, units, code: 'wait', rule: 'E-02', subject: `order ${order}`, order })
  }
  for (const { asked } of found.values()) asked.sort((a, b) => a.at - b.at)
  byPool.set(database, found)
  return found
}
