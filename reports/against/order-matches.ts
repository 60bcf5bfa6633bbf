/**
 * Two systems may number their orders apart: an order number that another account has over there is not the same order. Such
 * orders are matched by account and product instead, in the order in which they come.
 */
import { type InvoiceLines, ORDER_HOUR } from './invoices.ts'
import type { RatedLine } from './rated-line.ts'
import type { RowSet } from './row-set.ts'

/** An order, or a line of it. */
const keyOf = ({ resource, kind, product }: RatedLine): string => `${resource}\n${kind}\n${product}`

export class OrderMatches {
  readonly #lines: InvoiceLines
  readonly #ours: RatedLine[] = []
  readonly #rows = new Map<string, number>()

  constructor(lines: InvoiceLines) {
    this.#lines = lines
  }

  /** Whether a row of our order's number is of another account; then the order waits for a row of its own. */
  isOfOther(line: RatedLine, row: number): boolean {
    if (!line.isOrder || row < 0) return false
    const { table, accounts } = this.#lines
    if (table.account(row) < 0 || accounts.text(table.account(row)) === line.account) return false
    this.#ours.push(line)
    return true
  }

  /** The orders that waited, each with a row that was not seen; -1 where there is none. */
  *pairs(seen: RowSet): Generator<readonly [RatedLine, number]> {
    const { table, accounts, products } = this.#lines
    if (this.#ours.length === 0) return
    const free = new Map<string, number[]>()
    for (let row = 0; row < table.rows; row++) {
      if (table.hour(row) !== ORDER_HOUR || seen.has(row) || table.account(row) < 0) continue
      const key = `${accounts.text(table.account(row))}\n${products.text(table.product(row))}`
      const rows = free.get(key)
      if (rows === undefined) free.set(key, [row])
      else rows.push(row)
    }
    for (const line of this.#ours) {
      const product = this.#lines.hasKinds ? `${line.kind} ${line.product}` : line.product
      const row = free.get(`${line.account}\n${product}`)?.shift() ?? -1
      this.#rows.set(keyOf(line), row)
      yield [line, row]
    }
  }

  /** The row that an order was matched with; `row` for everything else. */
  rowOf(line: RatedLine, row: number): number {
    return line.isOrder ? (this.#rows.get(keyOf(line)) ?? row) : row
  }
}
