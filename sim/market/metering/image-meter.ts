/**
 * U-02..U-07: what an instance's images used, by started hours. Clock hours are closed with their end; a rolling hour
 * (`image.hour`) runs from its first use and is charged with the clock hour in which it ends.
 */

import { HOUR } from '#base/time.ts'
import { type HourPrice, type Id, NONE, type Row } from '../../cell/table.ts'
import { ImageUses, secondsBetween } from './image-uses.ts'
import type { MeterTable } from './meters.ts'
import { FULL } from './seconds-columns.ts'
import type { Metered, UsageLines } from './usage-lines.ts'

/** An image hour that is over. */
export interface ClosedUse {
  readonly key: number
  readonly specification: Id<'specifications'>
  readonly hour: number
  readonly seconds: number
  readonly amount: number
}

export class ImageMeter {
  readonly uses: ImageUses
  readonly #market: Metered
  readonly #meters: MeterTable
  readonly #lines: UsageLines
  readonly #rolling: boolean

  constructor(market: Metered, meters: MeterTable, lines: UsageLines) {
    this.#market = market
    this.#meters = meters
    this.#lines = lines
    this.uses = new ImageUses(market.policies['image.priceAt'])
    this.#rolling = market.policies['image.hour'] === 'rolling'
  }

  /** The instance changes in this clock hour: an hour that its steady run has begun is still open. */
  touch(row: Row<'instances'>, hourStart: number): void {
    const meters = this.#meters
    const open = this.openHour(row, hourStart)
    if (open > 0 && open < hourStart)
      this.#add(row, open, hourStart, meters.spanSpecification[row], meters.spanPrice[row], hourStart)
  }

  /** The start of the hour of a steady run that was open as the clock hour began; 0 where there is no run. */
  openHour(row: Row<'instances'>, hourStart: number): number {
    const first = this.#meters.imageSpan[row]
    return first === 0 ? 0 : first + Math.floor((hourStart - first) / HOUR) * HOUR
  }

  /** Switches a touched instance on or off at this instant. */
  turn(row: Row<'instances'>, on: boolean, hourStart: number): void {
    const meters = this.#meters
    const { now } = this.#market
    if (on) meters.imageSince[row] = now
    else this.count(row, now, hourStart)
    meters.imageOn[row] = on ? 1 : 0
  }

  /** Counts what a touched instance used so far; from now on another image or price holds. */
  cut(row: Row<'instances'>, hourStart: number): void {
    const meters = this.#meters
    const { now } = this.#market
    this.count(row, now, hourStart)
    meters.imageSince[row] = now
  }

  /** Counts the use that is on up to `until`: any part of an hour, but not an empty interval, is use (U-02). */
  count(row: Row<'instances'>, until: number, hourStart: number): void {
    const meters = this.#meters
    const { instances } = this.#market
    const from = Math.max(meters.imageSince[row], hourStart)
    if (until > from) this.#add(row, from, until, instances.specification[row], instances.imagePrice[row], hourStart)
  }

  #add(row: Row<'instances'>, from: number, to: number, specification: number, price: number, hourStart: number): void {
    const meters = this.#meters
    const image = { key: this.keyOf(specification), specification, price }
    meters.uses[row] = this.uses.add(meters.uses[row], from, to, image, this.#rolling ? null : hourStart)
  }

  /** U-03: hours are charged once a product, or once an image. */
  keyOf(specification: number): number {
    const { policies, world } = this.#market
    return policies['image.key'] === 'image' ? specification : world.catalog.offers[specification - 1].productId
  }

  /** Writes the hours of a touched instance that end by `closes`; the others stay open. Calls `each` for every one. */
  close(row: Row<'instances'>, hourStart: number, closes: number, each: ((use: ClosedUse) => void) | null): void {
    const meters = this.#meters
    const { table } = this.uses
    let total = 0
    let head: Row<'uses'> = NONE
    let last: Row<'uses'> = NONE
    for (let use = meters.uses[row]; use !== NONE; ) {
      const next = table.next[use]
      if (table.hour[use] + HOUR > closes) {
        if (last === NONE) head = use
        else table.next[last] = use
        table.next[use] = NONE
        last = use
      } else {
        const closed = this.#closeUse(row, use, hourStart)
        total += closed.amount
        if (closed.seconds > 0) each?.(closed)
        table.remove(use)
      }
      use = next
    }
    meters.uses[row] = head
    meters.imageHour[row] = total
    this.#endSpan(row, hourStart, 0, 0, 0, 0)
  }

  #closeUse(row: Row<'instances'>, use: Row<'uses'>, hourStart: number): ClosedUse {
    const { table } = this.uses
    const seconds = this.#market.policies['image.granularity'] === 'second' ? table.seconds[use] : FULL
    const hour = table.hour[use]
    const price = table.price[use]
    const specification = table.specification[use]
    const amount = this.#lines.imageAmount(price, seconds)
    if (seconds > 0) {
      const first = this.#endSpan(row, hourStart, hour, specification, price, seconds)
      this.#lines.writeImage(row, specification, { first, hours: (hour - first) / HOUR + 1, seconds, price })
    }
    return { key: table.key[use], specification, hour, seconds, amount }
  }

  /**
   * From the next clock hour on the instance costs what a whole hour costs, or nothing. Returns false where that cannot
   * be said yet, because a rolling hour is open that is not one image's alone.
   */
  steady(row: Row<'instances'>, next: number): boolean {
    const meters = this.#meters
    const { instances } = this.#market
    const { table } = this.uses
    const open = meters.uses[row]
    const price = instances.imagePrice[row]
    const specification = instances.specification[row]
    meters.imageHour[row] = 0
    if (meters.imageOn[row] === 0) return open === NONE
    let first = next
    if (open !== NONE) {
      const isWhole = table.seconds[open] === secondsBetween(table.hour[open], next) && table.next[open] === NONE
      if (!isWhole || table.specification[open] !== specification || table.price[open] !== price) return false
      first = table.hour[open]
      table.remove(open)
      meters.uses[row] = NONE
    }
    meters.imageHour[row] = this.#lines.imageAmount(price, FULL)
    meters.imageSpan[row] = first
    meters.spanSpecification[row] = specification
    meters.spanPrice[row] = price
    return true
  }

  /** Ends a run of whole hours, as SecondsMeter does; an hour that is the next of the same line continues with it. */
  #endSpan(
    row: Row<'instances'>,
    hourStart: number,
    hour: number,
    specification: Id<'specifications'>,
    price: HourPrice,
    seconds: number,
  ): number {
    const meters = this.#meters
    const first = meters.imageSpan[row]
    const end = this.openHour(row, hourStart)
    meters.imageSpan[row] = 0
    if (first >= end) return hour
    const before = { specification: meters.spanSpecification[row], price: meters.spanPrice[row] }
    const isSame = specification === before.specification && price === before.price
    if (seconds === FULL && hour === end && isSame) return first
    const line = { first, hours: (end - first) / HOUR, seconds: FULL, price: before.price }
    this.#lines.writeImage(row, before.specification, line)
    return hour
  }
}
