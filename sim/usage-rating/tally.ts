/** What a month's events of one metric come to, event by event and without ever losing a unit. */

import { tenTo } from '#base/decimal.ts'
import { MONEY_DECIMALS } from '#base/money.ts'
import type { Aggregate } from './rate-card.ts'

const ONE = tenTo(MONEY_DECIMALS)

/** Gathers one kind of quantity, whole 1e-8. Time-weighted levels are gathered as level x ms, whole 1e-8 x ms. */
export interface Tally {
  /** Of an event at an instant; `text` is what `unique` counts once. */
  add(value: bigint, at: number, text: string): void
  /** What other events, gathered apart, add to it. */
  merge(other: Tally): void
  /** Events. */
  events: number
  /** The quantity, whole 1e-8; `unitMs` of time-weighted levels, cut off beyond. */
  quantity(unitMs: number): bigint
}

class Sum implements Tally {
  events = 0
  total = 0n
  add(value: bigint): void {
    this.events++
    this.total += value
  }
  merge(other: Sum): void {
    this.events += other.events
    this.total += other.total
  }
  quantity(): bigint {
    return this.total
  }
}

class Count extends Sum {
  override add(): void {
    super.add(ONE)
  }
}

class LevelTime extends Sum {
  override quantity(unitMs = 1): bigint {
    return this.total / BigInt(unitMs)
  }
}

class Max implements Tally {
  events = 0
  most: bigint | undefined
  add(value: bigint): void {
    this.events++
    if (this.most === undefined || value > this.most) this.most = value
  }
  merge(other: Max): void {
    const { events } = this
    if (other.most !== undefined) this.add(other.most)
    this.events = events + other.events
  }
  quantity(): bigint {
    return this.most ?? 0n
  }
}

class Last implements Tally {
  events = 0
  #at = Number.NEGATIVE_INFINITY
  #value = 0n
  add(value: bigint, at: number): void {
    this.events++
    // Of two events at the same instant the later row holds.
    if (at < this.#at) return
    this.#at = at
    this.#value = value
  }
  merge(other: Last): void {
    const { events } = this
    if (other.events > 0) this.add(other.#value, other.#at)
    this.events = events + other.events
  }
  quantity(): bigint {
    return this.#value
  }
}

class Unique implements Tally {
  events = 0
  readonly #seen = new Set<string>()
  add(_value: bigint, _at: number, text: string): void {
    this.events++
    this.#seen.add(text)
  }
  merge(other: Unique): void {
    this.events += other.events
    for (const each of other.#seen) this.#seen.add(each)
  }
  quantity(): bigint {
    return BigInt(this.#seen.size) * ONE
  }
}

const makers: Readonly<Record<Aggregate, new () => Tally>> = {
  count: Count,
  sum: Sum,
  max: Max as new () => Tally,
  last: Last as new () => Tally,
  unique: Unique as new () => Tally,
  'time-weighted': LevelTime,
}

export const tallyOf = (aggregate: Aggregate): Tally => new makers[aggregate]()
