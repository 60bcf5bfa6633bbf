/**
 * What a log of uses says, gathered in one pass: memory grows with its hours, its accounts and its kinds of servers, and not with its
 * rows; where uses come in the order in which they end, also with its visits. The last part of the log is held out: it is counted, and nothing is fitted to it.
 */
import { HOUR } from '#base/time.ts'
import type { Lifetime } from '#engine/fitting/sample.ts'
import { type Stream, Streams } from '#engine/random/streams.ts'
import type { Usage } from '../logs/usage.ts'

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
  orders = 0
  readonly quantities = new Map<number, number>()
  readonly lives: ServedLifetime[] = []
  readonly #stream: Stream

  constructor(usage: Usage, stream: Stream) {
    this.flavour = usage.flavour
    this.zone = usage.zone
    this.product = usage.product
    this.#stream = stream
  }

  add({ at, lifetimeMs, quantity }: Usage, split: number): void {
    this.orders++
    countIn(this.quantities, quantity)
    const seen = split - at
    const ended = lifetimeMs >= 0 && lifetimeMs <= seen
    const life = { time: Math.max(NO_TIME, ended ? lifetimeMs : seen), ended, quantity }
    if (this.lives.length < MOST_LIVES) this.lives.push(life)
    else {
      const place = Math.floor(this.#stream.next() * this.orders)
      if (place < MOST_LIVES) this.lives[place] = life
    }
  }
}

/** When an account came in the fitted part. */
export interface AccountVisits {
  count: number
  first: number
  last: number
}

function countIn(sizes: Map<number, number>, size: number): void {
  if (sizes.has(size) || sizes.size < MOST_SIZES) sizes.set(size, (sizes.get(size) ?? 0) + 1)
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
  readonly #heldOut = { orders: 0, servers: 0, accounts: new Set<string>() }
  readonly #fitted = { orders: 0, servers: 0 }
  readonly #part: Float64Array
  readonly #whole: Float64Array
  readonly #streams = new Streams('calibrate')
  #batch = { at: Number.NaN, account: '', size: 0 }
  /** Visits by account and instant, where the orders of one do not follow each other. */
  readonly #scattered: Map<string, { readonly at: number; size: number }> | undefined

  /** `areTogether`: whether the orders of a visit follow each other, as in a log of requests; not so in one of events. */
  constructor(window: Window, areTogether = true) {
    this.window = window
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
    const key = JSON.stringify([usage.zone, usage.product, usage.flavour])
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
