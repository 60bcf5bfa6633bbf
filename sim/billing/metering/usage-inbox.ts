/** U-09: usage records are idempotent by (resource, product, hour), and taken late within a window only. */
import { HOUR } from '#base/time.ts'
import type { Policies } from '#scenarios/policies.ts'
import { HourKeys, type Novelty } from './hour-keys.ts'

/** `correction`: it came after the window, and is charged all the same. */
export type Reception = Novelty | 'late' | 'correction'

const FIRST_SLOTS = 64

export class UsageInbox {
  #accepted = 0
  #duplicate = 0
  #conflict = 0
  #late = 0
  #corrections = 0
  readonly #hours = new Map<number, HourKeys>()
  readonly #lateWindow: number
  readonly #longest: number | undefined
  /** Most records are of the hour that the one before was of. */
  #latestHour = Number.NaN
  #latestKeys = new HourKeys(FIRST_SLOTS)
  /** Tables of hours that are over: a new one each hour would cost more than all records of the hour. */
  readonly #spare: HourKeys[] = []

  /**
   * Without `longest` what comes after the window is late. With it (ms, `usage.late = next-bill`) it is a correction, once:
   * records are known again so long after the window.
   */
  constructor(policies: Pick<Policies, 'usage.lateWindow'>, longest?: number) {
    this.#lateWindow = policies['usage.lateWindow']
    this.#longest = longest
  }

  /** How many records have been received as what. */
  get counts(): Readonly<Record<Reception, number>> {
    return {
      accepted: this.#accepted,
      duplicate: this.#duplicate,
      conflict: this.#conflict,
      late: this.#late,
      correction: this.#corrections,
    }
  }

  /**
   * Judges a record on its arrival. `resource` and `product` are whole numbers of 0 or more, `hour` the first instant of
   * the hour, `quantity` what was used. Only `accepted` records and corrections may be charged; `conflict` and `late` are to be reported.
   */
  receive(resource: number, product: number, hour: number, quantity: number, arrivedAt: number): Reception {
    const isLate = this.#isLate(hour, arrivedAt)
    if (isLate && this.#longest === undefined) {
      this.#late++
      return 'late'
    }
    if (hour !== this.#latestHour) this.#open(hour)
    const novelty = this.#latestKeys.put(resource, product, quantity)
    if (novelty === 'accepted' && isLate) {
      this.#corrections++
      return 'correction'
    }
    if (novelty === 'accepted') this.#accepted++
    else if (novelty === 'duplicate') this.#duplicate++
    else this.#conflict++
    return novelty
  }

  /** Forgets the hours for which no record can be taken any more. */
  forgetBefore(now: number): void {
    for (const [hour, keys] of this.#hours) {
      if (!this.#isLate(hour, now - (this.#longest ?? 0))) continue
      this.#hours.delete(hour)
      this.#spare.push(keys)
    }
    this.#latestHour = Number.NaN
  }

  /** What it has taken, as typed arrays and numbers. */
  save() {
    return {
      counts: this.counts,
      hours: Array.from(this.#hours, ([hour, keys]) => [hour, keys.save()] as const),
    }
  }

  restore(state: ReturnType<UsageInbox['save']>): void {
    const { accepted, duplicate, conflict, late, correction } = state.counts
    this.#accepted = accepted
    this.#duplicate = duplicate
    this.#conflict = conflict
    this.#late = late
    this.#corrections = correction
    this.#hours.clear()
    for (const [hour, keys] of state.hours) this.#hours.set(hour, HourKeys.restored(keys))
    this.#latestHour = Number.NaN
  }

  #isLate(hour: number, arrivedAt: number): boolean {
    return arrivedAt > hour + HOUR + this.#lateWindow
  }

  #open(hour: number): void {
    let keys = this.#hours.get(hour)
    if (keys === undefined) {
      // An hour holds about as many records as the one before it.
      keys = this.#spare.pop() ?? new HourKeys(this.#latestKeys.slots)
      keys.clear()
      this.#hours.set(hour, keys)
    }
    this.#latestHour = hour
    this.#latestKeys = keys
  }
}
