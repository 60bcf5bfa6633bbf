/**
 * Q-03, E-01, E-02: units held, replayed from the steps of all servers of a pool, against the capacity in force and the
 * recorded pool hours. A stopped pay-per-use server gives its unit back; a frozen one keeps what it held, and takes none.
 */
import type { Database } from 'better-sqlite3'
import type { Bench, Check } from '../check.ts'
import { HOUR } from '../civil-time.ts'
import { kinds } from '../kinds.ts'
import type { PoolPremise } from '../premises.ts'

type Row = readonly number[]

const stepsSql = `SELECT i.pool, s.at, s.instance_id, s.to_state, i.billing FROM instance_steps s
  JOIN instances i ON i.id = s.instance_id ORDER BY i.pool, s.at, s.rowid`
const hoursSql = 'SELECT pool, hour, capacity, capacity_ms, held_ms, peak, full_ms FROM pool_hours ORDER BY pool, hour'

export function pools(bench: Bench): Check {
  return {
    finish(database) {
      const steps = rowsByPool(database, stepsSql)
      const hours = rowsByPool(database, hoursSql)
      try {
        for (const pool of [...bench.premises.pools.values()].sort((a, b) => a.id - b.id)) {
          for (const reader of [steps, hours])
            for (const row of reader.before(pool.id)) tellOrphan(bench, row[0], row[1])
          new PoolReplay(bench, pool, hours.of(pool.id)).run(steps.of(pool.id))
        }
        for (const reader of [steps, hours])
          for (const row of reader.before(Number.POSITIVE_INFINITY)) tellOrphan(bench, row[0], row[1])
      } finally {
        for (const reader of [steps, hours]) reader.close()
      }
    },
  }
}

const tellOrphan = ({ findings }: Bench, pool: number, at: number): void =>
  findings.differ(kinds.orphan, `pool ${pool}`, at, 1, 0, 'the record has no such pool')

/** Reads rows sorted by pool, forward. */
function rowsByPool(database: Database, sql: string) {
  const rows = database.prepare<[], Row>(sql).raw().iterate() as IterableIterator<Row>
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

class PoolReplay {
  readonly #bench: Bench
  readonly #pool: PoolPremise
  readonly #recorded: Generator<Row>
  #next: IteratorResult<Row>
  /** Servers that hold a unit. */
  readonly #holders = new Set<number>()
  #planned = 0
  #step = 0
  #hour: number
  #since: number
  #capacityMs = 0
  #heldMs = 0
  #fullMs = 0
  #most = 0
  #peak = 0
  /** What the record says of the last hour it has a row for: an hour like the one before is left out. */
  #said: Row | undefined

  constructor(bench: Bench, pool: PoolPremise, recorded: Generator<Row>) {
    this.#bench = bench
    this.#pool = pool
    this.#recorded = recorded
    this.#next = recorded.next()
    this.#hour = bench.premises.firstHour
    this.#since = bench.premises.start
    this.#plan(this.#since)
  }

  run(steps: Iterable<Row>): void {
    const { premises } = this.#bench
    for (const [, at, instance, to, billing] of steps) {
      this.#advance(at)
      this.#take(at, instance, to, billing)
    }
    this.#advance(premises.end)
    // The last hour closes with the run, even if it is within the hour.
    if (premises.end > this.#hour) this.#closeHour()
    for (; this.#next.done !== true; this.#next = this.#recorded.next())
      this.#bench.findings.differ(
        kinds.poolUse,
        `pool ${this.#pool.id}`,
        this.#next.value[1],
        1,
        0,
        'an hour outside of the run',
      )
  }

  /** the capacity in force; one planned below what is held evicts no server. */
  get #capacity(): number {
    return Math.max(this.#planned, this.#holders.size)
  }

  /** The capacity planned for an instant. */
  #plan(at: number): void {
    const { capacities } = this.#pool
    while (this.#step < capacities.length && capacities[this.#step].since <= at)
      this.#planned = capacities[this.#step++].capacity
  }

  /** Lets time pass: an hour closes before anything else happens at its end, and capacities change before servers move. */
  #advance(at: number): void {
    const { end } = this.#bench.premises
    for (;;) {
      const hourEnd = this.#hour + HOUR
      const change = this.#pool.capacities[this.#step]?.since ?? Number.POSITIVE_INFINITY
      const next = Math.min(at, end, hourEnd, change)
      this.#pass(next)
      if (next === hourEnd && next < end) this.#closeHour()
      else if (next === change && next < end) this.#plan(next)
      else return
    }
  }

  #pass(until: number): void {
    const elapsed = Math.max(0, until - this.#since)
    // What lasted no time is no part of any hour.
    if (elapsed === 0) return
    const held = this.#holders.size
    const capacity = this.#capacity
    this.#since += elapsed
    this.#heldMs += elapsed * held
    this.#capacityMs += elapsed * capacity
    if (held >= capacity) this.#fullMs += elapsed
    this.#peak = Math.max(this.#peak, held)
    this.#most = Math.max(this.#most, capacity)
  }

  #take(at: number, instance: number, to: number, billing: number): void {
    const { words, findings } = this.#bench
    const before = this.#holders.size
    if (to === words.creating || to === words.running) this.#holders.add(instance)
    else if (to === words.deleted || to === words.failed) this.#holders.delete(instance)
    else if (to === words.stopped && billing === words.payPerUse) this.#holders.delete(instance)
    const held = this.#holders.size
    if (held <= before) return
    if (held <= this.#planned) findings.agree(kinds.poolHeld, held)
    else {
      const text = `${held} units held where ${this.#planned} are planned`
      findings.differ(kinds.poolHeld, `pool ${this.#pool.id} instance ${instance}`, at, held, this.#planned, text)
    }
  }

  #closeHour(): void {
    const hour = this.#hour
    const audited = [this.#most, this.#capacityMs, this.#heldMs, this.#peak, this.#fullMs]
    if (this.#next.done !== true && this.#next.value[1] <= hour) {
      this.#said = this.#next.value
      this.#next = this.#recorded.next()
    }
    const said = this.#said ?? [this.#pool.id, hour, 0, 0, 0, 0, 0]
    const columns = [kinds.poolCapacity, kinds.poolRoom, kinds.poolUse, kinds.poolPeak, kinds.poolFull]
    for (const [index, kind] of columns.entries())
      this.#bench.findings.compare(kind, said[index + 2], audited[index], () => ({
        subject: `pool ${this.#pool.id}`,
        at: hour,
        text: said[1] === hour ? kind.text : `${kind.text}; no row, so the same as the hour before`,
      }))
    this.#hour += HOUR
    this.#capacityMs = 0
    this.#heldMs = 0
    this.#fullMs = 0
    this.#most = 0
    this.#peak = 0
  }
}
