/** The legs of a transaction: places in columns, so that passes over millions of them make no objects. */
import type { FactColumn } from '../record/column-facts.ts'
import type { Whole } from './findings.ts'

/** A leg by itself. */
export interface Leg {
  readonly ledger: number
  readonly owner: number
  readonly amount: bigint
}

/** Legs of many transactions, those of each one after the other. */
export interface LegColumns {
  readonly ledger: Float64Array | Int32Array
  readonly owner: Float64Array | Int32Array
  readonly amount: FactColumn
}

/** Beyond this, sums are computed in bigint. */
const PLAIN = 2 ** 52

const NONE: LegColumns = { ledger: new Int32Array(0), owner: new Int32Array(0), amount: { values: new Int32Array(0) } }

export class Legs implements Iterable<Leg> {
  /** Places from `first` up to, and without, `end`. */
  readonly first: number
  readonly end: number
  readonly #ledger: Float64Array | Int32Array
  readonly #owner: Float64Array | Int32Array
  readonly #amount: FactColumn

  constructor({ ledger, owner, amount }: LegColumns = NONE, first = 0, end = 0) {
    this.#ledger = ledger
    this.#owner = owner
    this.#amount = amount
    this.first = first
    this.end = end
  }

  get length(): number {
    return this.end - this.first
  }

  ledger(place: number): number {
    return this.#ledger[place]
  }

  owner(place: number): number {
    return this.#owner[place]
  }

  /** The amount at a place: a number where float64 holds it exactly. */
  amount(place: number): Whole {
    const { values, vast } = this.#amount
    const value = values[place]
    return Number.isNaN(value) ? (vast?.get(place) ?? 0n) : value
  }

  /** Whether any is on a ledger account. */
  has(ledger: number): boolean {
    return this.#ledger.subarray(this.first, this.end).includes(ledger)
  }

  /** What moves on a ledger account, as a number; NaN where float64 might not hold it exactly. */
  plain(ledger: number): number {
    const { values } = this.#amount
    let sum = 0
    for (let place = this.first; place < this.end; place++)
      if (this.#ledger[place] === ledger) {
        sum += values[place]
        if (sum > PLAIN || sum < -PLAIN) return Number.NaN
      }
    return sum
  }

  /** What moves on a ledger account. */
  moved(ledger: number): bigint {
    const plain = this.plain(ledger)
    if (!Number.isNaN(plain)) return BigInt(plain)
    let sum = 0n
    for (let place = this.first; place < this.end; place++)
      if (this.#ledger[place] === ledger) sum += BigInt(this.amount(place))
    return sum
  }

  /** What all legs come to. */
  get sum(): bigint {
    const { values } = this.#amount
    let sum = 0
    let isPlain = true
    for (let place = this.first; place < this.end; place++) {
      sum += values[place]
      // Also where one is NaN.
      if (!(sum <= PLAIN && sum >= -PLAIN)) isPlain = false
    }
    return isPlain ? BigInt(sum) : [...this].reduce((total, { amount }) => total + amount, 0n)
  }

  /** The same in columns of their own, as a thread can send them. */
  alone(): LegColumns {
    const vast = new Map<number, bigint>()
    for (let place = this.first; place < this.end; place++) {
      const amount = this.#amount.vast?.get(place)
      if (amount !== undefined) vast.set(place - this.first, amount)
    }
    return {
      ledger: this.#ledger.slice(this.first, this.end),
      owner: this.#owner.slice(this.first, this.end),
      amount: { values: this.#amount.values.slice(this.first, this.end), vast },
    }
  }

  *[Symbol.iterator](): Generator<Leg> {
    for (let place = this.first; place < this.end; place++)
      yield { ledger: this.ledger(place), owner: this.owner(place), amount: BigInt(this.amount(place)) }
  }
}

/** What a transaction moves on a ledger account, over all its legs there: debit positive, of one repetition. */
export const moved = ({ legs }: { readonly legs: Legs }, ledger: number): bigint => legs.moved(ledger)
