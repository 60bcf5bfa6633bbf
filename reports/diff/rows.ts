/**
 * The rows of a fact table as two runs can be compared by them: words and names in place of numbers, and without the numbers of
 * orders, servers and other things that a run gives in turn: one order more would change all later ones.
 */
import { type FactTableName, factColumns, factTableNames, unitOf } from '#sim/record/columns.ts'
import { highOf } from '#sim/record/wide.ts'

/** What can differ between two histories, as one query of a record. */
export interface Source {
  readonly table: string
  /** Columns of the query after the time, as they are called. */
  readonly columns: readonly string[]
  /** The first so many of them are compared; the others name what a row is about. */
  readonly compared: number
  /** Where the name of the account is among the columns; -1 where a row has none. */
  readonly account: number
  /** Where an amount may be: any of its columns is money or a charge. */
  readonly hasAmounts: boolean
  /** The place of the number of equal hours in a row, the last of those compared; -1 where it is one event. */
  readonly repeats: number
  /** Its time is that of a whole hour, known when the hour is over; of a month, which is no time of an event; or an event's. */
  readonly when: 'event' | 'hour' | 'month'
  readonly sql: string
}

/** Numbers that a scenario gives, so that they are the same in both runs; any other number of the unit `id` is given in turn. */
const static_: readonly string[] = ['host_group', 'region', 'priced', 'plan', 'plan_from', 'server_plan', 'owner']

const names: Readonly<Record<string, string>> = {
  account: '(SELECT name FROM accounts WHERE id = T.account)',
  pool: '(SELECT pool FROM temp.pool_names WHERE id = T.pool)',
  seller: "(SELECT segment || '/' || number FROM sellers WHERE id = T.seller)",
  specification: good('specification'),
  specification_from: good('specification_from'),
  product: '(SELECT product FROM products WHERE id = T.product)',
}

function good(column: string): string {
  return `(SELECT product || '/' || specification FROM temp.goods WHERE id = T.${column})`
}

/** Whose a row is, where it names an order or a server only. */
const owners: Readonly<Record<string, string>> = {
  order_id: 'orders',
  subscription_id: 'orders',
  instance_id: 'instances',
}

/** What `movements` has, and the parts of it that follow from terms and sales. */
const leftOut: readonly FactTableName[] = ['transactions', 'postings', 'recognitions', 'seller_shares']

/** The column that says when a row happened, and of what kind it is. */
function timeOf(columns: readonly string[]): Pick<Source, 'when'> & { readonly column: string } {
  if (columns.includes('at')) return { column: 'at', when: 'event' }
  if (columns.includes('first_hour')) return { column: 'first_hour', when: 'hour' }
  if (columns.includes('hour')) return { column: 'hour', when: 'hour' }
  return { column: 'month', when: 'month' }
}

const word = (column: string): string => `(SELECT word FROM words WHERE id = T.${column})`

function sourceOf(table: FactTableName): Source | undefined {
  const all = factColumns(table)
  const { column: time, when } = timeOf(all)
  if (leftOut.includes(table) || !all.includes(time)) return undefined
  const compared: [name: string, sql: string][] = []
  const others: string[] = []
  for (const column of all) {
    const unit = unitOf(table, column)
    if (column === time || column === 'hours') continue
    if (unit === 'word') compared.push([column, word(column)])
    else if (Object.hasOwn(names, column)) compared.push([column, names[column]])
    else if (unit === 'id' && !static_.includes(column)) others.push(column)
    else if (unit === 'money') compared.push([column, `T.${column}`], [highOf(column), `T.${highOf(column)}`])
    else compared.push([column, `T.${column}`])
  }
  const about = all.find((column) => Object.hasOwn(owners, column))
  if (!all.includes('account') && about !== undefined)
    compared.push([
      'account',
      `(SELECT name FROM accounts WHERE id = (SELECT account FROM ${owners[about]} WHERE id = T.${about}))`,
    ])
  if (all.includes('hours')) compared.push(['hours', 'T.hours'])
  const terms = [...compared.map(([, sql]) => sql), ...others.map((column) => `T.${column}`)]
  const columns = [...compared.map(([name]) => name), ...others]
  return {
    table,
    columns,
    compared: compared.length,
    account: columns.indexOf('account'),
    hasAmounts: all.some((column) => ['money', 'charge'].includes(unitOf(table, column))),
    repeats: all.includes('hours') ? compared.length - 1 : -1,
    when,
    sql: `SELECT T.${time}, ${terms.join(', ')} FROM ${table} AS T ORDER BY ${orderOf(compared.length)}`,
  }
}

/** The time, and all that is compared. */
const orderOf = (compared: number): string => Array.from({ length: compared + 1 }, (_, index) => index + 1).join(', ')

/** Movements of money leg by leg: what the tables of transactions and postings say together. */
const movements: Source = {
  table: 'postings',
  columns: ['kind', 'ledger', 'account', 'amount', highOf('amount'), 'rule', 'repeats', 'transaction_id', 'order_id'],
  compared: 7,
  account: 2,
  hasAmounts: true,
  repeats: 6,
  when: 'event',
  sql: `SELECT T.at, ${word('kind')}, (SELECT word FROM words WHERE id = P.ledger), ${names.account},
    P.amount, P.${highOf('amount')}, ${word('rule')}, T.repeats, T.id, T.order_id
    FROM postings AS P JOIN transactions AS T ON T.id = P.transaction_id ORDER BY ${orderOf(7)}`,
}

/** Everything that is compared, in the order in which things lead to each other at one instant. */
export const sources: readonly Source[] = [...factTableNames.flatMap((table) => sourceOf(table) ?? []), movements]
