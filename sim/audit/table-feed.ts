/** A table of the record, read whole and held in columns: as arrays of rows, orders and servers took most of an audit's memory. */
import type { Database } from 'better-sqlite3'
import { narrowed } from '../record/column-facts.ts'
import { inOrderOf } from '../record/number-order.ts'

/** Amounts and prices beyond what float64 holds exactly come as text. */
export type Row = readonly number[]

const NONE: readonly Row[] = []

/** Numbers of a column, or cells of any type where one of them is text. */
type Cells = Float64Array | Int32Array | readonly (number | string)[]

/** Rows that a column has room for at first. */
const ROOM = 32

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
    return this.#mixed ?? narrowed(this.#numbers.slice(0, this.#length))
  }
}

/** One table, read whole and brought into the order of accounts; of an account in the order of the statement. */
export class Feed {
  readonly #columns: readonly Cells[]
  readonly #accounts: Float64Array | Int32Array
  readonly #order: Int32Array
  #next = 0

  constructor(database: Database, sql: string) {
    const statement = database.prepare<[], Row>(sql).raw()
    const columns = statement.columns().map(() => new GrowingColumn())
    // Row by row: the rows of a large table, all held together, would be most of the memory of an audit.
    for (const row of statement.iterate()) for (let at = 0; at < columns.length; at++) columns[at].add(row[at])
    this.#columns = columns.map(({ cells }) => cells)
    this.#accounts = this.#columns[0] as Float64Array | Int32Array
    this.#order = inOrderOf(this.#accounts)
  }

  /** The account of the next row; Infinity at the end. */
  get account(): number {
    return this.#next === this.#order.length ? Number.POSITIVE_INFINITY : this.#accounts[this.#order[this.#next]]
  }

  /** All rows of an account, which is the next one or one without rows here. */
  of(account: number): readonly Row[] {
    if (this.account !== account) return NONE
    const rows: Row[] = []
    const columns = this.#columns
    while (this.account === account) {
      const at = this.#order[this.#next++]
      const row: (number | string)[] = []
      for (const column of columns) row.push(column[at])
      rows.push(row as number[])
    }
    return rows
  }
}
