/**
 * What a log of uses says, gathered in one pass: memory grows with its hours, its accounts and its kinds of servers, and not with its
 * rows; where uses come in the order in which they end, also with its visits. The last part of the log is held out: it is counted, and nothing is fitted to it.
 */
import { HOUR } from '#base/time.ts'
import type { Lifetime } from '#engine/fitting/sample.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import type { Usage } from '../logs/usage.ts'
import { countRenewals, isTermLength, type RenewalCounts } from './terms.ts'

/** When the log begins, where its last part is held out, and when it ends: whole clock hours, ms. */
export interface Window {
  readonly start: number
  readonly split: number
  readonly end: number
}

/** Lifetimes of a kind that are kept; of more, a sample in which each is as likely. */
const MOST_LIVES = 20_000
/** Different quantities and batch sizes that are counted apart. */
const MOST_SIZES = 500
/** A use of no time is one of less than a millisecond. */
const NO_TIME = 0.5

/** A lifetime with how many servers lived it. */
export interface ServedLifetime extends Lifetime {
  readonly quantity: number
}

/** Uses of one flavour, product and zone in the fitted part. */
export class UseGroup {
  readonly flavour: string
  readonly zone: string
  readonly product: string
  /** Of the term that is bought; 0: none. */
  readonly months: number
  orders = 0
  readonly quantities = new Map<number, number>()
  readonly lives: ServedLifetime[] = []
  readonly #stream: Stream

  constructor(usage: Usage, stream: Stream) {
    this.flavour = usage.flavour
    this.zone = usage.zone
    this.product = usage.product
    this.months = isTermLength(usage.months) ? usage.months : 0
    this.#stream = stream
  }

  add({ at, lifetimeMs, quantity }: Usage, split: number): void {
    this.orders++
    countIn(this.quantities, quantity)
    const seen = split - at
    const ended = lifetimeMs >= 0 && lifetimeMs <= seen
    this.#keep({ time: Math.max(NO_TIME, ended ? lifetimeMs : seen), ended, quantity })
  }

  #keep(life: ServedLifetime): void {
    if (this.lives.length < MOST_LIVES) this.lives.push(life)
    else {
      const place = Math.floor(this.#stream.next() * this.orders)
      if (place < MOST_LIVES) this.lives[place] = life
    }
  }

  /** Takes the uses of the same kind in another segment. Of both a sample remains, each in proportion to its orders. */
  merge(other: UseGroup): void {
    const all = this.orders + other.orders
    for (const [quantity, often] of other.quantities) countIn(this.quantities, quantity, often)
    const share = (group: UseGroup): number => Math.min(1, (MOST_LIVES * group.orders) / all / group.lives.length)
    const parts = [this, other].flatMap((group) => group.lives.slice(0, Math.round(group.lives.length * share(group))))
    this.lives.splice(0, this.lives.length, ...parts)
    this.orders = all
  }
}

/** When an account came in the fitted part. */
export interface AccountVisits {
  count: number
  first: number
  last: number
}

function countIn(sizes: Map<number, number>, size: number, often = 1): void {
  if (sizes.has(size) || sizes.size < MOST_SIZES) sizes.set(size, (sizes.get(size) ?? 0) + often)
}

/** What a part of the log comes to. */
export interface PartTotals {
  orders: number
  servers: number
  accounts: number
  /** Server-hours in use within the part. */
  serverHours: number
  /** The most in use on average over a clock hour. */
  peak: number
}

export class Observed {
  readonly window: Window
  /** Visits of each hour of the log: orders of one account at the same instant are one. */
  readonly visits: Float64Array
  /** Orders of each hour of the log. */
  readonly orders: Float64Array
  readonly groups = new Map<string, UseGroup>()
  readonly batches = new Map<number, number>()
  readonly accounts = new Map<string, AccountVisits>()
  /** Ends of terms in the fitted part. */
  readonly renewals: RenewalCounts = { renewed: 0, notRenewed: 0 }
  readonly #utcOffset: number
  readonly #heldOut = { orders: 0, servers: 0, accounts: new Set<string>() }
  readonly #fitted = { orders: 0, servers: 0 }
  readonly #part: Float64Array
  readonly #whole: Float64Array
  readonly #streams = new Streams('calibrate')
  #batch = { at: Number.NaN, account: '', size: 0 }
  /** Visits by account and instant, where the orders of one do not follow each other. */
  readonly #scattered: Map<string, { readonly at: number; size: number }> | undefined

  /** `areTogether`: whether the orders of a visit follow each other, as in a log of requests; not so in one of events. */
  constructor(window: Window, areTogether = true, utcOffset = 0) {
    this.window = window
    this.#utcOffset = utcOffset
    this.#scattered = areTogether ? undefined : new Map()
    const hours = Math.round((window.end - window.start) / HOUR)
    this.visits = new Float64Array(hours)
    this.orders = new Float64Array(hours)
    this.#part = new Float64Array(hours + 1)
    this.#whole = new Float64Array(hours + 2)
  }

