/** CSV as spreadsheets and programs read it: exact decimals, and no text that a spreadsheet would run as a formula. */
import { stringify } from 'csv-stringify/sync'
import { moneyText } from './amounts.ts'

/** bigint is money in whole 1e-8 units; number a count; text is text. */
export type CsvCell = bigint | number | string | null

/** Lines without a header; each ends with a line feed. */
export const csvLines = (rows: readonly (readonly CsvCell[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, cast: { bigint: moneyText, number: String } },
  )

/** A file with a header line. */
export const csv = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  csvLines([header, ...rows])
