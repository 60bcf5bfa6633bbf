/** Columns of whole numbers of a query, for passes over tables with a row for each order or server. */
import type Database from 'better-sqlite3'

/** Rows that are asked for at first; each time twice as many, so that what is passed over again grows no faster than the rows. */
const FIRST_ROWS = 2 ** 17

/**
 * The columns of a query, by column and row. SQLite writes each column as one text, which takes about half as long as handing over
 * each row; the rows of a large table are asked for in parts, so that these texts stay small. `prepare` makes a statement of a text.
 */
export function numberColumns(
  prepare: (sql: string) => Database.Statement,
  sql: string,
  count: number,
): Float64Array[] {
  const names = Array.from({ length: count }, (_, at) => `c${at}`)
  const texts = names.map((name) => `json_group_array(${name})`).join(', ')
  const statement = prepare(
    `WITH part(${names.join(', ')}) AS (SELECT * FROM (${sql}) LIMIT ? OFFSET ?) SELECT ${texts} FROM part`,
  ).raw(true)
  let columns: Float64Array[] = names.map(() => new Float64Array(0))
  for (let wanted = FIRST_ROWS, rows = 0; ; wanted *= 2) {
    const part = statement.get(wanted, rows) as readonly string[]
    columns = columns.map((column, at) => behind(column, JSON.parse(part[at])))
    const read = columns[0].length - rows
    rows += read
    if (read < wanted) return columns
  }
}

/** Numbers behind others. */
function behind(first: Float64Array, second: readonly number[]): Float64Array {
  if (first.length === 0) return new Float64Array(second)
  const all = new Float64Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
