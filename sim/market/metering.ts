/**
 * The meter (U-01..U-06): what each instance and its image used in each clock hour, and what that costs.
 *
 * An instance whose state did not change in an hour costs what a whole hour costs, so closing an hour is one pass over
 * columns; only instances *touched* in the hour are worked out one by one. The record gets spans: runs of consecutive
 * hours whose line is the same (first hour, hours, seconds, amount).
 */
import { ecsHourAmount, imageHourAmount } from '../billing/metering/rating.ts'
import type { UnitPrice } from '../billing/money.ts'
import { sweepHour } from '../billing/metering/hour-sweep.ts'
import { wordNumber } from '../record/words.ts'
import { instance } from './instance.ts'
import type { Market } from './market.ts'
import { standing } from './standing.ts'

export const HOUR = 3_600_000
const FULL = 3_600

/** What one clock hour owes, by account of the cell: whole 1e-8 units. */
export interface HourOwed {
  readonly hour: number
  readonly ecs: Float64Array
  readonly image: Float64Array
}

/** Whole seconds in [from, to): both ends are brought down to their second, so that cutting an interval loses none. */
const secondsBetween = (from: number, to: number): number => Math.floor(to / 1000) - Math.floor(from / 1000)

const isFinal = (state: number): boolean => state === instance.state.deleted || state === instance.state.failed

export class Meter {
  readonly #market: Market
  readonly #words = { ecs: wordNumber('ecs'), image: wordNumber('image'), 'U-01': wordNumber('U-01'), 'U-02': wordNumber('U-02') }
  /** Start of the clock hour that is being metered. */
  hourStart: number
  #touched: number[] = []
  #closed: HourOwed[] = []
  #spare: HourOwed[] = []

  constructor(market: Market, hourStart: number) {
    this.#market = market
    this.hourStart = hourStart
  }

  /** Puts the meter in agreement with the instance's state and its account's standing. Call after each of their steps. */
  refresh(row: number): void {
    const { instances, accounts, policies } = this.#market
    const state = instances.state[row]
    const inGrace = accounts.standing[instances.account[row]] === standing.state.grace
    const billed = !inGrace || policies['grace.payPerUseBilled']
    const running = state === instance.state.running
    const halted = state === instance.state.stopped || state === instance.state['changing-image']
    // U-06: the seller's image stays on a stopped server's disk.
    const imaged = running || (halted && policies['image.whenStopped'] === 'billed')
    this.#switchEcs(row, running && billed)
    this.#switchImage(row, imaged && billed)
  }

