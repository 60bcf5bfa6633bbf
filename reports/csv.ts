/** CSV as spreadsheets and programs read it: exact decimals, and no text that a spreadsheet would run as a formula. */
import { stringify } from 'csv-stringify/sync'
import { moneyText } from './amounts.ts'

/** bigint is money in whole 1e-8 units; number a count; text is text. */
export type CsvCell = bigint | number | string | null

/** A file with a header line; lines end with a line feed. */
export function csv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    {
      header: true,
      columns: header.map((name) => ({ key: name, header: name })),
      escape_formulas: true,
      cast: { bigint: moneyText, number: String },
    },
  )
}
