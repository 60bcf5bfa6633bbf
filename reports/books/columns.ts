/** Columns of the books in one cell, for a pass over them. */
import { widened } from '#engine/statistics/series.ts'
import type { ColumnRoom, FactColumn, FactRows, MassFacts } from '#sim/record/column-facts.ts'
import type { MassTable } from '#sim/record/column-files.ts'
import { type ById, placeFinder, placesOf } from './by-id.ts'
import type { Amount } from './sums.ts'

type Numbers = Float64Array | Int32Array

/** Some columns of whole numbers, each read once. */
export const numbersOf = (rows: FactRows, names: readonly string[]): readonly Numbers[] =>
  names.map((name) => rows.column(name).values)

/** An amount of any size. */
export function amountAt({ values, vast }: FactColumn, row: number): Amount {
  const value = values[row]
  return vast !== undefined && Number.isNaN(value) ? (vast.get(row) as bigint) : value
}

/** Transactions of a cell and their legs. */
export interface CellBooks {
  readonly id: Numbers
  readonly at: Numbers
  readonly repeats: Numbers
  readonly kind: Numbers
  readonly account: Numbers
  readonly order: Numbers
  readonly hour: Numbers
  readonly day: Numbers
  readonly rule: Numbers
  readonly ledger: Numbers
  readonly owner: Numbers
  readonly amount: FactColumn
}

/** Columns of a part of a table, which those of the next part take the place of. */
class PartRoom implements ColumnRoom {
  readonly #columns = new Map<string, Float64Array>()

  of(name: string, rows: number): Float64Array {
    let column = this.#columns.get(name)
    if (column === undefined || column.length < rows) this.#columns.set(name, (column = new Float64Array(rows)))
    return column.subarray(0, rows)
  }
}

/** Rows of a table that were written together. The numbers of a part are there until the next one is asked for. */
export interface Part extends FactRows {
  /** Of `chosen` rows alone, which ascend, if they are given. */
  column(name: string, chosen?: Int32Array): FactColumn
}

/** Rows of a table part by part, as they were written. */
export function* partsOf(cell: MassFacts, table: MassTable): Generator<Part> {
  const parts = cell.parts?.(table)
  if (parts === undefined) {
    const { rows, column } = cell.table(table)
    yield { rows, column: (name, chosen) => (chosen === undefined ? column(name) : chosenOf(column(name), chosen)) }
    return
  }
  const room = new PartRoom()
  for (const { rows, column } of parts) yield { rows, column: (name, chosen) => column(name, room, chosen) }
}

function chosenOf({ values, vast }: FactColumn, rows: Int32Array): FactColumn {
  const chosen = new Float64Array(rows.length)
  const beyond = new Map<number, bigint>()
  for (let place = 0; place < rows.length; place++) {
    chosen[place] = values[rows[place]]
    const amount = vast?.get(rows[place])
    if (amount !== undefined) beyond.set(place, amount)
  }
  return { values: chosen, vast: beyond }
}

/** A column of rows that are found one after the other. */
class GrowingColumn {
  #rows = 0
  #numbers = new Float64Array(1024)
  readonly #vast = new Map<number, bigint>()

