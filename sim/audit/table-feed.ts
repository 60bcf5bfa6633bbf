/** A table of the record, read whole and held in columns: as arrays of rows, orders and servers took most of an audit's memory. */
import type { Database } from 'better-sqlite3'
import { narrowed } from '../record/column-facts.ts'
import { inOrderOf } from '../record/number-order.ts'

/** Numbers of a column by row; amounts and prices beyond what float64 holds exactly, and names, come as text. */
export type Cells = Float64Array | Int32Array | readonly number[]

/** The columns of a table, in the order of its statement. */
export type TableColumns = readonly Cells[]

/** Rows that are asked for at first; each time twice as many, so that what is passed over again grows no faster than the rows. */
const FIRST_ROWS = 2 ** 17

/**
 * A table as columns. SQLite writes each column as one text, since a value that it hands over by itself costs several times as
 * much; the rows of a large table are asked for in parts, whose texts take less memory than the columns.
 */
export function readColumns(database: Database, sql: string): TableColumns {
  const names = database
    .prepare(sql)
    .columns()
    .map((_, at) => `c${at}`)
  const texts = names.map((name) => `json_group_array(${name})`).join(', ')
  const statement = database
    .prepare<[number, number], string[]>(
      `WITH part(${names.join(', ')}) AS (SELECT * FROM (${sql}) LIMIT ? OFFSET ?) SELECT ${texts} FROM part`,
    )
    .raw()
  const columns = names.map(() => new GrowingColumn())
  let rows = 0
  for (let wanted = FIRST_ROWS; ; wanted *= 2) {
    const part = statement.get(wanted, rows) as string[]
    for (let at = 0; at < columns.length; at++) columns[at].add(JSON.parse(part[at]))
    const read = columns[0].length - rows
    rows += read
    if (read < wanted) return columns.map(({ cells }) => cells)
  }
}

/** A column that is being read. */
class GrowingColumn {
  #numbers: Float64Array | Int32Array = new Int32Array(0)
  #mixed: (number | string)[] | undefined

  get length(): number {
    return this.#mixed?.length ?? this.#numbers.length
  }

  add(cells: (number | string)[]): void {
    if (this.#mixed === undefined && areNumbers(cells)) this.#numbers = joined(this.#numbers, cells)
    else this.#mixed = [...(this.#mixed ?? this.#numbers), ...cells]
  }

  get cells(): Cells {
    return (this.#mixed as number[] | undefined) ?? this.#numbers
  }
}

function areNumbers(cells: readonly (number | string)[]): cells is readonly number[] {
  for (let at = 0; at < cells.length; at++) if (typeof cells[at] !== 'number') return false
  return true
}

/** Numbers behind others, in half the memory where all are small. */
function joined(first: Float64Array | Int32Array, second: readonly number[]): Float64Array | Int32Array {
  const last = narrowed(new Float64Array(second))
  if (first.length === 0) return last
  const areNarrow = first instanceof Int32Array && last instanceof Int32Array
  const all = areNarrow ? new Int32Array(first.length + last.length) : new Float64Array(first.length + last.length)
  all.set(first)
  all.set(last, first.length)
  return all
}

/** One table, read whole and brought into the order of accounts; of an account in the order of the statement. */
export class Feed {
  readonly columns: TableColumns
  readonly #accounts: Cells
  readonly #order: Int32Array
  #next = 0

  /** The first column is the account. */
  constructor(columns: TableColumns) {
    this.columns = columns
    this.#accounts = columns[0]
    this.#order = inOrderOf(this.#accounts as Float64Array | Int32Array)
  }

  get rows(): number {
    return this.#order.length
  }

  /** The account of each row, in their order. */
  *accounts(): Generator<number> {
    let last = Number.NaN
    for (const row of this.#order) {
      const account = this.#accounts[row]
      if (account !== last) yield account
      last = account
    }
  }

  /** Moves to the rows of an account; false where it has none. Accounts are asked for in their order, mostly. */
  find(account: number): boolean {
    const [order, accounts] = [this.#order, this.#accounts]
    if (order.length === 0) return false
    let from = this.#next
    if (from > 0 && accounts[order[from - 1]] >= account) from = 0
    // In steps that double, then between the last two.
    let [step, to] = [1, from]
    while (to < order.length && accounts[order[to]] < account) {
      from = to + 1
      to += step
      step *= 2
    }
    to = Math.min(to, order.length)
    while (from < to) {
      const middle = (from + to) >> 1
      if (accounts[order[middle]] < account) from = middle + 1
      else to = middle
    }
    this.#next = from
    return from < order.length && accounts[order[from]] === account
  }

  /** Gives the place in the columns of each row of an account; answers how many. */
  give(account: number, take: (place: number) => void): number {
    if (!this.find(account)) return 0
    const from = this.#next
    const [order, accounts] = [this.#order, this.#accounts]
    while (this.#next < order.length && accounts[order[this.#next]] === account) take(order[this.#next++])
    return this.#next - from
  }
}
