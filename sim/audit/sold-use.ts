/** L-02, L-06: what was used of the products of sellers, by the day of use and by the month of the bill. */
import type { AuditContext } from './check.ts'
import { HOUR } from './civil-time.ts'
import type { AccountFacts, Instance } from './facts.ts'
import { ExactSum } from './findings.ts'
import { displaced } from './late-usage.ts'
import type { MeteredLine } from './metering.ts'
import type { Workings } from './workings.ts'

/**
 * What was used by cell, day, month and specification: most hours of an account are of the same few, so that their keys are
 * numbers while accounts are read.
 */
export class SoldUse {
  readonly #premises: AuditContext['premises']
  readonly #words: AuditContext['words']
  readonly #uses = new Map<number, ExactSum>()
  readonly #sales = new Map<number, ExactSum>()
  #lastSale = -1
  #lastSum = new ExactSum()
  /** First instants of months, and civil days, from the first of the run. */
  readonly #months: number[] = []
  readonly #firstDay: number
  readonly #specifications: number
  readonly #days: number

  constructor({ premises, words }: AuditContext) {
    this.#premises = premises
    this.#words = words
    const { calendar, start, end, specifications } = premises
    for (let month = calendar.monthOf(start); month < end; month = calendar.nextMonth(month)) this.#months.push(month)
    this.#firstDay = calendar.dayOf(start) - 1
    this.#days = calendar.dayOf(end) - this.#firstDay + 1
    this.#specifications = Math.max(0, ...specifications.keys()) + 1
  }

  /** Adds what was used in an hour, which is charged at an instant. */
  #add(cell: number, at: number, hour: number, specification: number, amount: number, times: number): void {
    const { cells, end, calendar } = this.#premises
    let month = this.#months.length - 1
    while (month > 0 && this.#months[month] > Math.min(at, end - 1)) month--
    const sale = month * this.#specifications + specification
    if (at < end) {
      // Hours of a server are of one product, and most of one month.
      if (sale !== this.#lastSale) {
        this.#lastSale = sale
        this.#lastSum = sumOf(this.#sales, sale)
      }
      this.#lastSum.add(amount, times)
    }
    const day = calendar.dayOf(hour) - this.#firstDay
    sumOf(this.#uses, (sale * this.#days + day) * cells + cell).add(amount, times)
  }

  /** Metered images count in the month in which their hours are settled; a record that came too late never (U-09). */
  gather(facts: AccountFacts, workings: Workings): void {
    const premises = this.#premises
    const { firstHour, hours: all, cells } = premises
    /** The clock hour with which an hour is charged: a rolling one with that in which it ends. */
    const chargedWith = (hour: number): number =>
      firstHour + Math.min(Math.ceil((hour - firstHour) / HOUR), all - 1) * HOUR
    for (const instance of facts.instances) {
      const lines = workings.metered(instance)
      const cell = (instance.id - 1) % cells
      for (const { item, priced, firstHour: first, hours, amount } of lines) {
        if (item !== this.#words.image) continue
        for (let hour = 0; hour < hours; ) {
          const charged = chargedWith(first + hour * HOUR)
          const times = Math.min(hours - hour, alike(premises, charged))
          this.#add(cell, premises.settledAt(charged), charged, priced, amount, times)
          hour += times
        }
      }
      if (instance.faults.length > 0) this.#gatherLate(instance, lines, cell)
    }
  }

  #gatherLate(instance: Instance, lines: readonly MeteredLine[], cell: number): void {
    const premises = this.#premises
    const late = displaced(premises, this.#words, instance, lines)
    for (const { item, priced, hour, amount, at, isCorrection } of late) {
      if (item !== this.#words.image || (at !== null && !isCorrection)) continue
      this.#add(cell, premises.settledAt(hour), hour, priced, amount, -1)
      // I-04: a correction is on the bills of the month in which it is settled.
      if (isCorrection && at !== null) this.#add(cell, at, hour, priced, amount, 1)
    }
  }

  #saleOf(sale: number): { readonly month: number; readonly specification: number } {
    return {
      month: this.#months[Math.floor(sale / this.#specifications)],
      specification: sale % this.#specifications,
    }
  }

  /** What was sold by month and specification. */
  *sales(): Generator<{ readonly month: number; readonly specification: number; readonly amount: bigint }> {
    for (const [sale, { value }] of this.#sales) yield { ...this.#saleOf(sale), amount: value }
  }

  /** What was used, by `cell day month specification`. */
  *days(): Generator<readonly [key: string, amount: bigint]> {
    const { cells } = this.#premises
    for (const [key, { value }] of this.#uses) {
      const [cell, dayOfSale] = [key % cells, Math.floor(key / cells)]
      const { month, specification } = this.#saleOf(Math.floor(dayOfSale / this.#days))
      yield [`${cell} ${(dayOfSale % this.#days) + this.#firstDay} ${month} ${specification}`, value]
    }
  }

  clear(): void {
    this.#lastSale = -1
    this.#sales.clear()
    this.#uses.clear()
  }
}

function sumOf(sums: Map<number, ExactSum>, key: number): ExactSum {
  let sum = sums.get(key)
  if (sum === undefined) sums.set(key, (sum = new ExactSum()))
  return sum
}

/** How many hours from one on are of its day and settled in its month. */
function alike(premises: AuditContext['premises'], hour: number): number {
  const { calendar, end, firstHour, hours } = premises
  const nextDay = calendar.instantOf(calendar.dayOf(hour) + 1)
  const at = premises.settledAt(hour)
  const untilDay = Math.ceil((nextDay - hour) / HOUR)
  const untilMonth = Math.ceil((calendar.nextMonth(Math.min(at, end - 1)) - at) / HOUR)
  // The last hours of a run are settled at its end, and what is rolling beyond them with the last.
  const untilEnd = at >= end || hour >= firstHour + (hours - 1) * HOUR ? 1 : Math.ceil((end - at) / HOUR)
  return Math.max(1, Math.min(untilDay, untilMonth, untilEnd))
}
