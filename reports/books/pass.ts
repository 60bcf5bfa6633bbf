/**
 * One pass over the books of a record, cell by cell: the sums that reports of money ask for, and the few legs that they ask for one by
 * one. What the cells summed by month while they ran is taken from `ledger_months`; legs of orders, which it does not tell
 * apart, from `transactions` and `postings`.
 */

import { startOfDay } from '#base/civil-time.ts'
import { HOUR } from '#base/time.ts'
import type { FactRows, MassFacts } from '#sim/record/column-facts.ts'
import { paidLedgers } from '#sim/record/cut-off.ts'
import { ofSellers } from '../ledger/chart-of-accounts.ts'
import { oncePerRecord } from '../once-per-record.ts'
import type { RunRecord } from '../record.ts'
import type { ById } from './by-id.ts'
import { amountAt, type CellBooks, chosenBooks, eachTransaction, numbersOf, partsOf } from './columns.ts'
import { crowdsOf } from './crowds.ts'
import { OrderTraits } from './order-traits.ts'
import { SellerLegs } from './seller-legs.ts'
import { Slices } from './slices.ts'
import { type Amount, type BookedLeg, BookedSums, timesOf } from './sums.ts'
import { wordNumbers } from './words.ts'

/** A leg of a movement about an order other than its payment, what is earned of it and what is its sellers'. */
export interface OrderMove {
  readonly account: number
  readonly slice: number
  readonly movement: number
  readonly ledger: number
  readonly order: number
  readonly rule: number
  readonly transaction: number
  readonly at: number
  readonly isDebit: boolean
  readonly amount: Amount
}

