/** Orders and servers of all accounts, for what looks across accounts: columns of `run.sqlite`, each table read once. */
import type { Database } from 'better-sqlite3'
import { money } from './cells.ts'
import { readColumns, type TableColumns } from './table-feed.ts'

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

const known = new WeakMap<Database, { orders?: TableColumns; servers?: TableColumns }>()

function knownOf(database: Database) {
  let tables = known.get(database)
  if (tables === undefined) known.set(database, (tables = {}))
  return tables
}

/** All that is said of orders, in the order in which `orderOf` of `account-rows.ts` reads it; the channel behind it. */
export function orderTable(database: Database): TableColumns {
  const tables = knownOf(database)
  tables.orders ??= readColumns(
    database,
    `SELECT account, id, at, specification, pool, kind, quantity, months, instances, ${money('amount')}, subject, rule, channel
      FROM orders ORDER BY id`,
  )
  return tables.orders
}

/** All that is said of servers, in the order in which `instanceOf` of `account-rows.ts` reads it. */
export function serverTable(database: Database): TableColumns {
  const tables = knownOf(database)
  tables.servers ??= readColumns(
    database,
    'SELECT account, id, at, order_id, pool, specification, billing, lifetime FROM instances ORDER BY id',
  )
  return tables.servers
}

export function orderColumns(database: Database): OrderColumns {
  const [account, id, at, specification, , kind, , , , , , , channel] = orderTable(database) as Numbers[]
  return { id, account, at, kind, specification, channel }
}

export function serverColumns(database: Database): ServerColumns {
  const [account, id, , , pool, , billing] = serverTable(database) as Numbers[]
  return { id, account, pool, billing }
}
