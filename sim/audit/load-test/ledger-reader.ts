/** The ledger of a load test, read operation by operation, in the order of the stream. */
import type { Database } from 'better-sqlite3'
import { pagedRows } from '#base/paged-rows.ts'
import { loadColumns, type OperationKind, operationKinds, operationTables } from '../../record/load-ledger.ts'

type Row = readonly number[]

export interface BookedOperation {
  readonly number: number
  /** Undefined where postings are alone. */
  readonly kind: OperationKind | undefined
  /** Its row, in the order of the columns; with two rows of one number, the first. */
  readonly row: Row
  /** Rows of other kinds under the same number: there must be none. */
  readonly surplus: number
  /** Ledger account, owner, amount. */
  readonly legs: readonly Row[]
}

/** Postings that are not in the order of their operations. */
export class Disorder extends Error {}

class Feed {
  readonly #rows: Iterator<Row>
  head: Row | undefined

  constructor(rows: Iterator<Row>) {
    this.#rows = rows
    this.next()
  }

  next(): void {
    const { done, value } = this.#rows.next()
    if (done !== true && value[0] < (this.head?.[0] ?? value[0])) throw new Disorder()
    this.head = done === true ? undefined : value
  }

  get operation(): number {
    return this.head === undefined ? Number.POSITIVE_INFINITY : this.head[0]
  }

  close(): void {
    this.#rows.return?.()
  }
}

const sortedRows = (database: Database, table: string, columns: readonly string[]): Iterator<Row> =>
  database
    .prepare<[], Row>(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY operation, rowid`)
    .raw()
    .iterate() as IterableIterator<Row>

/**
 * All operations that left a row or a posting, by number. Postings are read in the order in which they were written, or sorted.
 * @throws Disorder where that is not the order of the operations
 */
export function* readLedger(database: Database, isSorted: boolean): Iterable<BookedOperation> {
  const tables = operationKinds.map((kind) => {
    const table = operationTables[kind]
    return { kind, feed: new Feed(pagedRows(database, table, loadColumns[table])) }
  })
  const rowsOf = isSorted ? sortedRows : pagedRows
  const postings = new Feed(rowsOf(database, 'postings', loadColumns.postings))
  try {
    for (;;) {
      let number = postings.operation
      for (const { feed } of tables) if (feed.operation < number) number = feed.operation
      if (number === Number.POSITIVE_INFINITY) return
      let kind: OperationKind | undefined
      let row: Row = []
      let surplus = 0
      for (const table of tables) {
        if (table.feed.operation !== number || table.feed.head === undefined) continue
        if (kind === undefined) {
          kind = table.kind
          row = table.feed.head
        } else surplus++
        table.feed.next()
      }
      const legs: Row[] = []
      while (postings.head !== undefined && postings.operation === number) {
        legs.push(postings.head)
        postings.next()
      }
      yield { number, kind, row, surplus, legs }
    }
  } finally {
    for (const { feed } of tables) feed.close()
    postings.close()
  }
}