  /** Takes a use. */
  add(usage: Usage): void {
    const { start, split, end } = this.window
    const { at, account, quantity, lifetimeMs } = usage
    this.#hold(at, lifetimeMs < 0 ? end : Math.min(end, at + lifetimeMs), quantity)
    const hour = Math.min(this.visits.length - 1, Math.floor((at - start) / HOUR))
    this.orders[hour]++
    const isNewVisit = this.#isNewVisit(account, at)
    if (isNewVisit) this.visits[hour]++
    if (at >= split) {
      this.#heldOut.orders++
      this.#heldOut.servers += quantity
      this.#heldOut.accounts.add(account)
      return
    }
    this.#fitted.orders++
    this.#fitted.servers += quantity
    if (isNewVisit) this.#visit(account, at)
    const months = isTermLength(usage.months) ? usage.months : 0
    if (months > 0) countRenewals(usage, split, this.#utcOffset, this.renewals)
    const key = JSON.stringify([usage.zone, usage.product, usage.flavour, ...(months > 0 ? [months] : [])])
    let group = this.groups.get(key)
    if (group === undefined) {
      group = new UseGroup(usage, this.#streams.stream(key))
      this.groups.set(key, group)
    }
    group.add(usage, split)
  }

  /** Orders of one account at the same instant are one visit. */
  #isNewVisit(account: string, at: number): boolean {
    if (this.#scattered !== undefined) {
      const key = `${at} ${account}`
      const known = this.#scattered.get(key)
      if (known === undefined) this.#scattered.set(key, { at, size: 1 })
      else known.size++
      return known === undefined
    }
    const isNew = at !== this.#batch.at || account !== this.#batch.account
    if (isNew) {
      this.#endBatch()
      this.#batch = { at, account, size: 1 }
    } else this.#batch.size++
    return isNew
  }

  #visit(account: string, at: number): void {
    const known = this.accounts.get(account)
    if (known === undefined) {
      this.accounts.set(account, { count: 1, first: at, last: at })
      return
    }
    known.count++
    known.first = Math.min(known.first, at)
    known.last = Math.max(known.last, at)
  }

  #endBatch(): void {
    if (this.#batch.size > 0 && this.#batch.at < this.window.split) countIn(this.batches, this.#batch.size)
  }

  /** The log has ended. */
  finish(): this {
    this.#endBatch()
    this.#batch.size = 0
    for (const { at, size } of this.#scattered?.values() ?? []) if (at < this.window.split) countIn(this.batches, size)
    this.#scattered?.clear()
    return this
  }

  /** Takes what another segment of the same log has; both have ended. */
  merge(other: Observed): this {
    const add = (into: Float64Array, from: Float64Array) => {
      for (const [hour, value] of from.entries()) into[hour] += value
    }
    add(this.visits, other.visits)
    add(this.orders, other.orders)
    add(this.#part, other.#part)
    add(this.#whole, other.#whole)
    for (const [size, often] of other.batches) countIn(this.batches, size, often)
    for (const [account, { count, first, last }] of other.accounts) {
      const known = this.accounts.get(account)
      if (known === undefined) this.accounts.set(account, { count, first, last })
      else {
        known.count += count
        known.first = Math.min(known.first, first)
        known.last = Math.max(known.last, last)
      }
    }
    for (const [key, group] of other.groups) {
      const known = this.groups.get(key)
      if (known === undefined) this.groups.set(key, group)
      else known.merge(group)
    }
    this.renewals.renewed += other.renewals.renewed
    this.renewals.notRenewed += other.renewals.notRenewed
    for (const part of ['orders', 'servers'] as const) {
      this.#heldOut[part] += other.#heldOut[part]
      this.#fitted[part] += other.#fitted[part]
    }
    for (const account of other.#heldOut.accounts) this.#heldOut.accounts.add(account)
    return this
  }

  /** Visits of the fitted part. */
  get fittedVisits(): number {
    const hours = Math.round((this.window.split - this.window.start) / HOUR)
    return this.visits.subarray(0, hours).reduce((sum, count) => sum + count, 0)
  }

  /** Adds servers in use from one instant to another: parts of hours apart, whole hours by where they begin and end. */
  #hold(from: number, until: number, servers: number): void {
    const { start } = this.window
    const [first, last] = [Math.floor((from - start) / HOUR), Math.floor((until - start) / HOUR)]
    if (first === last) {
      this.#part[first] += servers * (until - from)
      return
    }
    this.#part[first] += servers * (start + (first + 1) * HOUR - from)
    this.#part[last] += servers * (until - start - last * HOUR)
    this.#whole[first + 1] += servers
    this.#whole[last] -= servers
  }

  /** Servers in use on average over each hour. */
  use(): Float64Array {
    let level = 0
    return this.visits.map((_, hour) => {
      level += this.#whole[hour]
      return level + this.#part[hour] / HOUR
    })
  }

  /** What is held out, and what is fitted. */
  totals(): { readonly fitted: PartTotals; readonly heldOut: PartTotals } {
    const use = this.use()
    const split = Math.round((this.window.split - this.window.start) / HOUR)
    const of = (hours: Float64Array) => ({
      serverHours: hours.reduce((sum, each) => sum + each, 0),
      peak: hours.reduce((most, each) => Math.max(most, each), 0),
    })
    const { accounts, ...heldOut } = this.#heldOut
    return {
      fitted: { ...this.#fitted, accounts: this.accounts.size, ...of(use.subarray(0, split)) },
      heldOut: { ...heldOut, accounts: accounts.size, ...of(use.subarray(split)) },
    }
  }
}
