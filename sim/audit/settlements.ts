/**
 * U-08: hours of accounts that were settled in the plain way, as nearly all are: in columns, so that passes over millions of them
 * make no objects. What is anything but plain is a `Transaction`, and judged leg by leg.
 */
import type { FactRows } from '../record/column-facts.ts'
import { inOrderOf } from '../record/number-order.ts'
import { DAY, HOUR } from './civil-time.ts'
import { ExactSum } from './findings.ts'
import { Legs } from './legs.ts'
import { MonthParts } from './month-parts.ts'
import type { Premises } from './premises.ts'
import { release } from './release.ts'
import type { Transaction } from './transaction.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Ledger accounts of a settlement, by their place in its columns: what is drawn, then what is earned. */
export const [CASH, COUPONS, RECEIVABLE, CLEARING, CLOUD, MARKET] = [0, 1, 2, 3, 4, 5]
/** Places of ledger accounts that are drawn on: debited. The others are credited. */
const DRAWN = 4
const PLACES = 6
/** Legs on the ledger accounts before this one are the account's own, the others the marketplace's. */
export const OWN = 3

/** Amounts and repetitions of plain settlements: each product is exact in float64. */
const MOST = 2 ** 40
const MOST_REPEATS = 2 ** 11

/** What the record calls the ledger accounts, by their place. */
export const settledLedgers = (words: Vocabulary): readonly number[] => [
  words.cash,
  words.coupons,
  words.receivable,
  words.clearing,
  words.cloudRevenue,
  words.marketplaceRevenue,
]

/** Columns by settlement, in the order of accounts; of an account in that of their numbers. */
export interface SettledColumns {
  readonly account: Float64Array
  readonly id: Float64Array
  readonly at: Float64Array
  readonly hour: Float64Array
  readonly repeats: Int32Array
  readonly day: Int32Array
  /** The part of the run that all of it is in, by its position in `MonthParts`. */
  readonly part: Int32Array
  /** What is moved on each ledger account, by its place; debit positive, and 0 where it has no leg. */
  readonly moved: readonly Float64Array[]
}

/** What the settlements of an account come to in one part of the run. */
export interface SettledSum {
  readonly part: number
  /** M-09: whether any was settled on a later day than the one it is about. */
  isLate: boolean
  /** By the place of a ledger account: how many legs, repetitions counted, and their sum. */
  readonly legs: Float64Array
  readonly sums: readonly ExactSum[]
}

/** The settlements of one account: rows from `first` up to, and without, `end`. */
export class Settlements {
  readonly columns: SettledColumns
  readonly first: number
  readonly end: number
  readonly #words: Vocabulary
  readonly #late: Uint8Array
  #sums: readonly SettledSum[] | undefined
  #totals: readonly bigint[] | undefined

  constructor(all: SettledRows, first: number, end: number) {
    this.columns = all.columns
    this.#words = all.words
    this.#late = all.late
    this.first = first
    this.end = end
  }

  get length(): number {
    return this.end - this.first
  }

  /** Part by part of the run, those without settlements left out. */
  get sums(): readonly SettledSum[] {
    this.#sums ??= this.#sum()
    return this.#sums
  }

  #sum(): readonly SettledSum[] {
    const found: SettledSum[] = []
    const { part, repeats, moved } = this.columns
    let sum: SettledSum | undefined
    for (let row = this.first; row < this.end; row++) {
      if (sum === undefined || sum.part !== part[row]) {
        sum = found.find((each) => each.part === part[row])
        if (sum === undefined) found.push((sum = emptySum(part[row])))
      }
      if (this.#late[row] === 1) sum.isLate = true
      const times = repeats[row]
      for (let place = 0; place < PLACES; place++) {
        const amount = moved[place][row]
        if (amount === 0) continue
        sum.legs[place] += times
        sum.sums[place].add(amount, times)
      }
    }
    return found
  }

  /** What all of them moved on ledger accounts, by their place. */
  movedOn(...places: readonly number[]): bigint {
    this.#totals ??= totalsOf(this.sums)
    let moved = 0n
    for (const place of places) moved += this.#totals[place]
    return moved
  }

