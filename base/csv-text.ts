/** CSV as it is written (RFC 4180), with no text that a spreadsheet would run: the one place that knows how. */
import { stringify } from 'csv-stringify/sync'

/** A number is no formula, whatever its sign. */
const NEGATIVE = /^-\d+(\.\d+)?(e[+-]?\d+)?$/

const options = {
  // Text that begins as a formula does gets an apostrophe before it.
  escape_formulas: true,
  cast: { string: (text: string) => (NEGATIVE.test(text) ? { value: text, escape_formulas: false } : text) },
}

/** Lines with their ends. Fields are quoted where commas, quotes or line ends ask for it. */
export const csvLines = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    options,
  )

/** A line with its end. */
export const csvLine = (fields: readonly string[]): string => csvLines([fields])

/** A field as it is in a line. */
export const csvField = (text: string): string => csvLine([text]).slice(0, -1)
