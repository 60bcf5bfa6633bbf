/** Orders and servers of all accounts, for what looks across accounts: columns of `run.sqlite`, each table read once. */
import type { Database } from 'better-sqlite3'
import { readColumns } from './table-feed.ts'

/** Numbers of a column by row. */
export type Numbers = Float64Array | Int32Array

/** All orders, in the order of their numbers. */
export interface OrderColumns {
  readonly id: Numbers
  readonly account: Numbers
  readonly at: Numbers
  readonly kind: Numbers
  readonly specification: Numbers
  readonly channel: Numbers
}

/** All servers, in the order of their numbers. */
export interface ServerColumns {
  readonly id: Numbers
  readonly account: Numbers
  readonly pool: Numbers
  readonly billing: Numbers
}

const known = new WeakMap<Database, { orders?: OrderColumns; servers?: ServerColumns }>()

function knownOf(database: Database) {
  let columns = known.get(database)
  if (columns === undefined) known.set(database, (columns = {}))
  return columns
}

export function orderColumns(database: Database): OrderColumns {
  const columns = knownOf(database)
  if (columns.orders === undefined) {
    const sql = 'SELECT id, account, at, kind, specification, channel FROM orders ORDER BY id'
    const [id, account, at, kind, specification, channel] = readColumns(database, sql) as Numbers[]
    columns.orders = { id, account, at, kind, specification, channel }
  }
  return columns.orders
}

export function serverColumns(database: Database): ServerColumns {
  const columns = knownOf(database)
  if (columns.servers === undefined) {
    const sql = 'SELECT id, account, pool, billing FROM instances ORDER BY id'
    const [id, account, pool, billing] = readColumns(database, sql) as Numbers[]
    columns.servers = { id, account, pool, billing }
  }
  return columns.servers
}
