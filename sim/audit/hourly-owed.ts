/** What one account owes for each clock hour of the run, by the auditor's meter. */
import { HOUR } from './civil-time.ts'
import type { MeteredLine } from './metering.ts'
import type { Premises } from './premises.ts'

/**
 * Columns by clock hour, made once and used for one account after the other. `first` and `last` bound the hours in
 * which anything is owed; outside of them every column is 0.
 */
export class HourlyOwed {
  readonly ecs: Float64Array
  readonly image: Float64Array
  /** What coupons and the balance paid of the hour, once replayed. */
  readonly coupon: Float64Array
  readonly cash: Float64Array
  first = 0
  last = -1
  readonly #premises: Premises

  constructor(premises: Premises) {
    this.#premises = premises
    // One more than there are hours: the hour after the last is where a span of differences ends.
    this.ecs = new Float64Array(premises.hours + 1)
    this.image = new Float64Array(premises.hours + 1)
    this.coupon = new Float64Array(premises.hours + 1)
    this.cash = new Float64Array(premises.hours + 1)
  }

  /** All that is charged for an hour. */
  totalAt(index: number): number {
    return this.ecs[index] + this.image[index]
  }

  /** Start of the clock hour of a position. */
  hourAt(index: number): number {
    return this.#premises.firstHour + index * HOUR
  }

  /** The position of a clock hour; -1 outside of the run. */
  indexOf(hour: number): number {
    const index = (hour - this.#premises.firstHour) / HOUR
    return Number.isInteger(index) && index >= 0 && index < this.#premises.hours ? index : -1
  }

  #add(column: Float64Array, from: number, hours: number, amount: number): void {
    column[from] += amount
    column[from + hours] -= amount
    this.first = Math.min(this.first, from)
    this.last = Math.max(this.last, from + hours - 1)
  }

  /** What a clock hour owes is settled at another time, or never (U-09). */
  take(hour: number, item: 'ecs' | 'image', amount: number): void {
    this[item][this.indexOf(hour)] -= amount
  }

  /** Forgets the account before and gathers the lines of all instances of the next. */
  gather(lines: Iterable<MeteredLine>, ecs: number): void {
    if (this.last >= this.first)
      for (const column of [this.ecs, this.image, this.coupon, this.cash]) column.fill(0, this.first, this.last + 2)
    this.first = this.#premises.hours
    this.last = -1
    for (const { item, firstHour, hours, amount } of lines) {
      // A rolling hour is charged with the clock hour in which it ends, the last ones with the end of the run (U-02).
      const from = Math.ceil((firstHour - this.#premises.firstHour) / HOUR)
      const column = item === ecs ? this.ecs : this.image
      const end = this.#premises.hours
      const within = Math.min(hours, end - from)
      if (within > 0) this.#add(column, from, within, amount)
      if (within < hours) this.#add(column, end - 1, 1, amount * (hours - Math.max(0, within)))
    }
    // So far the columns hold where amounts begin and end; their running sum is what each hour owes.
    for (let index = this.first + 1; index <= this.last + 1; index++) {
      this.ecs[index] += this.ecs[index - 1]
      this.image[index] += this.image[index - 1]
    }
  }
}
