/**
 * What a run records: every fact table with its columns, units and meaning. This list is the schema: the fact log's
 * layout, the SQLite tables, the views and `docs/reference/record.md` are all made from it.
 */
import type { Column, FactTable, Unit } from './column.ts'
import { capacityTables } from './tables/capacity.ts'
import { changeTables } from './tables/changes.ts'
import { channelTables } from './tables/channels.ts'
import { hostTables } from './tables/hosts.ts'
import { interruptibleTables } from './tables/interruptible.ts'
import { paymentTables } from './tables/payment.ts'
import { poolTables } from './tables/pools.ts'
import { sellerTables } from './tables/sellers.ts'
import { serviceTables } from './tables/service.ts'
import { sumTables } from './tables/sums.ts'
import { supervisionTables } from './tables/supervision.ts'
import { taxTables } from './tables/taxes.ts'
import { tradeTables } from './tables/trade.ts'
import { highOf } from './wide.ts'

/** A table's place here is its number in the fact log; the digest folds a hash of its name, so a table may be added anywhere. */
export const factTables = {
  ...tradeTables,
  ...supervisionTables,
  ...changeTables,
  ...poolTables,
  ...hostTables,
  ...interruptibleTables,
  ...capacityTables,
  ...paymentTables,
  ...channelTables,
  ...serviceTables,
  ...sellerTables,
  ...taxTables,
} as const satisfies Record<string, FactTable>

export type FactTableName = keyof typeof factTables
export const factTableNames = Object.keys(factTables) as readonly FactTableName[]
/** Sums of facts, which cells keep while they write them; they are no part of a history's digest. */
export { sumTables }
export type SumTableName = keyof typeof sumTables
export const sumTableNames = Object.keys(sumTables) as readonly SumTableName[]
/** Every table that cells fill. */
const tables = { ...factTables, ...sumTables }
export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as readonly TableName[]
/** One row of a fact table: whole numbers by column; of money a number where float64 holds it exactly. */
export type Fact<T extends FactTableName> = {
  readonly [C in keyof (typeof factTables)[T]['columns']]: (typeof factTables)[T]['columns'][C] extends {
    unit: 'money'
  }
    ? number | bigint
    : number
}
/** Columns of a table in the order in which they are stored. */
export const factColumns = (table: TableName): readonly string[] => Object.keys(tables[table].columns)
/** Columns of its SQLite table: those of the facts, then the high parts of money (`wide.ts`). */
export const sqlColumns = (table: TableName): readonly string[] => [
  ...factColumns(table),
  ...factColumns(table)
    .filter((name) => unitOf(table, name) === 'money')
    .map(highOf),
]
/** The unit of a column of a table. */
export const unitOf = (table: TableName, name: string): Unit =>
  (tables[table].columns as Readonly<Record<string, Column>>)[name].unit

/** The statement that creates the table of a record. */
export const factTableSql = (table: TableName): string => partTableSql(table, sqlColumns(table))

/** The same of some of its columns. */
export function partTableSql(table: TableName, names: readonly string[]): string {
  const columns = names.map((name) => {
    if (name === 'id') return 'id INTEGER PRIMARY KEY'
    return factColumns(table).includes(name) ? `${name} INTEGER NOT NULL` : `${name} INTEGER NOT NULL DEFAULT 0`
  })
  return `CREATE TABLE ${table} (${columns.join(', ')}) STRICT`
}
