/** CSV as spreadsheets and programs read it: exact decimals, and no text that a spreadsheet would run as a formula. */
import { stringify } from 'csv-stringify/sync'
import { moneyText } from './amounts.ts'

/** A number whose decimal text is made already: unlike other text it may begin with a minus. */
export class DecimalText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** bigint is money in whole 1e-8 units; number a count; text is text. */
export type CsvCell = bigint | number | string | DecimalText | null

const textOf = (value: object): string => (value instanceof DecimalText ? value.text : String(value))

/** Lines without a header; each ends with a line feed. */
export const csvLines = (rows: readonly (readonly CsvCell[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    { escape_formulas: true, cast: { bigint: moneyText, number: String, object: textOf } },
  )

/** A file with a header line. */
export const csv = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  csvLines([header, ...rows])
