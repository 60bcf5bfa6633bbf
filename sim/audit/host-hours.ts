/** E-10: the clock hours of a group of hosts by dimension, against those recorded. */
import type { AuditContext } from './check.ts'
import { HOUR } from './civil-time.ts'
import type { HostFleet } from './host-fleet.ts'
import type { HostGroupPremise } from './host-premises.ts'
import { kinds } from './kinds.ts'

type Row = readonly number[]

const columns = ['vCPU used', 'memory used', 'GPU used', 'vCPU room', 'memory room', 'GPU room', 'hosts open', 'failed']

export class HostHours {
  readonly #context: AuditContext
  readonly #premise: HostGroupPremise
  /** Thousandths in a part. */
  readonly #parts: Row
  readonly #recorded: readonly Row[]
  #next = 0
  #said: Row | undefined
  #hour: number
  #since: number
  #sums = new Array<number>(columns.length).fill(0)

  constructor(context: AuditContext, premise: HostGroupPremise, parts: Row, recorded: readonly Row[]) {
    this.#context = context
    this.#premise = premise
    this.#parts = parts
    this.#recorded = recorded
    this.#hour = context.premises.firstHour
    this.#since = context.premises.start
  }

  /** Lets time pass up to an instant, with the hosts as they are; hours that end on the way are judged. */
  pass(until: number, { used, free, open, failed }: HostFleet): void {
    const { end } = this.#context.premises
    for (;;) {
      const hourEnd = this.#hour + HOUR
      const next = Math.min(until, end, hourEnd)
      const elapsed = Math.max(0, next - this.#since)
      if (elapsed > 0) {
        this.#since = next
        for (let at = 0; at < 3; at++) {
          this.#sums[at] += elapsed * (used[at] / this.#parts[at])
          this.#sums[at + 3] += elapsed * ((used[at] + free[at]) / this.#parts[at])
        }
        this.#sums[6] += elapsed * open
        this.#sums[7] += elapsed * failed
      }
      if (next !== hourEnd || next >= end) return
      this.#close()
    }
  }

  finish(): void {
    if (this.#context.premises.end > this.#hour) this.#close()
    for (const [hour] of this.#recorded.slice(this.#next))
      this.#context.findings.differ(kinds.hostUse, this.#subject, hour, 1, 0, 'an hour outside of the run')
  }

  get #subject(): string {
    return `hosts ${this.#premise.zone}/${this.#premise.group.id}`
  }

  #close(): void {
    const hour = this.#hour
    const next = this.#recorded[this.#next]
    if (next !== undefined && next[0] <= hour) {
      this.#said = next
      this.#next++
    }
    for (const [at, column] of columns.entries())
      this.#context.findings.compare(kinds.hostUse, this.#said?.[at + 1] ?? 0, this.#sums[at], () => ({
        subject: this.#subject,
        at: hour,
        text: `${column} in the hour`,
      }))
    this.#hour += HOUR
    this.#sums.fill(0)
  }
}