  add({ values, vast }: FactColumn): void {
    const before = this.#rows
    this.#rows += values.length
    if (this.#rows > this.#numbers.length)
      this.#numbers = widened(this.#numbers, Math.max(this.#rows, this.#numbers.length * 2), 0)
    this.#numbers.set(values, before)
    if (vast !== undefined) for (const [place, amount] of vast) this.#vast.set(before + place, amount)
  }

  get column(): FactColumn {
    const values = this.#numbers.subarray(0, this.#rows)
    return this.#vast.size === 0 ? { values } : { values, vast: this.#vast }
  }
}

/** Tells, by the keys of a part, which of its rows are chosen. */
type ChooseRow = (keys: readonly Numbers[]) => (row: number) => boolean

/** Columns of chosen rows of a table: its `keys`, by which they are chosen, and others, of which no other row is looked at. */
function chosenRows(
  cell: MassFacts,
  table: MassTable,
  [keys, others]: readonly [keys: readonly string[], others: readonly string[]],
  choose: ChooseRow,
): FactColumn[] {
  const found = [...keys, ...others].map(() => new GrowingColumn())
  let places = new Int32Array(0)
  for (const part of partsOf(cell, table)) {
    if (places.length < part.rows) places = new Int32Array(part.rows)
    const known = numbersOf(part, keys)
    const isChosen = choose(known)
    let count = 0
    for (let row = 0; row < part.rows; row++) if (isChosen(row)) places[count++] = row
    if (count === 0) continue
    const rows = places.subarray(0, count)
    for (const [index, values] of known.entries()) found[index].add(chosenOf({ values }, rows))
    for (const [index, name] of others.entries()) found[keys.length + index].add(part.column(name, rows))
  }
  return found.map(({ column }) => column)
}

const keysOfTransactions = ['id', 'kind', 'order_id'] as const
const ofTransactions = ['at', 'repeats', 'account', 'hour', 'day', 'rule'] as const
const keysOfLegs = ['transaction_id'] as const
const ofLegs = ['ledger', 'owner', 'amount'] as const

/** All transactions of a cell with their legs. */
export function cellBooks(cell: MassFacts): CellBooks & { readonly of: Numbers } {
  const transactions = cell.table('transactions')
  const [id, kind, order] = numbersOf(transactions, keysOfTransactions)
  const [at, repeats, account, hour, day, rule] = numbersOf(transactions, ofTransactions)
  const postings = cell.table('postings')
  const [of, ledger, owner] = numbersOf(postings, ['transaction_id', 'ledger', 'owner'])
  const amount = postings.column('amount')
  return { id, at, repeats, kind, account, order, hour, day, rule, of, ledger, owner, amount }
}

/** Tells which transactions of a cell are chosen: by their ids, kinds and orders. */
export type ChooseTransaction = (id: number, kind: number, order: number) => boolean

/** The transactions of a cell that are chosen, with their legs: of ten, nine are settled hours, which are summed by month. */
export function chosenBooks(cell: MassFacts, isChosen: ChooseTransaction): CellBooks & { readonly of: Numbers } {
  const names = [keysOfTransactions, ofTransactions] as const
  const transactions = chosenRows(
    cell,
    'transactions',
    names,
    ([ids, kinds, orders]) =>
      (row) =>
        isChosen(ids[row], kinds[row], orders[row]),
  )
  const [id, kind, order, at, repeats, account, hour, day, rule] = transactions.map(({ values }) => values)
  const placeOf = placeFinder(id)
  const legs = chosenRows(
    cell,
    'postings',
    [keysOfLegs, ofLegs],
    ([transaction]) =>
      (row) =>
        placeOf(transaction[row]) > 0,
  )
  const [of, ledger, owner] = legs.map(({ values }) => values)
  return { id, at, repeats, kind, account, order, hour, day, rule, of, ledger, owner, amount: legs[3] }
}

/** The row of each transaction, and its legs from one posting up to another; legs of one are next to each other. */
export function eachTransaction(
  { id, of }: { readonly id: Numbers; readonly of: Numbers },
  visit: (row: number, from: number, to: number) => void,
): void {
  let places: ById | undefined
  let row = 0
  for (let from = 0, to = 0; from < of.length; from = to) {
    const transaction = of[from]
    to = from + 1
    while (to < of.length && of[to] === transaction) to++
    // Legs follow in the order of their transactions, other than in records that were put together by hand.
    if (id[row] !== transaction) row++
    if (id[row] !== transaction) {
      places ??= placesOf(id)
      row = places.of(transaction) - 1
    }
    if (row >= 0) visit(row, from, to)
    if (row < 0) row = 0
  }
}