  #switchEcs(row: number, on: boolean): void {
    const { instances, now } = this.#market
    if ((instances.ecsOn[row] === 1) === on) return
    this.#touch(row)
    if (on) instances.ecsSince[row] = now
    else instances.ecsSeconds[row] += secondsBetween(Math.max(instances.ecsSince[row], this.hourStart), now)
    instances.ecsOn[row] = on ? 1 : 0
  }

  #switchImage(row: number, on: boolean): void {
    const { instances, now } = this.#market
    if ((instances.imageOn[row] === 1) === on) return
    this.#touch(row)
    if (on) instances.imageSince[row] = now
    else this.#useImage(row, now)
    instances.imageOn[row] = on ? 1 : 0
  }

  /** U-02: any part of the hour, however short, but not an empty interval, is use. */
  #useImage(row: number, until: number): void {
    const { instances } = this.#market
    const from = Math.max(instances.imageSince[row], this.hourStart)
    if (until <= from) return
    instances.imageUsed[row] = 1
    instances.imageSeconds[row] += secondsBetween(from, until)
  }

  #touch(row: number): void {
    const { instances } = this.#market
    if (instances.touched[row] === 1) return
    instances.touched[row] = 1
    this.#touched.push(row)
  }

  /** Closes the current clock hour at `until` (its end, or the end of the run within it). */
  closeHour(until: number): void {
    const { instances, accounts } = this.#market
    const owed = this.#spare.pop() ?? {
      hour: 0,
      ecs: new Float64Array(accounts.rows),
      image: new Float64Array(accounts.rows),
    }
    for (const row of this.#touched) this.#closeTouched(row, until)
    sweepHour({ account: instances.account, hourAmount: instances.ecsHour }, instances.rows, owed.ecs)
    sweepHour({ account: instances.account, hourAmount: instances.imageHour }, instances.rows, owed.image)
    this.#closed.push({ ...owed, hour: this.hourStart })
    for (const row of this.#touched) this.#steady(row)
    this.#touched = []
    this.hourStart += HOUR
  }

  /** The last reading: everything metered is closed at the end of the run, be it within an hour. */
  finish(end: number): void {
    const { instances } = this.#market
    for (let row = 0; row < instances.rows; row++) if (instances.ecsOn[row] | instances.imageOn[row]) this.#touch(row)
    this.closeHour(end)
  }

  /** An instance that is gone keeps its row until its last hour is closed. */
  retire(row: number): void {
    this.refresh(row)
    this.#touch(row)
  }

  /** The hour that was closed longest ago and is not settled yet, if any (U-08). Give it back with `recycle`. */
  takeClosed(): HourOwed | undefined {
    return this.#closed.shift()
  }

  recycle(owed: HourOwed): void {
    owed.ecs.fill(0)
    owed.image.fill(0)
    this.#spare.push(owed)
  }

  save() {
    return { hourStart: this.hourStart, touched: Int32Array.from(this.#touched), closed: this.#closed }
  }

  restore(state: ReturnType<Meter['save']>): void {
    this.hourStart = state.hourStart
    this.#touched = Array.from(state.touched)
    this.#closed = state.closed
  }

  /** Works out this hour's lines of an instance that changed in it. */
  #closeTouched(row: number, until: number): void {
    const { instances, policies } = this.#market
    if (instances.ecsOn[row] === 1)
      instances.ecsSeconds[row] += secondsBetween(Math.max(instances.ecsSince[row], this.hourStart), until)
    if (instances.imageOn[row] === 1) this.#useImage(row, until)
    const used = instances.ecsSeconds[row]
    const seconds = used > 0 && policies['ecs.granularity'] === 'hour-ceil' ? FULL : used
    instances.ecsHour[row] = this.#ecsAmount(row, seconds)
    const ecsFirst = this.#endEcsSpan(row, seconds)
    if (seconds > 0) this.#writeEcs(row, ecsFirst, (this.hourStart - ecsFirst) / HOUR + 1, seconds)
    const perSecond = policies['image.granularity'] === 'second'
    const imageSeconds = instances.imageUsed[row] === 0 ? 0 : perSecond ? instances.imageSeconds[row] : FULL
    instances.imageHour[row] = this.#imageAmount(row, imageSeconds)
    const imageFirst = this.#endImageSpan(row, imageSeconds)
    if (instances.imageUsed[row] === 1)
      this.#writeImage(row, imageFirst, (this.hourStart - imageFirst) / HOUR + 1, imageSeconds)
  }

  /** After its hour is closed: from the next hour on the instance costs what a whole hour costs, until touched again. */
  #steady(row: number): void {
    const { instances } = this.#market
    const next = this.hourStart + HOUR
    instances.touched[row] = 0
    instances.ecsSeconds[row] = 0
    instances.imageSeconds[row] = 0
    instances.imageUsed[row] = 0
    instances.ecsHour[row] = 0
    instances.imageHour[row] = 0
    if (isFinal(instances.state[row])) {
      instances.remove(row)
      return
    }
    if (instances.ecsOn[row] === 1) {
      instances.ecsHour[row] = this.#ecsAmount(row, FULL)
      instances.ecsSpan[row] = next
    }
    if (instances.imageOn[row] === 1) {
      instances.imageHour[row] = this.#imageAmount(row, FULL)
      instances.imageSpan[row] = next
    }
  }

  /**
   * Ends the run of whole hours before the current one. If this hour is whole too, the run goes on through it: the
   * answer is the first hour of the span that holds the current one.
   */
  #endEcsSpan(row: number, seconds: number): number {
    const first = this.#market.instances.ecsSpan[row]
    this.#market.instances.ecsSpan[row] = 0
    if (first === 0 || first >= this.hourStart) return this.hourStart
    if (seconds === FULL) return first
    this.#writeEcs(row, first, (this.hourStart - first) / HOUR, FULL)
    return this.hourStart
  }

  #endImageSpan(row: number, seconds: number): number {
    const first = this.#market.instances.imageSpan[row]
    this.#market.instances.imageSpan[row] = 0
    if (first === 0 || first >= this.hourStart) return this.hourStart
    if (seconds === FULL) return first
    this.#writeImage(row, first, (this.hourStart - first) / HOUR, FULL)
    return this.hourStart
  }

  #ecsAmount(row: number, seconds: number): number {
    const { instances, policies } = this.#market
    return ecsHourAmount(instances.ecsPrice[row] as UnitPrice, seconds, policies['rounding.charge'])
  }

  /** U-02: an hour that was started costs a whole one, unless the policy meters images by the second. */
  #imageAmount(row: number, seconds: number): number {
    const { instances, policies } = this.#market
    const price = instances.imagePrice[row] as UnitPrice
    if (seconds === 0) return 0
    return policies['image.granularity'] === 'second'
      ? ecsHourAmount(price, seconds, policies['rounding.charge'])
      : imageHourAmount(price, policies['rounding.charge'])
  }

  #writeEcs(row: number, first: number, hours: number, seconds: number): void {
    const { instances, accounts, pools, facts } = this.#market
    facts.usage_spans({
      instance_id: instances.id[row],
      account: accounts.id[instances.account[row]],
      item: this.#words.ecs,
      priced: pools.id[instances.pool[row]],
      first_hour: first,
      hours,
      seconds,
      unit_price: instances.ecsPrice[row],
      amount: this.#ecsAmount(row, seconds),
      rule: this.#words['U-01'],
    })
  }

  #writeImage(row: number, first: number, hours: number, seconds: number): void {
    const { instances, accounts, facts } = this.#market
    facts.usage_spans({
      instance_id: instances.id[row],
      account: accounts.id[instances.account[row]],
      item: this.#words.image,
      priced: instances.specification[row],
      first_hour: first,
      hours,
      seconds,
      unit_price: instances.imagePrice[row],
      amount: this.#imageAmount(row, seconds),
      rule: this.#words['U-02'],
    })
  }
}
