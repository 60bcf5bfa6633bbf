/** The whole record as one SQLite file: any SQLite tool finds every table in it. */
import { writeWholeRecord } from '#sim/record/whole-record.ts'
import type { RunRecord } from '../record.ts'
import type { ExportFiles } from './journal.ts'

/** Its name. */
const FILE = 'record.sqlite'

/** Writes the file. Answers the number of its transactions. */
export function exportSqlite(record: RunRecord, files: ExportFiles): number {
  writeWholeRecord(record.path, files.place(FILE))
  const [{ count }] = record.plainRows<{ count: bigint }>('SELECT coalesce(sum(repeats), 0) AS count FROM transactions')
  return Number(count)
}