  /** One of them with its legs by themselves. */
  transaction(row: number): Transaction {
    const { id, at, hour, repeats, day, moved, account } = this.columns
    const numbers = settledLedgers(this.#words)
    const places = numbers.map((_, place) => place).filter((place) => moved[place][row] !== 0)
    const legs = new Legs(
      {
        ledger: Int32Array.from(places, (place) => numbers[place]),
        owner: Float64Array.from(places, (place) => (place < OWN ? account[row] : 0)),
        amount: { values: Float64Array.from(places, (place) => moved[place][row]) },
      },
      0,
      places.length,
    )
    return {
      ...{ id: id[row], at: at[row], repeats: repeats[row], kind: this.#words.usage, order: 0 },
      ...{ hour: hour[row], day: day[row], earned: [], shares: [], legs },
    }
  }

  /** All of them as transactions, among others, in the order of their numbers. */
  among(others: readonly Transaction[]): readonly Transaction[] {
    if (this.length === 0) return others
    const own = Array.from({ length: this.length }, (_, index) => this.transaction(this.first + index))
    return [...others, ...own].sort((a, b) => a.id - b.id)
  }
}

/** What all parts come to, by the place of a ledger account. */
function totalsOf(parts: readonly SettledSum[]): readonly bigint[] {
  const totals: bigint[] = []
  for (let place = 0; place < PLACES; place++) {
    let total = 0n
    for (const { sums } of parts) total += sums[place].value
    totals.push(total)
  }
  return totals
}

const emptySum = (part: number): SettledSum => ({
  part,
  isLate: false,
  legs: new Float64Array(PLACES),
  sums: Array.from({ length: PLACES }, () => new ExactSum()),
})

/** The parts of a run in which transactions count (M-09). */
export function bookedParts({ calendar, scenario, start, end }: Premises): MonthParts {
  const counted = scenario.measureFrom ?? start
  return new MonthParts(calendar, { start, end }, counted > start ? counted : null)
}

/** What says which settlements are plain. */
export interface Plainness {
  readonly premises: Premises
  readonly words: Vocabulary
}

const empty = (rows: number): SettledColumns => ({
  ...{ account: new Float64Array(rows), id: new Float64Array(rows), at: new Float64Array(rows) },
  ...{ hour: new Float64Array(rows), repeats: new Int32Array(rows), day: new Int32Array(rows) },
  ...{ part: new Int32Array(rows), moved: Array.from({ length: PLACES }, () => new Float64Array(rows)) },
})

/** All plain settlements of some cells, read account by account. */
export class SettledRows {
  readonly words: Vocabulary
  readonly columns: SettledColumns
  readonly late: Uint8Array
  #next = 0

  constructor(words: Vocabulary, columns: SettledColumns, late: Uint8Array) {
    this.words = words
    this.columns = columns
    this.late = late
  }

  /** The account of the next row; Infinity at the end. */
  get account(): number {
    const { account } = this.columns
    return this.#next === account.length ? Number.POSITIVE_INFINITY : account[this.#next]
  }

  /** Passes over all rows of the next account, if it is this one. */
  skip(account: number): void {
    while (this.account === account) this.#next++
  }

  /** Those of the next account, if it is this one. */
  of(account: number): Settlements {
    const first = this.#next
    this.skip(account)
    return new Settlements(this, first, this.#next)
  }
}

/** Settlements that are plain: by row of `transactions` 1, and their columns. */
export interface FoundSettlements {
  readonly isPlain: Uint8Array
  readonly settled: SettledRows
}

/** Without any. */
export const noSettlements = (words: Vocabulary): SettledRows => new SettledRows(words, empty(0), new Uint8Array(0))

/** `rowOf`: by posting, the row of its transaction; that behind the last for none. Each loop is a function, so that it is compiled once. */
export function settlementsOf(
  transactions: FactRows,
  postings: FactRows,
  rowOf: Numbers,
  plainness: Plainness,
): FoundSettlements {
  const booked = bookingsOf(transactions)
  const { kind, account } = booked
  const pivot = pivoted(postings, rowOf, { kind, account, words: plainness.words })
  const parts = bookedParts(plainness.premises)
  const isPlain = plainRows(booked, pivot, parts, plainness)
  const inTurn = inOrderOf(account, rowsThatAre(isPlain, inOrderOf(booked.id)))
  const columns = empty(inTurn.length)
  const late = new Uint8Array(inTurn.length)
  arrange(booked, inTurn, columns, parts)
  findLate(columns, late, plainness.premises)
  for (let place = 0; place < PLACES; place++) {
    pick(pivot.moved[place], inTurn, columns.moved[place])
    release(pivot.moved[place])
  }
  return { isPlain, settled: new SettledRows(plainness.words, columns, late) }
}

/** Columns of transactions. */
interface Bookings {
  readonly kind: Numbers
  readonly account: Numbers
  readonly id: Numbers
  readonly at: Numbers
  readonly hour: Numbers
  readonly day: Numbers
  readonly repeats: Numbers
  readonly order: Numbers
}

type Numbers = Float64Array | Int32Array

function bookingsOf(transactions: FactRows): Bookings {
  const of = (name: string): Numbers => transactions.column(name).values
  return {
    ...{ kind: of('kind'), account: of('account'), id: of('id'), at: of('at'), hour: of('hour') },
    ...{ day: of('day'), repeats: of('repeats'), order: of('order_id') },
  }
}

/** By row of a transaction 1 where it is plain. */
function plainRows(
  { kind, account, at, hour, day, repeats, order }: Bookings,
  { moved, legs, isOther }: Pick<ReturnType<typeof pivoted>, 'moved' | 'legs' | 'isOther'>,
  parts: MonthParts,
  { premises: { calendar, start, end }, words }: Plainness,
): Uint8Array {
  const isPlain = new Uint8Array(kind.length)
  for (let row = 0; row < isPlain.length; row++) {
    if (kind[row] !== words.usage || isOther[row] === 1 || legs[row] < 2) continue
    let sum = 0
    for (let place = 0; place < PLACES; place++) sum += moved[place][row]
    const isSound =
      sum === 0 &&
      account[row] > 0 &&
      order[row] === 0 &&
      hour[row] > 0 &&
      repeats[row] >= 1 &&
      repeats[row] <= MOST_REPEATS &&
      at[row] >= start &&
      at[row] <= end &&
      day[row] === calendar.dayOf(hour[row])
    if (!isSound) continue
    const later = (repeats[row] - 1) * HOUR
    const part = parts.of(Math.min(at[row], hour[row]))
    if (parts.of(Math.max(at[row], hour[row]) + later) === part) isPlain[row] = 1
  }
  return isPlain
}

/** Those of some rows that are marked. */
function rowsThatAre(marked: Uint8Array, rows: Int32Array): Int32Array {
  const found = new Int32Array(rows.length)
  let count = 0
  for (let place = 0; place < rows.length; place++) if (marked[rows[place]] === 1) found[count++] = rows[place]
  return found.subarray(0, count)
}

function arrange(booked: Bookings, inTurn: Int32Array, columns: SettledColumns, parts: MonthParts): void {
  for (const name of ['account', 'id', 'at', 'hour', 'repeats', 'day'] as const)
    pick(booked[name], inTurn, columns[name])
  const { at, part } = columns
  for (let to = 0; to < at.length; to++) part[to] = parts.of(at[to])
}

/** M-09: marks what is settled on a later day than the one it is about. */
function findLate({ at, repeats, day }: SettledColumns, late: Uint8Array, { calendar, end }: Premises): void {
  for (let row = 0; row < late.length; row++) {
    const last = Math.min(at[row] + (repeats[row] - 1) * HOUR, end - 1)
    late[row] = Math.floor((last + calendar.offset) / DAY) > day[row] ? 1 : 0
  }
}

function pick(from: Numbers, rows: Int32Array, to: Numbers): void {
  for (let place = 0; place < rows.length; place++) to[place] = from[rows[place]]
}

/** Legs by row of their transaction: what moves on each ledger account, how many legs, and whether any is not plain. */
function pivoted(
  postings: FactRows,
  rowOf: Numbers,
  { kind, account, words }: { kind: ArrayLike<number>; account: ArrayLike<number>; words: Vocabulary },
) {
  const [ledger, owner] = ['ledger', 'owner'].map((name) => postings.column(name).values)
  const amount = postings.column('amount').values
  const numbers = settledLedgers(words)
  const placeOf = new Int8Array(Math.max(0, ...numbers) + 1).fill(-1)
  for (const [place, number] of numbers.entries()) if (number >= 0) placeOf[number] = place
  const rows = kind.length
  const moved = numbers.map(() => new Float64Array(rows))
  const legs = new Uint8Array(rows)
  const isOther = new Uint8Array(rows)
  for (let posting = 0; posting < rowOf.length; posting++) {
    const row = rowOf[posting]
    if (row === rows || kind[row] !== words.usage) continue
    const place = ledger[posting] < placeOf.length ? placeOf[ledger[posting]] : -1
    const value = amount[posting]
    // Neither holds for what float64 does not, which is NaN.
    const isSized = place < DRAWN ? value > 0 && value <= MOST : value < 0 && value >= -MOST
    const isOwned = owner[posting] === (place < OWN ? account[row] : 0)
    if (place < 0 || !isSized || !isOwned || moved[place][row] !== 0) isOther[row] = 1
    else {
      moved[place][row] = value
      legs[row]++
    }
  }
  return { moved, legs, isOther }
}
