/**
 * What a run records: every fact table with its columns, units and meaning. This list is the schema: the fact log's
 * layout, the SQLite tables, the views and `docs/record.md` are all made from it.
 */
import type { Column, FactTable, Unit } from './column.ts'
import { changeTables } from './tables/changes.ts'
import { channelTables } from './tables/channels.ts'
import { paymentTables } from './tables/payment.ts'
import { poolTables } from './tables/pools.ts'
import { sellerTables } from './tables/sellers.ts'
import { serviceTables } from './tables/service.ts'
import { supervisionTables } from './tables/supervision.ts'
import { tradeTables } from './tables/trade.ts'

/** A table's place here is its number in the fact log; the digest folds a hash of its name, so a table may be added anywhere. */
export const factTables = {
  ...tradeTables,
  ...supervisionTables,
  ...changeTables,
  ...poolTables,
  ...paymentTables,
  ...channelTables,
  ...serviceTables,
  ...sellerTables,
} as const satisfies Record<string, FactTable>

export type FactTableName = keyof typeof factTables
export const factTableNames = Object.keys(factTables) as readonly FactTableName[]
/** One row of a fact table: whole numbers by column. */
export type Fact<T extends FactTableName> = { readonly [C in keyof (typeof factTables)[T]['columns']]: number }
/** Columns of a fact table in the order in which they are stored. */
export const factColumns = (table: FactTableName): readonly string[] => Object.keys(factTables[table].columns)
/** The unit of a column of a fact table. */
export const unitOf = (table: FactTableName, name: string): Unit =>
  (factTables[table].columns as Readonly<Record<string, Column>>)[name].unit
