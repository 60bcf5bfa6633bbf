/** U-01: what the server itself used in the current clock hour, by the second, while it ran. */
import { HOUR } from '#base/time.ts'
import { secondsBetween } from './image-uses.ts'
import type { Market } from '../market.ts'
import { FULL, type UsageLines } from './usage-lines.ts'

export class EcsMeter {
  readonly #market: Market
  readonly #lines: UsageLines

  constructor(market: Market, lines: UsageLines) {
    this.#market = market
    this.#lines = lines
  }

  /** Switches a touched instance on or off at this instant. */
  turn(row: number, on: boolean, hourStart: number): void {
    const { instances, now } = this.#market
    if (on) instances.ecsSince[row] = now
    else this.count(row, now, hourStart)
    instances.ecsOn[row] = on ? 1 : 0
  }

  /** U-07: a touched instance costs another price (1e-10 an hour) from now on. */
  reprice(row: number, price: number, hourStart: number): void {
    const { instances, now } = this.#market
    this.count(row, now, hourStart)
    instances.ecsSince[row] = now
    instances.ecsPrice[row] = price
  }

  /** Counts the use that is on up to `until`. The price of the hour is the one in force at its first use (U-07). */
  count(row: number, until: number, hourStart: number): void {
    const { instances } = this.#market
    const from = Math.max(instances.ecsSince[row], hourStart)
    if (until <= from) return
    if (instances.ecsUsed[row] === 0) instances.ecsRate[row] = instances.ecsPrice[row]
    instances.ecsUsed[row] = 1
    instances.ecsSeconds[row] += secondsBetween(from, until)
  }

  /** Writes the hour of a touched instance, whose use is counted; answers the seconds that are charged. */
  close(row: number, hourStart: number): number {
    const { instances, policies } = this.#market
    const isCeiled = policies['ecs.granularity'] === 'hour-ceil'
    const seconds = instances.ecsUsed[row] === 0 ? 0 : isCeiled ? FULL : instances.ecsSeconds[row]
    const price = instances.ecsRate[row]
    instances.ecsHour[row] = this.#lines.ecsAmount(price, seconds)
    const first = this.#endSpan(row, seconds, hourStart)
    if (seconds > 0) this.#lines.writeEcs(row, { first, hours: (hourStart - first) / HOUR + 1, seconds, price })
    return seconds
  }

  /** From the next clock hour on the instance costs what a whole hour costs, or nothing. */
  steady(row: number, next: number): void {
    const { instances } = this.#market
    const isOn = instances.ecsOn[row] === 1
    const price = instances.ecsPrice[row]
    instances.ecsUsed[row] = 0
    instances.ecsSeconds[row] = 0
    instances.ecsHour[row] = isOn ? this.#lines.ecsAmount(price, FULL) : 0
    instances.ecsSpan[row] = isOn ? next : 0
    instances.ecsSpanPrice[row] = price
  }

  /**
   * Ends the run of whole hours before the current one. If this hour is whole too, the run goes on through it: the
   * answer is the first hour of the span that holds the current one.
   */
  #endSpan(row: number, seconds: number, hourStart: number): number {
    const { instances } = this.#market
    const first = instances.ecsSpan[row]
    const price = instances.ecsSpanPrice[row]
    instances.ecsSpan[row] = 0
    if (first === 0 || first >= hourStart) return hourStart
    if (seconds === FULL && instances.ecsRate[row] === price) return first
    this.#lines.writeEcs(row, { first, hours: (hourStart - first) / HOUR, seconds: FULL, price })
    return hourStart
  }
}