export class Books {
  readonly sums: BookedSums
  readonly slices: Slices
  readonly moves: OrderMove[] = []
  readonly sellers: SellerLegs
  readonly #crowds: ById
  readonly #orders: OrderTraits
  readonly #isPaid: ReadonlySet<number>
  readonly #ofSellers: ReadonlySet<number>
  /** Movements whose legs are summed alone. */
  readonly #summed: ReadonlySet<number>
  readonly #word: (word: string) => number
  readonly #words
  readonly #leg: BookedLeg = {
    ...{ account: 0, seller: 0, crowd: 0, specification: 0, model: 0 },
    ...{ slice: 0, movement: 0, ledger: 0, times: 0, amount: 0 },
  }

  constructor(record: RunRecord) {
    this.#word = wordNumbers(record)
    const of = (...words: readonly string[]) => new Set(words.map(this.#word))
    this.#words = {
      usage: this.#word('usage'),
      lateUsage: this.#word('late-usage'),
      unbilled: this.#word('unbilled-receivable'),
      payment: this.#word('payment'),
      deferred: this.#word('deferred-revenue'),
      servers: this.#word('cloud-resource-revenue'),
    }
    this.#isPaid = of(...paidLedgers)
    this.#ofSellers = of(...ofSellers)
    this.#summed = of('payment', 'recognition', 'seller-share', 'coupon-lapse')
    this.slices = new Slices(record)
    this.#crowds = crowdsOf(record)
    this.#orders = new OrderTraits(record)
    this.sellers = new SellerLegs(record, this.slices, this.#crowds, this.#word)
    const [[accounts]] = record.numbers('SELECT coalesce(max(id), 0) + 1 FROM accounts')
    this.sums = new BookedSums(accounts, {
      reconciled: of('usage', 'payment'),
      paidWith: of('buyer-cash', 'buyer-coupons', 'buyer-receivable', 'payment-clearing'),
      receivable: this.#word('buyer-receivable'),
      ofSellers: of('seller-payable', 'unbilled-payable'),
    })
    const months = new Map([...record.numbers('SELECT first, no FROM months')].map(([first, no]) => [first, no]))
    for (const cell of record.massCells()) {
      this.#takeMonths(cell, months)
      this.#takeTransactions(cell)
    }
  }

  /** A late record's charge is use like any other. */
  #movementOf(kind: number): number {
    return kind === this.#words.lateUsage ? this.#words.usage : kind
  }

  #takeMonths(cell: MassFacts, months: ReadonlyMap<number, number>): void {
    const sliceOf = new Map(
      this.slices.months.map((no, slice) => [no * 2 + this.slices.measured[slice], slice] as const),
    )
    for (const part of partsOf(cell, 'ledger_months')) this.#takeMonthsOf(part, months, sliceOf)
  }

  #takeMonthsOf(rows: FactRows, months: ReadonlyMap<number, number>, sliceOf: ReadonlyMap<number, number>): void {
    const [account, owner, ledger, kind, month, measured, ofOrders, times] = numbersOf(rows, [
      ...['account', 'owner', 'ledger', 'kind', 'month', 'measured', 'of_orders', 'times'],
    ])
    const amount = rows.column('amount')
    const leg = this.#leg
    leg.specification = 0
    leg.model = 0
    for (let row = 0; row < rows.rows; row++) {
      if (ofOrders[row] !== 0 || times[row] === 0) continue
      const slice = sliceOf.get((months.get(month[row]) ?? 0) * 2 + measured[row])
      if (slice === undefined) continue
      leg.account = account[row]
      leg.crowd = this.#crowds.of(leg.account)
      leg.ledger = ledger[row]
      leg.seller = this.#ofSellers.has(leg.ledger) ? owner[row] : 0
      leg.slice = slice
      leg.movement = this.#movementOf(kind[row])
      leg.times = leg.ledger === this.#words.unbilled ? 0 : times[row]
      leg.amount = amountAt(amount, row)
      this.sums.add(leg)
    }
  }

  #takeTransactions(cell: MassFacts): void {
    const sellers = this.sellers.of(cell)
    const books = chosenBooks(cell, (id, kind, order) => order > 0 || sellers.has(id, kind))
    const take = sellers.from(books)
    eachTransaction(books, (row, from, to) =>
      books.order[row] > 0 ? this.#takeOrder(books, row, from, to) : take(row, from, to),
    )
  }

  /**
   * Legs of an order by the month of the days they belong to (M-09): a transaction repeats an hour apart, so that its turns may be
   * in several. What is charged for days of a month and drawn in a later one leaves legs on `unbilled-receivable` in both.
   */
  #takeOrder(books: CellBooks, row: number, from: number, to: number): void {
    const { slices } = this
    const [at, repeats, hour] = [books.at[row], books.repeats[row], books.hour[row]]
    const day = startOfDay(books.day[row], slices.offset)
    const later = (repeats - 1) * HOUR
    const about = hour > 0 ? hour : day
    const first = Math.min(slices.of(at), slices.of(about))
    const last = Math.max(slices.of(at + later), slices.of(hour > 0 ? hour + later : day))
    for (let slice = first; slice <= last; slice++) {
      const isWhole = first === last
      const made = isWhole ? repeats : slices.within(slice, at, repeats)
      const due = isWhole
        ? repeats
        : hour > 0
          ? slices.within(slice, hour, repeats)
          : slice === slices.of(day)
            ? repeats
            : 0
      if (made !== 0 || due !== 0) this.#takeSlice(books, row, from, to, slice, made, due)
    }
  }

  /** `made`: how many turns are made in the slice; `about`: how many are about it. */
  #takeSlice(
    books: CellBooks,
    row: number,
    from: number,
    to: number,
    slice: number,
    made: number,
    about: number,
  ): void {
    const place = this.#orders.place(books.order[row])
    const leg = this.#leg
    leg.account = books.account[row]
    leg.crowd = this.#crowds.of(leg.account)
    leg.specification = this.#orders.specification[place]
    leg.model = this.#orders.model[place]
    leg.slice = slice
    leg.movement = this.#movementOf(books.kind[row])
    let isLate = false
    let isPaidFor = false
    let unbilled = 0n
    for (let posting = from; posting < to; posting++) {
      const amount = amountAt(books.amount, posting)
      const isPaid = this.#isPaid.has(books.ledger[posting])
      const times = isPaid ? made : about
      if (isPaid && about !== made) {
        isLate = true
        unbilled += BigInt(timesOf(amount, about - made))
      }
      if (times === 0) continue
      leg.ledger = books.ledger[posting]
      leg.seller = this.#ofSellers.has(leg.ledger) ? books.owner[posting] : 0
      leg.times = times
      leg.amount = timesOf(amount, times)
      this.#take(books, row, amount > 0)
      if (this.#orders.hasServers[place] === 0) continue
      if (leg.ledger === this.#words.servers)
        this.sums.addDeferred(
          this.#orders.crowd[place],
          leg.specification,
          slice,
          leg.movement,
          timesOf(leg.amount, -1),
        )
      else if (leg.movement === this.#words.payment && leg.ledger === this.#words.deferred) {
        const paid = this.#orders.paid.at(place)
        this.sums.addDeferred(this.#orders.crowd[place], leg.specification, slice, leg.movement, -paid)
        if (!isPaidFor)
          this.sums.addPaid(leg.specification, leg.model, this.slices.months[slice], paid + this.#orders.tax.at(place))
        isPaidFor = true
      }
    }
    if (!isLate) return
    leg.ledger = this.#words.unbilled
    leg.seller = 0
    leg.times = 0
    leg.amount = unbilled
    this.#take(books, row, false)
  }

  /** Adds the leg at hand, of an order, to all that it is in. */
  #take(books: CellBooks, row: number, isDebit: boolean): void {
    const { account, slice, movement, ledger, amount } = this.#leg
    this.sums.add(this.#leg)
    if (this.#summed.has(movement)) return
    const [order, rule, transaction, at] = [books.order[row], books.rule[row], books.id[row], books.at[row]]
    this.moves.push({ account, slice, movement, ledger, order, rule, transaction, at, isDebit, amount })
  }
}

/** The books of a record, gone through once. */
export const booksOf = oncePerRecord((record) => new Books(record))
