/** E-01, Q-03: the clock hours of one pool, by what it held and could hold, against those recorded. */
import type { AuditContext } from './check.ts'
import { HOUR } from './civil-time.ts'
import { kinds } from './kinds.ts'

type Row = readonly number[]

export class PoolHours {
  readonly #context: AuditContext
  readonly #pool: number
  readonly #recorded: Iterator<Row>
  #next: IteratorResult<Row>
  #hour: number
  #since: number
  #capacityMs = 0
  #heldMs = 0
  #fullMs = 0
  #most = 0
  #peak = 0
  /** What the record says of the last hour it has a row for: an hour like the one before is left out. */
  #said: Row | undefined

  /** `recorded`: rows of `pool_hours` of this pool, in the order of time. */
  constructor(context: AuditContext, pool: number, recorded: Iterator<Row>) {
    this.#context = context
    this.#pool = pool
    this.#recorded = recorded
    this.#next = recorded.next()
    this.#hour = context.premises.firstHour
    this.#since = context.premises.start
  }

  /** Lets time pass up to an instant, in which so much was held of so much; hours that end on the way are judged. */
  pass(until: number, held: number, capacity: number): void {
    const { end } = this.#context.premises
    for (;;) {
      const hourEnd = this.#hour + HOUR
      const next = Math.min(until, end, hourEnd)
      const elapsed = Math.max(0, next - this.#since)
      // What lasted no time is no part of any hour.
      if (elapsed > 0) this.#add(elapsed, held, capacity)
      if (next !== hourEnd || next >= end) return
      this.#close()
    }
  }

  #add(elapsed: number, held: number, capacity: number): void {
    this.#since += elapsed
    this.#heldMs += elapsed * held
    this.#capacityMs += elapsed * capacity
    if (held >= capacity) this.#fullMs += elapsed
    this.#peak = Math.max(this.#peak, held)
    this.#most = Math.max(this.#most, capacity)
  }

  /** The run is over: the last hour closes with it, even if it is within the hour. */
  finish(): void {
    if (this.#context.premises.end > this.#hour) this.#close()
    for (; this.#next.done !== true; this.#next = this.#recorded.next())
      this.#context.findings.differ(
        kinds.poolUse,
        `pool ${this.#pool}`,
        this.#next.value[1],
        1,
        0,
        'an hour outside of the run',
      )
  }

  #close(): void {
    const hour = this.#hour
    const audited = [this.#most, this.#capacityMs, this.#heldMs, this.#peak, this.#fullMs]
    if (this.#next.done !== true && this.#next.value[1] <= hour) {
      this.#said = this.#next.value
      this.#next = this.#recorded.next()
    }
    const said = this.#said ?? [this.#pool, hour, 0, 0, 0, 0, 0]
    const columns = [kinds.poolCapacity, kinds.poolRoom, kinds.poolUse, kinds.poolPeak, kinds.poolFull]
    for (const [index, kind] of columns.entries())
      this.#context.findings.compare(kind, said[index + 2], audited[index], () => ({
        subject: `pool ${this.#pool}`,
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
