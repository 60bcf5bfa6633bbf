/** U-01, E-09: what a server itself, or a cloud resource of it, used in the current clock hour, by the second. */

import { HOUR, type Instant } from '#base/time.ts'
import type { HourMoney, HourPrice, Row } from '../../cell/table.ts'
import { secondsBetween } from './image-uses.ts'
import { FULL, type SecondsColumns, type UsageLine } from './seconds-columns.ts'

/** What is metered: how it is priced, and where its lines go. */
export interface MeteredBySecond {
  readonly columns: SecondsColumns
  /** A part of an hour is charged as a whole one. */
  readonly isCeiled: () => boolean
  /** The price in force of an instance, 1e-10 an hour. */
  readonly priceOf: (row: Row<'instances'>) => HourPrice
  /** What seconds at a price cost. */
  readonly amountOf: (price: HourPrice, seconds: number) => HourMoney
  readonly write: (row: Row<'instances'>, line: UsageLine) => void
}

export class SecondsMeter {
  readonly #clock: { readonly now: Instant }
  readonly #of: MeteredBySecond

  constructor(clock: { readonly now: Instant }, of: MeteredBySecond) {
    this.#clock = clock
    this.#of = of
  }

  /** Switches a touched instance on or off at this instant. */
  turn(row: Row<'instances'>, on: boolean, hourStart: number): void {
    const { columns } = this.#of
    const { now } = this.#clock
    if (on) columns.since[row] = now
    else this.count(row, now, hourStart)
    columns.on[row] = on ? 1 : 0
  }

  /** U-07: counts what a touched instance used so far; from now on another price holds. */
  cut(row: Row<'instances'>, hourStart: number): void {
    const { now } = this.#clock
    this.count(row, now, hourStart)
    this.#of.columns.since[row] = now
  }

  /** Counts the use that is on up to `until`. The price of the hour is the one in force at its first use (U-07). */
  count(row: Row<'instances'>, until: number, hourStart: number): void {
    const { columns, priceOf } = this.#of
    const from = Math.max(columns.since[row], hourStart)
    if (until <= from) return
    if (columns.used[row] === 0) columns.rate[row] = priceOf(row)
    columns.used[row] = 1
    columns.seconds[row] += secondsBetween(from, until)
  }

  /** Writes the hour of a touched instance, whose use is counted; returns the seconds that are charged. */
  close(row: Row<'instances'>, hourStart: number): number {
    const { columns, isCeiled, amountOf, write } = this.#of
    const seconds = columns.used[row] === 0 ? 0 : isCeiled() ? FULL : columns.seconds[row]
    const price = columns.rate[row]
    columns.hour[row] = amountOf(price, seconds)
    const first = this.#endSpan(row, seconds, hourStart)
    if (seconds > 0) write(row, { first, hours: (hourStart - first) / HOUR + 1, seconds, price })
    return seconds
  }

  /** From the next clock hour on the instance costs what a whole hour costs, or nothing. */
  steady(row: Row<'instances'>, next: Instant): void {
    const { columns, priceOf, amountOf } = this.#of
    const isOn = columns.on[row] === 1
    const price = priceOf(row)
    columns.used[row] = 0
    columns.seconds[row] = 0
    columns.hour[row] = isOn ? amountOf(price, FULL) : 0
    columns.span[row] = isOn ? next : 0
    columns.spanPrice[row] = price
  }

  /**
   * Ends the run of whole hours before the current one. If this hour is whole too, the run continues through it: the
   * answer is the first hour of the span that holds the current one.
   */
  #endSpan(row: Row<'instances'>, seconds: number, hourStart: number): number {
    const { columns, write } = this.#of
    const first = columns.span[row]
    const price = columns.spanPrice[row]
    columns.span[row] = 0
    if (first === 0 || first >= hourStart) return hourStart
    if (seconds === FULL && columns.rate[row] === price) return first
    write(row, { first, hours: (hourStart - first) / HOUR, seconds: FULL, price })
    return hourStart
  }
}
