/**
 * Balances of the books at an instant within the run (M-09): one pass over the columns of the books, cell by cell. `cut-off.ts` says the
 * same in SQL, for views.
 */
import { DAY, HOUR, hoursBefore } from '#base/time.ts'
import type { MassFacts } from '#sim/record/column-facts.ts'
import { paidLedgers } from '#sim/record/cut-off.ts'
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import { amountAt, type CellBooks, cellBooks, eachTransaction, numbersOf } from '../books/columns.ts'
import { type Amount, addTo, timesOf } from '../books/sums.ts'
import { wordNumbers } from '../books/words.ts'
import type { RunRecord } from '../record.ts'

/** What a ledger account of an owner holds, whole 1e-8, by the number of the ledger account's word. */
export interface Holding {
  readonly ledger: number
  readonly owner: number
  readonly balance: bigint
}

/** Days of a term that a transaction earns (M-05). */
interface Recognition {
  readonly price: bigint
  readonly commission: bigint
  readonly days: number
  readonly firstDay: number
  readonly since: number
  readonly from: number
  readonly to: number
}

function recognitionsOf(cell: MassFacts): Map<number, Recognition> {
  const rows = cell.table('recognitions')
  const [of, days, firstDay, since, from, to] = numbersOf(rows, [
    ...['transaction_id', 'days', 'first_day', 'since', 'earned_from', 'earned_to'],
  ])
  const [price, commission] = [rows.column('price'), rows.column('commission')]
  const found = new Map<number, Recognition>()
  for (let row = 0; row < rows.rows; row++)
    found.set(of[row], {
      ...{ price: BigInt(amountAt(price, row)), commission: BigInt(amountAt(commission, row)), days: days[row] },
      ...{ firstDay: firstDay[row], since: since[row], from: from[row], to: to[row] },
    })
  return found
}

/** What of an amount of the whole period is earned in its days from `from` to `to`, truncated. */
const earned = (amount: bigint, { days, from }: Recognition, to: number): bigint =>
  (amount * BigInt(to)) / BigInt(days) - (amount * BigInt(from)) / BigInt(days)

class BalancesAt {
  /** By ledger account and owner. */
  readonly #sums = new KeyedSums()
  /** By account: what is charged and not yet billed, and how often that can be. */
  readonly #unbilled = new KeyedSums()
  readonly #instant: number
  /** The number of its civil day, and when that begins. */
  readonly #day: number
  readonly #start: number
  readonly #end: number
  readonly #offset: number
  readonly #isPaid: ReadonlySet<number>
  readonly #words

  constructor(record: RunRecord, instant: number) {
    const { end, utcOffset } = record.meta
    const word = wordNumbers(record)
    this.#instant = instant
    this.#end = end
    this.#offset = utcOffset
    this.#day = Math.floor((instant + utcOffset) / DAY)
    this.#start = this.#day * DAY - utcOffset
    this.#isPaid = new Set(paidLedgers.map(word))
    this.#words = {
      unbilled: word('unbilled-receivable'),
      deferred: word('deferred-revenue'),
      cost: word('seller-cost'),
      deferredCost: word('deferred-seller-cost'),
    }
    for (const cell of record.massCells()) this.#take(cell)
  }

  /** In the order of ledger accounts and owners. Of what is not yet billed there is a row of its own. */
  holdings(): Holding[] {
    const found: Holding[] = []
    for (let row = 0; row < this.#sums.rows; row++) {
      const { a: ledger, b: owner, amount } = this.#sums.at(row)
      found.push({ ledger, owner, balance: amount })
    }
    for (let row = 0; row < this.#unbilled.rows; row++) {
      const { a: owner, first: times, amount } = this.#unbilled.at(row)
      if (times > 0) found.push({ ledger: this.#words.unbilled, owner, balance: amount })
    }
    return found.sort((a, b) => a.ledger - b.ledger || a.owner - b.owner)
  }

  #take(cell: MassFacts): void {
    const books = cellBooks(cell)
    const recognitions = recognitionsOf(cell)
    eachTransaction(books, (row, from, to) =>
      this.#takeTransaction(books, recognitions.get(books.id[row]), row, from, to),
    )
  }

  #takeTransaction(books: CellBooks, term: Recognition | undefined, row: number, from: number, to: number): void {
    const [at, repeats, hour, day] = [books.at[row], books.repeats[row], books.hour[row], books.day[row]]
    const made = hoursBefore(at, repeats, this.#instant)
    const firstDay =
      term === undefined ? Math.min(day, this.#dayOf(at)) : Math.max(term.firstDay + term.from, term.since)
    if (made === 0 && firstDay >= this.#day) return
    const before = hour > 0 ? hoursBefore(hour, repeats, this.#start) : day < this.#day ? repeats : 0
    const about = Math.max(before, made)
    const isLate = day < this.#dayOf(at + (repeats - 1) * HOUR)
    for (let posting = from; posting < to; posting++) {
      const [ledger, owner] = [books.ledger[posting], books.owner[posting]]
      const amount = amountAt(books.amount, posting)
      const isPaid = this.#isPaid.has(ledger)
      const held = isPaid
        ? timesOf(amount, made)
        : term === undefined
          ? timesOf(amount, about)
          : made > 0
            ? amount
            : this.#recognised(term, ledger, amount)
      addTo(this.#sums, this.#sums.rowOf(ledger, owner, 0), 1, held)
      if (!isPaid) continue
      const account = this.#unbilled.rowOf(books.account[row], 0, 0)
      addTo(this.#unbilled, account, isLate ? 1 : 0, timesOf(amount, about - made))
    }
  }

  /** The civil day of an instant; what is made as the run ends counts on its last day. */
  #dayOf(instant: number): number {
    return Math.floor((Math.min(instant, this.#end - 1) + this.#offset) / DAY)
  }

  /** The part of a recognition's leg that is of earlier days: of the price, of the commission, or of the share between the two (L-06). */
  #recognised(term: Recognition, ledger: number, amount: Amount): bigint {
    const { since, firstDay, from, to } = term
    const until = this.#day <= since ? from : Math.max(from, Math.min(to, this.#day - firstDay))
    const [price, commission] = [earned(term.price, term, until), earned(term.commission, term, until)]
    if (ledger === this.#words.deferred) return price
    if (ledger === this.#words.cost) return price - commission
    if (ledger === this.#words.deferredCost) return commission - price
    return BigInt(amount) === -earned(term.price, term, to) ? -price : -commission
  }
}

/** What every ledger account of every owner holds at an instant before the end; those that never held anything are left out. */
export const holdingsAt = (record: RunRecord, instant: number): Holding[] => new BalancesAt(record, instant).holdings()
