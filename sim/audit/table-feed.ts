/** A table of the record, read whole and held in columns: as arrays of rows, orders and servers took most of an audit's memory. */
import type { Database } from 'better-sqlite3'
import { narrowed } from '../record/column-facts.ts'
import { inOrderOf } from '../record/number-order.ts'

/** Numbers of a column by row; amounts and prices beyond what float64 holds exactly, and names, come as text. */
export type Cells = Float64Array | Int32Array | readonly number[]

/** The columns of a table, in the order of its statement. */
export type TableColumns = readonly Cells[]

/** Rows that a column has room for at first. */
const ROOM = 32

/** A table as columns, read row by row: the rows of a large table, all held together, would be most of the memory of an audit. */
export function readColumns(database: Database, sql: string): TableColumns {
  const statement = database.prepare<[], (number | string)[]>(sql).raw()
  const columns = statement.columns().map(() => new GrowingColumn())
  for (const row of statement.iterate()) for (let at = 0; at < columns.length; at++) columns[at].add(row[at])
  return columns.map(({ cells }) => cells)
}

/** A column that is being read. */
class GrowingColumn {
  #numbers = new Float64Array(ROOM)
  #mixed: (number | string)[] | undefined
  #length = 0

  add(cell: number | string): void {
    if (this.#mixed === undefined && typeof cell === 'number') {
      if (this.#length === this.#numbers.length) {
        const wider = new Float64Array(this.#length * 2)
        wider.set(this.#numbers)
        this.#numbers = wider
      }
      this.#numbers[this.#length++] = cell
      return
    }
    this.#mixed ??= [...this.#numbers.subarray(0, this.#length)]
    this.#mixed.push(cell)
  }

  get cells(): Cells {
    return (this.#mixed as number[] | undefined) ?? narrowed(this.#numbers.slice(0, this.#length))
  }
}

/** One table, read whole and brought into the order of accounts; of an account in the order of the statement. */
export class Feed {
  readonly columns: TableColumns
  readonly #accounts: Cells
  readonly #order: Int32Array
  #next = 0

  constructor(database: Database, sql: string) {
    this.columns = readColumns(database, sql)
    this.#accounts = this.columns[0]
    this.#order = inOrderOf(this.#accounts as Float64Array | Int32Array)
  }

  get rows(): number {
    return this.#order.length
  }

  /** The account of the next row; Infinity at the end. */
  get account(): number {
    return this.#next === this.#order.length ? Number.POSITIVE_INFINITY : this.#accounts[this.#order[this.#next]]
  }

  /** Gives the place in the columns of each row of an account, which is the next one or one without rows here; answers how many. */
  give(account: number, take: (place: number) => void): number {
    const from = this.#next
    const [order, accounts] = [this.#order, this.#accounts]
    while (this.#next < order.length && accounts[order[this.#next]] === account) take(order[this.#next++])
    return this.#next - from
  }
}
