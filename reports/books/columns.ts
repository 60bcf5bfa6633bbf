/** Columns of the books in one cell, for a pass over them. */
import type { ColumnRoom, FactColumn, FactRows, MassFacts } from '#sim/record/column-facts.ts'
import type { MassTable } from '#sim/record/column-files.ts'
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

/** Columns of a part of a table, which those of the next part take the place of. */
class PartRoom implements ColumnRoom {
  readonly #columns = new Map<string, Float64Array>()

  of(name: string, rows: number): Float64Array {
    let column = this.#columns.get(name)
    if (column === undefined || column.length < rows) this.#columns.set(name, (column = new Float64Array(rows)))
    return column.subarray(0, rows)
  }
}

/** Rows of a table part by part, as they were written. The numbers of a part are there until the next one is asked for. */
export function* partsOf(cell: MassFacts, table: MassTable): Generator<FactRows> {
  const room = new PartRoom()
  for (const { rows, column } of cell.parts?.(table) ?? [cell.table(table)])
    yield { rows, column: (name) => column(name, room) }
}

/** Numbers of chosen rows, one after the other. */
class Picked {
  rows = 0
  #numbers = new Float64Array(1024)

  add(numbers: Numbers, rows: Int32Array): void {
    const size = this.rows + rows.length
    if (size > this.#numbers.length) {
      const wider = new Float64Array(Math.max(size, this.#numbers.length * 2))
      wider.set(this.#numbers)
      this.#numbers = wider
    }
    const into = this.#numbers
    for (let index = 0, at = this.rows; index < rows.length; index++, at++) into[at] = numbers[rows[index]]
    this.rows = size
  }

  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.rows)
  }
}

const ofTransactions = ['id', 'at', 'repeats', 'kind', 'account', 'order_id', 'hour', 'day', 'rule'] as const
const ofLegs = ['transaction_id', 'ledger', 'owner', 'amount'] as const

/** All transactions of a cell with their legs. */
export function cellBooks(cell: MassFacts): CellBooks & { readonly of: Numbers } {
  const [id, at, repeats, kind, account, order, hour, day, rule] = numbersOf(cell.table('transactions'), ofTransactions)
  const postings = cell.table('postings')
  const [of, ledger, owner] = numbersOf(postings, ['transaction_id', 'ledger', 'owner'])
  const amount = postings.column('amount')
  return { id, at, repeats, kind, account, order, hour, day, rule, of, ledger, owner, amount }
}

/** Tells which transactions of a part are chosen: by their ids, kinds and orders. */
export type ChooseTransaction = (id: number, kind: number, order: number) => boolean

/** The transactions of a cell that are chosen, with their legs: of ten, nine are settled hours, which are summed by month. */
export function chosenBooks(cell: MassFacts, isChosen: ChooseTransaction): CellBooks & { readonly of: Numbers } {
  const transactions = chosenTransactions(cell, isChosen)
  const [id, at, repeats, kind, account, order, hour, day, rule] = transactions.map(({ numbers }) => numbers)
  return { id, at, repeats, kind, account, order, hour, day, rule, ...chosenLegs(cell, id) }
}

function chosenTransactions(cell: MassFacts, isChosen: ChooseTransaction): readonly Picked[] {
  const picked = ofTransactions.map(() => new Picked())
  let chosen = new Int32Array(0)
  for (const part of partsOf(cell, 'transactions')) {
    if (chosen.length < part.rows) chosen = new Int32Array(part.rows)
    const keys = numbersOf(part, ['id', 'kind', 'order_id'])
    const [ids, kinds, orders] = keys
    let count = 0
    for (let row = 0; row < part.rows; row++) if (isChosen(ids[row], kinds[row], orders[row])) chosen[count++] = row
    if (count === 0) continue
    const rows = chosen.subarray(0, count)
    const known = new Map<string, Numbers>([
      ['id', ids],
      ['kind', kinds],
      ['order_id', orders],
    ])
    for (const [index, name] of ofTransactions.entries())
      picked[index].add(known.get(name) ?? part.column(name).values, rows)
  }
  return picked
}

/** Legs of the transactions with these ids. */
function chosenLegs(
  cell: MassFacts,
  ids: Float64Array,
): Pick<CellBooks, 'ledger' | 'owner' | 'amount'> & { of: Numbers } {
  const picked = ofLegs.map(() => new Picked())
  const vast = new Map<number, bigint>()
  const isChosen = memberOf(ids)
  let chosen = new Int32Array(0)
  for (const part of partsOf(cell, 'postings')) {
    if (chosen.length < part.rows) chosen = new Int32Array(part.rows)
    const of = part.column('transaction_id').values
    let count = 0
    for (let row = 0; row < part.rows; row++) if (isChosen(of[row])) chosen[count++] = row
    if (count === 0) continue
    const rows = chosen.subarray(0, count)
    const before = picked[0].rows
    for (const [index, name] of ofLegs.entries()) {
      const column = index === 0 ? { values: of } : part.column(name)
      picked[index].add(column.values, rows)
      if (column.vast !== undefined)
        for (let place = 0; place < count; place++) {
          const amount = column.vast.get(rows[place])
          if (amount !== undefined) vast.set(before + place, amount)
        }
    }
  }
  const [of, ledger, owner, amounts] = picked.map(({ numbers }) => numbers)
  return { of, ledger, owner, amount: vast.size === 0 ? { values: amounts } : { values: amounts, vast } }
}

/** Whether a number is one of `ids`. Those that are asked for come in the order of `ids`, other than in records that were put together by hand. */
function memberOf(ids: Float64Array): (id: number) => boolean {
  let all: ReadonlySet<number> | undefined
  let next = 0
  let last = Number.NEGATIVE_INFINITY
  for (let place = 1; place < ids.length && all === undefined; place++)
    if (ids[place] < ids[place - 1]) all = new Set(ids)
  return (id) => {
    if (id < last) all ??= new Set(ids)
    last = id
    if (all !== undefined) return all.has(id)
    while (next < ids.length && ids[next] < id) next++
    return ids[next] === id
  }
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
