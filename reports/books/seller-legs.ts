/** Legs of sellers' shares and bills, where the ledger names no buyer, and what was booked of the orders on a bill (L-06). */
import { startOfDay } from '#base/civil-time.ts'
import type { FactColumn, MassFacts } from '#sim/record/column-facts.ts'
import { KeyedSums } from '#sim/record/keyed-sums.ts'
import type { RunRecord } from '../record.ts'
import { ById, placeFinder } from './by-id.ts'
import { amountAt, type CellBooks, numbersOf } from './columns.ts'
import type { Slices } from './slices.ts'
import { type Amount, addTo } from './sums.ts'

/** The legs of a share or a bill. */
export interface SellerMovement {
  readonly slice: number
  readonly movement: number
  /** Of a share, the specification; of a bill 0. */
  readonly specification: number
  /** The seller, and the first instant of the month that is billed. */
  readonly seller: number
  readonly billed: number
  /** Those that are not 0, in the order in which they were posted. */
  readonly legs: readonly { readonly ledger: number; readonly amount: bigint }[]
}

export class SellerLegs {
  readonly shares: SellerMovement[] = []
  readonly bills: SellerMovement[] = []
  /** Costs of sold orders by seller, month of the bill, and (specification, crowd). */
  readonly #orders = new KeyedSums()
  readonly #slices: Slices
  readonly #crowds: ById
  readonly #sellers: ById
  readonly #bill: number
  readonly #payable: number
  /** Months of bills by instant and seller. */
  readonly #billed: ReadonlyMap<string, number>

  constructor(record: RunRecord, slices: Slices, crowds: ById, word: (word: string) => number) {
    this.#slices = slices
    this.#crowds = crowds
    this.#bill = word('seller-bill')
    this.#payable = word('unbilled-payable')
    const goods = [
      ...record.numbers('SELECT g.id, p.seller_id FROM specifications g JOIN products p ON p.id = g.product_id'),
    ]
    this.#sellers = new ById(
      goods.map(([id]) => id),
      goods.map(([, seller]) => seller),
    )
    const bills = [...record.numbers('SELECT at, seller, month FROM seller_bills')]
    this.#billed = new Map(bills.map(([at, seller, month]) => [`${at} ${seller}`, month]))
  }

  /** Costs of sold orders: `seller, billed, crowd, specification, amount`. */
  *orders(): Generator<
    readonly [seller: number, billed: number, crowd: number, specification: number, amount: bigint]
  > {
    for (let row = 0; row < this.#orders.rows; row++) {
      const { a: seller, b: billed, c: packed, amount } = this.#orders.at(row)
      yield [seller, billed, Math.floor(packed / CROWDS), packed % CROWDS, amount]
    }
  }

  /** Of one cell: which of its transactions without an order are of sellers, and what takes their legs from the books. */
  of(cell: MassFacts) {
    const rows = cell.table('seller_shares')
    const [of, specification, month] = numbersOf(rows, ['transaction_id', 'specification', 'month'])
    const cost = rows.column('cost')
    const isOfShare = placeFinder(of)
    const shareOf = placeFinder(of)
    return {
      has: (id: number, kind: number) => kind === this.#bill || isOfShare(id) > 0,
      from: (books: CellBooks) => {
        this.#takeOrders(books, { of, specification, month, cost })
        return (row: number, from: number, to: number): void => {
          const share = shareOf(books.id[row]) - 1
          if (share >= 0) this.#takeShare(books, row, from, to, specification[share], month[share])
          else this.#takeBill(books, row, from, to)
        }
      },
    }
  }

  #takeOrders(
    books: CellBooks,
    shares: Record<'of' | 'specification' | 'month', Numbers> & { readonly cost: FactColumn },
  ) {
    const { of, specification, month, cost } = shares
    if (of.length === 0) return
    const rowOf = placeFinder(books.id)
    for (let share = 0; share < of.length; share++) {
      const row = rowOf(of[share]) - 1
      if (row < 0 || books.order[row] === 0) continue
      const seller = this.#sellers.of(specification[share])
      const crowd = this.#crowds.of(books.account[row])
      if (crowd === 0) continue
      const sold = crowd * CROWDS + specification[share]
      addTo(this.#orders, this.#orders.rowOf(seller, month[share], sold), 1, amountAt(cost, share))
    }
  }

  #takeShare(books: CellBooks, row: number, from: number, to: number, specification: number, billed: number): void {
    const seller = this.#sellers.of(specification)
    this.#push(this.shares, books, row, from, to, { specification, seller, billed })
  }

  #takeBill(books: CellBooks, row: number, from: number, to: number): void {
    for (let posting = from; posting < to; posting++) {
      if (books.ledger[posting] !== this.#payable) continue
      const seller = books.owner[posting]
      const billed = this.#billed.get(`${books.at[row]} ${seller}`)
      if (billed !== undefined) this.#push(this.bills, books, row, from, to, { specification: 0, seller, billed })
    }
  }

  #push(
    list: SellerMovement[],
    books: CellBooks,
    row: number,
    from: number,
    to: number,
    what: Pick<SellerMovement, 'specification' | 'seller' | 'billed'>,
  ): void {
    const day = startOfDay(books.day[row], this.#slices.offset)
    if (!this.#slices.has(day)) return
    const legs: { ledger: number; amount: bigint }[] = []
    for (let posting = from; posting < to; posting++) {
      const amount: Amount = amountAt(books.amount, posting)
      if (amount !== 0 && amount !== 0n) legs.push({ ledger: books.ledger[posting], amount: BigInt(amount) })
    }
    list.push({ slice: this.#slices.of(day), movement: books.kind[row], ...what, legs })
  }
}

type Numbers = Float64Array | Int32Array

/** Crowds and specifications are packed into one number. */
const CROWDS = 2 ** 24
