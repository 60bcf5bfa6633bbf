/**
 * The books for spreadsheets, one file and sheet a table. A spreadsheet keeps about 15 digits of a number, so each amount is there
 * twice: as a number, to add up, and as its exact text. Rows are written as they come, so memory does not grow with them.
 */
import { type CellValue, type ColumnDef, writeXlsxStream } from 'hucre/xlsx'
import type { RunRecord } from '../record.ts'
import { type BookTable, bookTables } from './book-tables.ts'
import { type ByteFile, type Files, OFTEN, transactionsIn } from './journal.ts'

/** What a spreadsheet, or one that opens the sheet as CSV later, may run as a formula: wide signs are read as narrow ones. */
const FORMULA = /^[=+\-@\t\r\n|%＝＋－＠]/

/** Text that is never a formula: an apostrophe comes before what begins like one, as in the CSV. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

const columnsOf = ({ columns }: BookTable): ColumnDef[] =>
  Object.entries(columns).flatMap(([name, kind]): ColumnDef[] =>
    kind === 'amount'
      ? [
          { header: name, width: 14, numFmt: '#,##0.00######' },
          { header: `${name} (exact)`, width: 18 },
        ]
      : [{ header: name, width: kind === 'count' ? 8 : 20 }],
  )

/** The cells of a row: numbers where a number is exact, text next to it where it is not. */
function cellsOf({ columns }: BookTable, row: readonly string[]): CellValue[] {
  return Object.values(columns).flatMap((kind, index): CellValue[] => {
    const text = row[index]
    if (text === '') return kind === 'amount' ? [null, null] : [null]
    if (kind === 'amount') return [Number(text), text]
    return kind === 'count' ? [Number(text)] : [guarded(text)]
  })
}

/** Writes postings.xlsx, balances.xlsx, bills.xlsx, charges.xlsx and order-lines.xlsx. Resolves to the number of transactions. */
export async function exportXlsx(record: RunRecord, files: Files<ByteFile>): Promise<number> {
  const total = transactionsIn(record)
  let count = 0
  const onTransaction = (): void => {
    if (++count % OFTEN === 0) files.progress?.(Math.min(1, count / total))
  }
  for (const table of bookTables) {
    const file = files.open(`${table.name}.xlsx`)
    const cells = function* (): Generator<CellValue[]> {
      for (const row of table.rows(record, onTransaction)) yield cellsOf(table, row)
    }
    const options = { name: table.name, columns: columnsOf(table), freezePane: { rows: 1 }, zip64: false }
    for await (const bytes of writeXlsxStream(cells(), options)) file.writeBytes(bytes)
  }
  return count
}
