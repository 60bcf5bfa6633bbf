/** Columns of the books in one cell, for a pass over them. */
import type { FactColumn, FactRows, MassFacts } from '#sim/record/column-facts.ts'
import { type ById, placesOf } from './by-id.ts'
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

export function cellBooks(cell: MassFacts): CellBooks & { readonly of: Numbers } {
  const [id, at, repeats, kind, account, order, hour, day, rule] = numbersOf(cell.table('transactions'), [
    ...['id', 'at', 'repeats', 'kind', 'account', 'order_id', 'hour', 'day', 'rule'],
  ])
  const postings = cell.table('postings')
  const [of, ledger, owner] = numbersOf(postings, ['transaction_id', 'ledger', 'owner'])
  const amount = postings.column('amount')
  return { id, at, repeats, kind, account, order, hour, day, rule, of, ledger, owner, amount }
}

/** The row of each transaction that is chosen, and its legs from one posting up to another; legs of one are next to each other. */
export function eachTransaction(
  { id, of }: { readonly id: Numbers; readonly of: Numbers },
  isChosen: (row: number) => boolean,
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
    if (row >= 0 && isChosen(row)) visit(row, from, to)
    if (row < 0) row = 0
  }
}
