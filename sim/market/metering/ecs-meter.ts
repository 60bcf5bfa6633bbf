/** U-01: what the server itself used in the current clock hour, by the second, while it ran. */

import { HOUR, type Instant } from '#base/time.ts'
import type { Row } from '../../cell/table.ts'
import { secondsBetween } from './image-uses.ts'
import type { MeterTable } from './meters.ts'
import { FULL, type Metered, type UsageLines } from './usage-lines.ts'

export class EcsMeter {
  readonly #market: Metered
  readonly #meters: MeterTable
  readonly #lines: UsageLines

  constructor(market: Metered, meters: MeterTable, lines: UsageLines) {
    this.#market = market
    this.#meters = meters
    this.#lines = lines
  }

  /** Switches a touched instance on or off at this instant. */
  turn(row: Row<'instances'>, on: boolean, hourStart: number): void {
    const meters = this.#meters
    const { now } = this.#market
    if (on) meters.ecsSince[row] = now
    else this.count(row, now, hourStart)
    meters.ecsOn[row] = on ? 1 : 0
  }

  /** U-07: counts what a touched instance used so far; from now on another price holds. */
  cut(row: Row<'instances'>, hourStart: number): void {
    const meters = this.#meters
    const { now } = this.#market
    this.count(row, now, hourStart)
    meters.ecsSince[row] = now
  }

  /** Counts the use that is on up to `until`. The price of the hour is the one in force at its first use (U-07). */
  count(row: Row<'instances'>, until: number, hourStart: number): void {
    const meters = this.#meters
    const { instances } = this.#market
    const from = Math.max(meters.ecsSince[row], hourStart)
    if (until <= from) return
    if (meters.ecsUsed[row] === 0) meters.ecsRate[row] = instances.ecsPrice[row]
    meters.ecsUsed[row] = 1
    meters.ecsSeconds[row] += secondsBetween(from, until)
  }

  /** Writes the hour of a touched instance, whose use is counted; returns the seconds that are charged. */
  close(row: Row<'instances'>, hourStart: number): number {
    const meters = this.#meters
    const { policies } = this.#market
    const isCeiled = policies['ecs.granularity'] === 'hour-ceil'
    const seconds = meters.ecsUsed[row] === 0 ? 0 : isCeiled ? FULL : meters.ecsSeconds[row]
    const price = meters.ecsRate[row]
    meters.ecsHour[row] = this.#lines.ecsAmount(price, seconds)
    const first = this.#endSpan(row, seconds, hourStart)
    if (seconds > 0) this.#lines.writeEcs(row, { first, hours: (hourStart - first) / HOUR + 1, seconds, price })
    return seconds
  }

  /** From the next clock hour on the instance costs what a whole hour costs, or nothing. */
  steady(row: Row<'instances'>, next: Instant): void {
    const meters = this.#meters
    const { instances } = this.#market
    const isOn = meters.ecsOn[row] === 1
    const price = instances.ecsPrice[row]
    meters.ecsUsed[row] = 0
    meters.ecsSeconds[row] = 0
    meters.ecsHour[row] = isOn ? this.#lines.ecsAmount(price, FULL) : 0
    meters.ecsSpan[row] = isOn ? next : 0
    meters.ecsSpanPrice[row] = price
  }

  /**
   * Ends the run of whole hours before the current one. If this hour is whole too, the run continues through it: the
   * answer is the first hour of the span that holds the current one.
   */
  #endSpan(row: Row<'instances'>, seconds: number, hourStart: number): number {
    const meters = this.#meters
    const first = meters.ecsSpan[row]
    const price = meters.ecsSpanPrice[row]
    meters.ecsSpan[row] = 0
    if (first === 0 || first >= hourStart) return hourStart
    if (seconds === FULL && meters.ecsRate[row] === price) return first
    this.#lines.writeEcs(row, { first, hours: (hourStart - first) / HOUR, seconds: FULL, price })
    return hourStart
  }
}
