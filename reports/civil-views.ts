/**
 * Views of the record in people's language, `civil_TABLE` for each of its tables: names instead of numbers, amounts as exact
 * decimals, times, days and months in civil time. They exist on a connection only, and only once a statement names them.
 */
import type Database from 'better-sqlite3'
import { dateText } from '#base/civil-text.ts'
import { formatInstant } from '#base/civil-time.ts'
import { decimalText } from '#base/decimal-text.ts'
import { factColumns, type TableName, tableNames, unitOf } from '#sim/record/columns.ts'
import { HIGH, highOf } from '#sim/record/wide.ts'

/** What the numbers of an `id` column are called, by the column's name: the expression of its name, and its new name. */
const named: Readonly<Record<string, string>> = {
  account: '(SELECT name FROM accounts WHERE id = T.account)',
  pool: '(SELECT pool FROM temp.pool_names WHERE id = T.pool)',
  specification: `(SELECT product || '/' || specification FROM temp.goods WHERE id = T.specification)`,
}

/** The columns that name the first instant of a month. */
const isMonth = (column: string): boolean => column === 'month' || column.endsWith('_month')

function civilColumn(table: TableName, column: string): string {
  const cell = `T.${column}`
  switch (unitOf(table, column)) {
    case 'word':
      return `(SELECT word FROM words WHERE id = ${cell}) AS ${column}`
    case 'instant':
      return `${isMonth(column) ? 'civil_month' : 'civil_time'}(${cell}) AS ${column}`
    case 'day':
      return `civil_day(${cell}) AS ${column}`
    case 'money':
      return `decimal_text(${cell}, T.${highOf(column)}, 8) AS ${column}`
    case 'charge':
    case 'quantity':
      return `decimal_text(${cell}, 0, 8) AS ${column}`
    case 'price':
      return `decimal_text(${cell}, 0, 10) AS ${column}`
    default:
      return Object.hasOwn(named, column) ? `${named[column]} AS ${column}` : `${cell} AS ${column}`
  }
}

/** The tables whose civil views a statement names. */
export const civilTablesIn = (sql: string): TableName[] => {
  const words = new Set(Array.from(sql.matchAll(/\bcivil_(\w+)/gi), ([, table]) => table.toLowerCase()))
  return tableNames.filter((table) => words.has(table))
}

/** Gives a connection the functions that the views use; they may be called in any query. */
export function defineCivilFunctions(database: Database.Database, utcOffset: number): void {
  const options = { deterministic: true, safeIntegers: true } as const
  const time = (value: unknown): string | null =>
    value === null || value === 0n ? null : formatInstant(Number(value), utcOffset)
  database.function('civil_time', options, time)
  database.function('civil_month', options, (value: unknown) => time(value)?.slice(0, 7) ?? null)
  database.function('civil_day', options, (value: unknown) => (value === null ? null : dateText(Number(value))))
  database.function('decimal_text', options, (low: unknown, high: unknown, decimals: unknown) =>
    low === null
      ? null
      : decimalText(BigInt(low as bigint) + BigInt((high ?? 0n) as bigint) * HIGH, Number(decimals), Number(decimals)),
  )
}

/** The view of a table, of this connection. */
export const civilView = (table: TableName): string =>
  `CREATE TEMP VIEW IF NOT EXISTS civil_${table} AS SELECT ${factColumns(table)
    .map((column) => civilColumn(table, column))
    .join(', ')} FROM ${table} AS T`
