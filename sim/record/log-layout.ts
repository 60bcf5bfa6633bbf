/** How a fact is in the fact log: the number of its table, then its columns; an amount takes two numbers (`wide.ts`). */
import { factColumns, factTableNames, type TableName, unitOf } from './columns.ts'

const numbersOf = (table: TableName, column: string): number => (unitOf(table, column) === 'money' ? 2 : 1)

/** Numbers of a row of a table, that of the table among them. */
export const logWidth = (table: TableName): number =>
  factColumns(table).reduce((width, column) => width + numbersOf(table, column), 1)

/** Where the columns of a row begin, counted from the number of its table. */
export function logPlaces(table: TableName): Readonly<Record<string, number>> {
  let next = 1
  const places = factColumns(table).map((column) => {
    const at = next
    next += numbersOf(table, column)
    return [column, at] as const
  })
  return Object.fromEntries(places)
}

/** By the number of a fact table. */
export const factWidths = Int32Array.from(factTableNames, (table) => logWidth(table))

/** The end of the last whole fact among so many numbers. */
export function wholeFacts(facts: Float64Array, numbers: number): number {
  let end = 0
  while (end < numbers && end + factWidths[facts[end]] <= numbers) end += factWidths[facts[end]]
  return end
}
