/** The reports' tables as CSV: exact decimals, and no text that a spreadsheet would run as a formula. */
import { csvLines as linesOf } from '#base/csv-text.ts'
import { moneyText } from '#base/money.ts'

/** bigint is money in whole 1e-8 units; number a count; text is text, decimals among it. */
export type CsvCell = bigint | number | string | null

const textOf = (cell: CsvCell): string =>
  cell === null ? '' : typeof cell === 'bigint' ? moneyText(cell) : String(cell)

/** Lines without a header; each ends with a line feed. */
export const csvLines = (rows: readonly (readonly CsvCell[])[]): string => linesOf(rows.map((row) => row.map(textOf)))

/** A file with a header line. */
export const csv = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  csvLines([header, ...rows])
