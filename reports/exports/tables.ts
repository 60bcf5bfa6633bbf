/** The books as plain CSV. */
import { csvField } from '#base/csv-text.ts'
import type { RunRecord } from '../record.ts'
import { bookTables } from './book-tables.ts'
import { type Files, OFTEN, transactionsIn } from './journal.ts'

/** Writes postings.csv, balances.csv, bills.csv, charges.csv and order-lines.csv. Returns the number of transactions. */
export function exportTables(record: RunRecord, files: Files): number {
  const total = transactionsIn(record)
  let count = 0
  const onTransaction = (): void => {
    if (++count % OFTEN === 0) files.progress?.(Math.min(1, count / total))
  }
  for (const { name, columns, rows } of bookTables) {
    const file = files.open(`${name}.csv`)
    const isName = Object.values(columns).map((kind) => kind === 'name')
    file.write(`${Object.keys(columns).join(',')}\n`)
    for (const row of rows(record, onTransaction))
      file.write(`${row.map((text, index) => (isName[index] ? csvField(text) : text)).join(',')}\n`)
  }
  return count
}
