/** Views that spell the record out: words for numbers, ISO text for instants, hours for spans. */
import { type FactTableName, factColumns, factTableNames, unitOf } from './columns.ts'

/** `2024-03-01T08:00:00.000Z` of a column of milliseconds. */
const isoText = (column: string): string =>
  `CASE ${column} WHEN 0 THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%S', ${column} / 1000, 'unixepoch') || printf('.%03dZ', ${column} % 1000) END`

function spelledColumn(table: FactTableName, column: string): string {
  const unit = unitOf(table, column)
  if (unit === 'word') return `(SELECT word FROM words WHERE id = ${table}.${column}) AS ${column}`
  if (unit === 'instant') return `${isoText(`${table}.${column}`)} AS ${column}`
  return `${table}.${column}`
}

/** `v_<table>` of every fact table. */
const spelled = (table: FactTableName) => ({
  name: `v_${table}`,
  text: `\`${table}\` with words spelled out and instants as ISO text in UTC.`,
  sql: `SELECT ${factColumns(table)
    .map((column) => spelledColumn(table, column))
    .join(', ')} FROM ${table}`,
})

const expanding = [
  {
    name: 'usage_hours',
    text: '`usage_spans` hour by hour: one row an instance, item and clock hour.',
    sql: `WITH RECURSIVE expanded(instance_id, account, item, priced, hour, seconds, unit_price, amount, rule, remaining) AS (
      SELECT instance_id, account, item, priced, first_hour, seconds, unit_price, amount, rule, hours FROM usage_spans
      UNION ALL
      SELECT instance_id, account, item, priced, hour + 3600000, seconds, unit_price, amount, rule, remaining - 1
      FROM expanded WHERE remaining > 1
    ) SELECT instance_id, account, item, priced, hour, seconds, unit_price, amount, rule FROM expanded`,
  },
  {
    name: 'postings_expanded',
    text: '`postings` with each repetition of its transaction as rows of its own.',
    sql: `WITH RECURSIVE expanded(transaction_id, at, hour, kind, ledger, owner, amount, remaining) AS (
      SELECT t.id, t.at, t.hour, t.kind, p.ledger, p.owner, p.amount, t.repeats
      FROM transactions t JOIN postings p ON p.transaction_id = t.id
      UNION ALL
      SELECT transaction_id, at + 3600000, hour + 3600000, kind, ledger, owner, amount, remaining - 1
      FROM expanded WHERE remaining > 1
    ) SELECT transaction_id, at, hour, kind, ledger, owner, amount FROM expanded`,
  },
  {
    name: 'balances',
    text: 'Closing balance of each ledger account and owner, over all repetitions. Debit positive.',
    sql: `SELECT w.word AS ledger, p.owner, SUM(p.amount * t.repeats) AS balance
      FROM postings p JOIN transactions t ON t.id = p.transaction_id JOIN words w ON w.id = p.ledger
      GROUP BY p.ledger, p.owner`,
  },
  {
    name: 'order_states',
    text: 'The state each order ended the run in, and when it entered it.',
    sql: `SELECT s.order_id, w.word AS state, s.at FROM order_steps s JOIN words w ON w.id = s.to_state
      WHERE s.rowid = (SELECT MAX(rowid) FROM order_steps l WHERE l.order_id = s.order_id)`,
  },
]

/** Every view of the record, for its creation and its documentation. */
export const views: readonly { readonly name: string; readonly text: string; readonly sql: string }[] = [
  ...factTableNames.map(spelled),
  ...expanding,
]
