/** The ledger of a load test, read operation by operation, in the order of the stream. */
import type { Database } from 'better-sqlite3'
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

class Feed {
  readonly #rows: IterableIterator<Row>
  head: Row | undefined

  constructor(database: Database, table: string, columns: readonly string[], order: string) {
    const sql = `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order}`
    this.#rows = database.prepare<[], Row>(sql).raw().iterate() as IterableIterator<Row>
    this.next()
  }

  next(): void {
    const { done, value } = this.#rows.next()
    this.head = done === true ? undefined : value
  }

  get operation(): number {
    return this.head === undefined ? Number.POSITIVE_INFINITY : this.head[0]
  }

  close(): void {
    this.#rows.return?.()
  }
}

/** All operations that left a row or a posting, by number. */
export function* readLedger(database: Database): Iterable<BookedOperation> {
  const tables = operationKinds.map((kind) => {
    const table = operationTables[kind]
    return { kind, feed: new Feed(database, table, loadColumns[table], 'operation') }
  })
  const postings = new Feed(database, 'postings', loadColumns.postings, 'operation, rowid')
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
