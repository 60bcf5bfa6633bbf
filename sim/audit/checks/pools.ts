/**
 * Q-03, E-01, E-02: units held, replayed from the steps of all servers of a pool, against the capacity in force and the
 * recorded pool hours. A stopped pay-per-use server gives its unit back; a frozen one keeps what it held, and takes none.
 */
import type { Database } from 'better-sqlite3'
import type { AuditContext, Check } from '../check.ts'
import { grownCapacity, together } from '../growth.ts'
import { holdsAfter } from '../holding.ts'
import { kinds } from '../kinds.ts'
import { PoolDemand, type Supply } from '../pool-demand.ts'
import { PoolHours } from '../pool-hours.ts'
import type { PoolPremise } from '../premises.ts'
import { byPoolAndTime, type ServerSteps, serverSteps } from '../server-steps.ts'

type Row = readonly number[]

const hoursSql = 'SELECT pool, hour, capacity, capacity_ms, held_ms, peak, full_ms FROM pool_hours ORDER BY pool, hour'

export function pools(context: AuditContext): Check {
  return {
    record(database, mass) {
      const all = serverSteps(database, mass)
      const order = byPoolAndTime(all)
      let next = 0
      /** The steps of the next pools, up to one. */
      const stepsTo = (isMine: (pool: number) => boolean): Int32Array => {
        const from = next
        while (next < order.length && isMine(all.pool[order[next]])) next++
        return order.subarray(from, next)
      }
      const tellOrphans = (steps: Int32Array): void => {
        for (const step of steps) tellOrphan(context, all.pool[step], all.at[step])
      }
      const grown = grownCapacity(context, database, mass).pools
      const hours = byPool(database.prepare<[], Row>(hoursSql).raw().iterate() as IterableIterator<Row>)
      try {
        for (const pool of [...context.premises.pools.values()].sort((a, b) => a.id - b.id)) {
          tellOrphans(stepsTo((other) => other < pool.id))
          for (const row of hours.before(pool.id)) tellOrphan(context, row[0], row[1])
          const mine = stepsTo((other) => other === pool.id)
          if (pool.isOnHosts) skip(hours.of(pool.id))
          else {
            const capacities = together(pool.capacities, grown.get(pool.id)?.added ?? [])
            new PoolReplay(context, database, { ...pool, capacities }, hours.of(pool.id)).run(all, mine)
          }
        }
        tellOrphans(stepsTo(() => true))
        for (const row of hours.before(Number.POSITIVE_INFINITY)) tellOrphan(context, row[0], row[1])
      } finally {
        hours.close()
      }
    },
  }
}

/** Pools of hosts are judged with their hosts (E-10). */
function skip(rows: Iterable<Row>): void {
  for (const _ of rows);
}

const tellOrphan = ({ findings }: AuditContext, pool: number, at: number): void =>
  findings.differ(kinds.orphan, `pool ${pool}`, at, 1, 0, 'the record has no such pool')

/** Reads rows sorted by pool, forward. */
function byPool(rows: IterableIterator<Row>) {
  let head = rows.next()
  function* until(isMine: (pool: number) => boolean): Generator<Row> {
    while (head.done !== true && isMine(head.value[0])) {
      const { value } = head
      head = rows.next()
      yield value
    }
  }
  return {
    of: (pool: number) => until((other) => other === pool),
    before: (pool: number) => until((other) => other < pool),
    close: () => rows.return?.(),
  }
}

class PoolReplay implements Supply {
  readonly #context: AuditContext
  readonly #pool: PoolPremise
  readonly #hours: PoolHours
  readonly #demand: PoolDemand
  /** Servers that hold a unit. */
  readonly #holders = new Set<number>()
  /** E-10: servers that have lost their units, and are to run again. */
  readonly #toRestart = new Map<number, number>()
  /** E-11: servers that were interrupted, and wait for room. */
  readonly #interrupted = new Set<number>()
  #planned = 0
  #step = 0

  constructor(context: AuditContext, database: Database, pool: PoolPremise, recorded: Generator<Row>) {
    this.#context = context
    this.#pool = pool
    this.#hours = new PoolHours(context, pool.id, recorded)
    this.#demand = new PoolDemand(context, database, pool.id)
    this.#plan(context.premises.start)
  }

  /** `mine`: places of the steps of the pool's servers, in the order of time. */
  run({ at, instance, to, billing }: ServerSteps, mine: Int32Array): void {
    for (const step of mine) {
      this.#advance(at[step])
      this.#demand.pass(at[step], this)
      this.#take(at[step], instance[step], to[step], billing[step])
      this.#demand.pass(at[step], this)
    }
    this.#advance(this.#context.premises.end)
    this.#demand.pass(this.#context.premises.end, this)
    this.#hours.finish()
  }

  /** the capacity in force; one planned below what is held evicts no server. */
  get #capacity(): number {
    return Math.max(this.#planned, this.#holders.size)
  }

  /** Units that are free; a capacity planned below what is held has none. */
  get free(): number {
    return this.#planned - this.#holders.size
  }

  get restarts(): number {
    return this.#toRestart.size
  }

  get broken(): number {
    return this.#toRestart.size
  }

  get interrupted(): number {
    return this.#interrupted.size
  }

  isFragmented(): boolean {
    return false
  }

  /** The capacity planned for an instant. */
  #plan(at: number): void {
    const { capacities } = this.#pool
    while (this.#step < capacities.length && capacities[this.#step].since <= at)
      this.#planned = capacities[this.#step++].capacity
  }

  /** Lets time pass: an hour closes before anything else happens at its end, and capacities change before servers move. */
  #advance(at: number): void {
    const { end } = this.#context.premises
    for (;;) {
      const change = this.#pool.capacities[this.#step]?.since ?? Number.POSITIVE_INFINITY
      const next = Math.min(at, end, change)
      this.#hours.pass(next, this.#holders.size, this.#capacity)
      if (next !== change || next >= end) return
      this.#demand.pass(next, this)
      this.#plan(next)
      this.#demand.pass(next, this)
    }
  }

  #take(at: number, instance: number, to: number, billing: number): void {
    const { findings, words } = this.#context
    const before = this.#holders.size
    if (holdsAfter(this.#context, { at, to, billing }, this.#holders.has(instance))) this.#holders.add(instance)
    else this.#holders.delete(instance)
    const brokeAt = this.#toRestart.get(instance)
    if (to === words.down && !this.#holders.has(instance)) this.#toRestart.set(instance, at)
    else this.#toRestart.delete(instance)
    if (to === words.interrupted) this.#interrupted.add(instance)
    else this.#interrupted.delete(instance)
    const held = this.#holders.size
    if (held <= before) return
    this.#demand.take(at, instance, {
      brokeNow: brokeAt === at,
      others: brokeAt === undefined ? this.#toRestart.size : 0,
    })
    if (held <= this.#planned) findings.agree(kinds.poolHeld, held)
    else {
      const text = `${held} units held where ${this.#planned} are planned`
      findings.differ(kinds.poolHeld, `pool ${this.#pool.id} instance ${instance}`, at, held, this.#planned, text)
    }
  }
}
