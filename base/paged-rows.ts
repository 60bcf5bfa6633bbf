import type { Database } from 'better-sqlite3'

/** Rows of one call: one call for each row takes as long as reading it. */
const PAGE = 2_048

/** The rows of a table in the order of their numbers (`rowid`), each as its columns, a page at a time. */
export function* pagedRows(database: Database, table: string, columns: readonly string[]): Generator<number[]> {
  const page = database
    .prepare<[number], number[]>(
      `SELECT ${columns.join(', ')}, rowid FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
    )
    .raw()
  let last = Number.MIN_SAFE_INTEGER
  for (;;) {
    const rows = page.all(last) as unknown as number[][]
    for (const row of rows) {
      last = row.pop() as number
      yield row
    }
    if (rows.length < PAGE) return
  }
}
