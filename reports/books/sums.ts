/** What the legs of the books come to, by what reports ask for. */
import { WideColumn } from '#engine/wide-column.ts'
import { KeyedSums } from '#sim/record/keyed-sums.ts'

/** Words, models and slices are packed into numbers of 53 bits. */
const WORDS = 16_384
const MODELS = 1_024

/** An amount of any size, whole 1e-8: a number where float64 holds it exactly. */
export type Amount = number | bigint

/** One leg in one slice of the run. */
export interface BookedLeg {
  account: number
  /** 0 of an account that is not of sellers. */
  seller: number
  crowd: number
  specification: number
  model: number
  slice: number
  movement: number
  ledger: number
  times: number
  amount: Amount
}

/** `amount` so many `times`. */
export function timesOf(amount: Amount, times: number): Amount {
  if (typeof amount === 'bigint') return amount * BigInt(times)
  const product = amount * times
  return Number.isSafeInteger(product) ? product : BigInt(amount) * BigInt(times)
}

/** Sums by up to three numbers, each packed of others. */
export function addTo(sums: KeyedSums, row: number, times: number, amount: Amount): void {
  if (typeof amount === 'number') sums.add(row, times, 0, amount)
  else sums.addVast(row, times, 0, amount)
}

const wordsIn = (packed: number): [slice: number, movement: number, ledger: number] => [
  Math.floor(packed / WORDS / WORDS),
  Math.floor(packed / WORDS) % WORDS,
  packed % WORDS,
]

type Row = readonly Amount[]

/** Which sums of an account a leg is in; by number of a word. */
export interface Sides {
  /** Movements by which accounts are reconciled. */
  readonly reconciled: ReadonlySet<number>
  /** What a buyer pays with. */
  readonly paidWith: ReadonlySet<number>
  readonly receivable: number
  readonly ofSellers: ReadonlySet<number>
}

/** Sums of each account, by its number. */
class AccountSums {
  readonly #sides: Sides
  readonly #legs: Int32Array
  readonly #charged: WideColumn
  readonly #posted: WideColumn
  readonly #due: WideColumn

  constructor(accounts: number, sides: Sides) {
    this.#sides = sides
    this.#legs = new Int32Array(accounts)
    this.#charged = new WideColumn(accounts)
    this.#posted = new WideColumn(accounts)
    this.#due = new WideColumn(accounts)
  }

  add({ account, movement, ledger, amount }: BookedLeg): void {
    const { reconciled, paidWith, receivable } = this.#sides
    if (ledger === receivable) addWide(this.#due, account, amount)
    if (!reconciled.has(movement)) return
    this.#legs[account]++
    if (paidWith.has(ledger)) addWide(this.#charged, account, amount)
    else addWide(this.#posted, account, amount)
  }

  /** `account, legs, charged, posted, due` of accounts that have any. */
  *rows(): Generator<Row> {
    for (let account = 0; account < this.#legs.length; account++)
      if (this.#legs[account] > 0 || !this.#due.isZero(account))
        yield [
          account,
          this.#legs[account],
          this.#charged.at(account),
          -this.#posted.at(account),
          this.#due.at(account),
        ]
  }
}

/** Adds to one row of a column. */
export function addWide(column: WideColumn, row: number, amount: Amount): void {
  if (typeof amount === 'number') column.addSafe(row, amount)
  else column.add(row, amount)
}

export class BookedSums {
  readonly #crowds = new KeyedSums()
  readonly #sellers = new KeyedSums()
  readonly #deferred = new KeyedSums()
  readonly #paid = new KeyedSums()
  readonly #accounts: AccountSums
  readonly #sides: Sides

  /** `accounts`: one more than the largest number of one. */
  constructor(accounts: number, sides: Sides) {
    this.#sides = sides
    this.#accounts = new AccountSums(accounts, sides)
  }

  add(leg: BookedLeg): void {
    const { crowd, specification, model, slice, movement, ledger, times, amount } = leg
    const words = (slice * WORDS + movement) * WORDS + ledger
    addTo(this.#crowds, this.#crowds.rowOf(crowd, specification * MODELS + model, words), times, amount)
    this.#accounts.add(leg)
    if (this.#sides.ofSellers.has(ledger))
      addTo(this.#sellers, this.#sellers.rowOf(leg.seller, 0, words), times, amount)
  }

  /** What of deferred revenue is of servers. */
  addDeferred(crowd: number, specification: number, slice: number, movement: number, amount: Amount): void {
    addTo(this.#deferred, this.#deferred.rowOf(crowd, specification, slice * WORDS + movement), 0, amount)
  }

  /** What was paid for servers with their tax, in a month. */
  addPaid(specification: number, model: number, month: number, amount: Amount): void {
    addTo(this.#paid, this.#paid.rowOf(specification, model, month), 0, amount)
  }

  /** `crowd, specification, model, slice, movement, ledger, times, amount`. */
  *crowds(): Generator<Row> {
    for (let row = 0; row < this.#crowds.rows; row++) {
      const { a: crowd, b: sold, c: packed, first: times, amount } = this.#crowds.at(row)
      yield [crowd, Math.floor(sold / MODELS), sold % MODELS, ...wordsIn(packed), times, amount]
    }
  }

  /** `account, legs, charged, posted, due`. */
  accounts(): Generator<Row> {
    return this.#accounts.rows()
  }

  /** `seller, slice, movement, ledger, amount`. */
  *sellers(): Generator<Row> {
    for (let row = 0; row < this.#sellers.rows; row++) {
      const { a: seller, c: packed, amount } = this.#sellers.at(row)
      yield [seller, ...wordsIn(packed), amount]
    }
  }

  /** `crowd, specification, slice, movement, amount`. */
  *deferred(): Generator<Row> {
    for (let row = 0; row < this.#deferred.rows; row++) {
      const { a: crowd, b: specification, c: packed, amount } = this.#deferred.at(row)
      yield [crowd, specification, Math.floor(packed / WORDS), packed % WORDS, amount]
    }
  }

  /** `specification, model, month, amount`. */
  *paid(): Generator<Row> {
    for (let row = 0; row < this.#paid.rows; row++) {
      const { a: specification, b: model, c: month, amount } = this.#paid.at(row)
      yield [specification, model, month, amount]
    }
  }
}
