/** CSV as it is written (RFC 4180): the one place that knows what a spreadsheet would do with a field. */

/** What a spreadsheet takes for the beginning of a formula, in the narrow and the wide forms of the signs. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/
/** A number is no formula, whatever its sign. */
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/

/** Quoted where commas, quotes or line ends ask for it; text that a spreadsheet would run gets an apostrophe before it. */
export function csvField(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A line with its end. */
export const csvLine = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\n`
