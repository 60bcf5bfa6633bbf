/** What one account owes for each clock hour of the run, by the auditor's meter. */
import { HOUR } from './civil-time.ts'
import type { MeteredLine } from './metering.ts'
import type { Premises } from './premises.ts'

/** Numbers where float64 holds all sums of the account exactly, else bigint. */
type Column = Float64Array | bigint[]

/** From here on an account is counted in bigint. */
const VAST = 2 ** 52

/**
 * Columns by clock hour, made once and used for one account after the other. `first` and `last` bound the hours in
 * which anything is owed; outside of them every column is 0.
 */
export class HourlyOwed {
  #ecs: Column
  #image: Column
  /** What coupons and the balance paid of the hour, once replayed. */
  #coupon: Column
  #cash: Column
  first = 0
  last = -1
  readonly #premises: Premises
  readonly #plain: readonly Float64Array[]

  constructor(premises: Premises) {
    this.#premises = premises
    // One more than there are hours: the hour after the last is where a span of differences ends.
    this.#plain = Array.from({ length: 4 }, () => new Float64Array(premises.hours + 1))
    ;[this.#ecs, this.#image, this.#coupon, this.#cash] = this.#plain
  }

  /** All that is charged for an hour. */
  totalAt(index: number): bigint {
    return this.ecsAt(index) + this.imageAt(index)
  }

  /** The first position from one on at which anything is owed; behind the last where there is none. */
  nextOwed(from: number): number {
    let index = from
    while (index <= this.last && !this.isOwed(index)) index++
    return index
  }

  ecsAt(index: number): bigint {
    return BigInt(this.#ecs[index] ?? 0)
  }

  imageAt(index: number): bigint {
    return BigInt(this.#image[index] ?? 0)
  }

  /** Whether anything is charged for an hour. */
  isOwed(index: number): boolean {
    return Boolean(this.#ecs[index]) || Boolean(this.#image[index])
  }

  /** The same amounts by position; undefined where float64 might not hold all of the account exactly. */
  get plainEcs(): Float64Array | undefined {
    return this.#ecs instanceof Float64Array ? this.#ecs : undefined
  }

  get plainImage(): Float64Array | undefined {
    return this.#image instanceof Float64Array ? this.#image : undefined
  }

  couponAt(index: number): bigint {
    return BigInt(this.#coupon[index] ?? 0)
  }

  cashAt(index: number): bigint {
    return BigInt(this.#cash[index] ?? 0)
  }

  /** Whether an hour owes and was paid so much, as numbers say that float64 holds exactly; false where it cannot say. */
  isSame(index: number, ecs: number, image: number, coupon: number, cash: number): boolean {
    return (
      this.#ecs[index] === ecs &&
      this.#image[index] === image &&
      this.#coupon[index] === coupon &&
      this.#cash[index] === cash
    )
  }

  /** What is charged for an hour as a number; NaN where the account is counted in bigint. */
  plainTotalAt(index: number): number {
    const [ecs, image] = [this.#ecs, this.#image]
    return ecs instanceof Float64Array && image instanceof Float64Array ? ecs[index] + image[index] : Number.NaN
  }

  /** Keeps that the balance paid all of an hour, which `plainTotalAt` says. */
  drawnInCash(index: number, total: number): void {
    const column = this.#cash
    if (column instanceof Float64Array) column[index] = total
  }

  /** Keeps what coupons and the balance paid of an hour. */
  drawn(index: number, { coupon, cash }: { readonly coupon: bigint; readonly cash: bigint }): void {
    set(this.#coupon, index, coupon)
    set(this.#cash, index, cash)
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

  #add(column: Column, from: number, hours: number, amount: number, times = 1): void {
    add(column, from, amount, times)
    add(column, from + hours, amount, -times)
    this.first = Math.min(this.first, from)
    this.last = Math.max(this.last, from + hours - 1)
  }

  /** What a clock hour owes is settled at another time, or never (U-09). */
  take(hour: number, item: 'ecs' | 'image', amount: number): void {
    add(item === 'ecs' ? this.#ecs : this.#image, this.indexOf(hour), amount, -1)
  }

  #gatherLine({ item, firstHour, hours, amount }: MeteredLine, image: number): void {
    // A rolling hour is charged with the clock hour in which it ends, the last ones with the end of the run (U-02).
    const from = Math.ceil((firstHour - this.#premises.firstHour) / HOUR)
    const column = item === image ? this.#image : this.#ecs
    const end = this.#premises.hours
    const within = Math.min(hours, end - from)
    if (within > 0) this.#add(column, from, within, amount)
    if (within < hours) this.#add(column, end - 1, 1, amount, hours - Math.max(0, within))
  }

  /** Forgets the account before and gathers the lines of all instances of the next: of images, and of servers with their resources (E-09). */
  gather(instances: readonly (readonly MeteredLine[])[], image: number): void {
    if (this.last >= this.first) for (const column of this.#plain) column.fill(0, this.first, this.last + 2)
    // Whatever falls into one hour: no hour owes more than all lines, each as often as it may come together.
    let most = 0
    for (const lines of instances) for (const { hours, amount } of lines) most += amount * Math.min(hours, TOGETHER)
    const columns =
      most < VAST ? this.#plain : Array.from({ length: 4 }, () => new Array(this.#plain[0].length).fill(0n))
    ;[this.#ecs, this.#image, this.#coupon, this.#cash] = columns as Column[]
    this.first = this.#premises.hours
    this.last = -1
    for (const lines of instances) for (const line of lines) this.#gatherLine(line, image)
    // So far the columns hold where amounts begin and end; their running sum is what each hour owes.
    for (const column of [this.#ecs, this.#image]) runUp(column, this.first + 1, this.last + 1)
  }
}

/** Hours of one line that the end of the run may bring together (U-02). */
const TOGETHER = 3

function add(column: Column, index: number, amount: number, times: number): void {
  if (column instanceof Float64Array) column[index] += amount * times
  else column[index] += BigInt(amount) * BigInt(times)
}

function set(column: Column, index: number, amount: bigint): void {
  if (column instanceof Float64Array) column[index] = Number(amount)
  else column[index] = amount
}

function runUp(column: Column, from: number, to: number): void {
  if (column instanceof Float64Array) for (let index = from; index <= to; index++) column[index] += column[index - 1]
  else for (let index = from; index <= to; index++) column[index] += column[index - 1]
}
