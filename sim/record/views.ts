/** Views that spell the record out: words for numbers, ISO text for instants, hours for spans. */
import { factColumns, sqlColumns, type TableName, tableNames, unitOf } from './columns.ts'
import { dayViews } from './day-views.ts'
import { documentViews } from './document-views.ts'
import { maskedSql } from './masked-credentials.ts'
import { sumColumns, sumSql } from './wide.ts'

/** `2024-03-01T08:00:00.000Z` of a column of milliseconds. */
const isoText = (column: string): string =>
  `CASE ${column} WHEN 0 THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%S', ${column} / 1000, 'unixepoch') || printf('.%03dZ', ${column} % 1000) END`

function spelledColumn(table: TableName, column: string): string {
  const unit = unitOf(table, column)
  if (unit === 'word') return `(SELECT word FROM words WHERE id = ${table}.${column}) AS ${column}`
  if (unit === 'instant') return `${isoText(`${table}.${column}`)} AS ${column}`
  if (unit === 'day') return `date(${table}.${column} * 86400, 'unixepoch') AS ${column}`
  return `${table}.${column}`
}

const isHighPart = (table: TableName, column: string): boolean => !factColumns(table).includes(column)

/** `v_<table>` of every table that cells fill. */
const spelled = (table: TableName) => ({
  name: `v_${table}`,
  text: `\`${table}\` with words in place of IDs and instants as ISO text in UTC.`,
  sql: `SELECT ${sqlColumns(table)
    .map((column) => (isHighPart(table, column) ? `${table}.${column}` : spelledColumn(table, column)))
    .join(', ')} FROM ${table}`,
})

/** Postings over all repetitions. */
const balanced = sumSql('p.amount', 't.repeats')

const paidColumns = ['order_id', 'line', 'part', 'plan', 'amount', 'amount_high', 'rule'].join(', ')

const expanding = [
  {
    name: 'paid_lines',
    text: 'The lines each order was paid by: its `order_requotes` if it has any, otherwise its `order_lines`.',
    sql: `SELECT ${paidColumns} FROM order_lines WHERE order_id NOT IN (SELECT order_id FROM order_requotes)
      UNION ALL SELECT ${paidColumns} FROM order_requotes`,
  },
  {
    name: 'usage_hours',
    text: '`usage_spans` by hour: one row per instance, item and clock hour.',
    sql: `WITH RECURSIVE expanded(instance_id, account, item, priced, hour, seconds, unit_price, amount, rule, remaining) AS (
      SELECT instance_id, account, item, priced, first_hour, seconds, unit_price, amount, rule, hours FROM usage_spans
      UNION ALL
      SELECT instance_id, account, item, priced, hour + 3600000, seconds, unit_price, amount, rule, remaining - 1
      FROM expanded WHERE remaining > 1
    ) SELECT instance_id, account, item, priced, hour, seconds, unit_price, amount, rule FROM expanded`,
  },
  {
    name: 'postings_expanded',
    text: '`postings` with separate rows for each repetition of a transaction.',
    sql: `WITH RECURSIVE expanded(transaction_id, at, hour, kind, ledger, owner, amount, amount_high, remaining) AS (
      SELECT t.id, t.at, t.hour, t.kind, p.ledger, p.owner, p.amount, p.amount_high, t.repeats
      FROM transactions t JOIN postings p ON p.transaction_id = t.id
      UNION ALL
      SELECT transaction_id, at + 3600000, hour + 3600000, kind, ledger, owner, amount, amount_high, remaining - 1
      FROM expanded WHERE remaining > 1
    ) SELECT transaction_id, at, hour, kind, ledger, owner, amount, amount_high FROM expanded`,
  },
  {
    name: 'usage_rejected',
    text: 'Metered hours that were never charged, because their records arrived after `usage.lateWindow` (U-09).',
    sql: `SELECT f.account, f.instance_id, f.item, f.priced, f.hour, MAX(f.amount) AS amount
      FROM usage_faults f JOIN words w ON w.id = f.outcome
      GROUP BY f.account, f.instance_id, f.item, f.priced, f.hour
      HAVING SUM(w.word IN ('accepted', 'correction')) = 0 AND SUM(w.word = 'late' AND f.copy = 0) > 0`,
  },
  {
    name: 'balances',
    text: 'Closing balance of each ledger account and owner, all repetitions included: `balance` and `balance_high`. Debit positive.',
    sql: `WITH sums AS (
      SELECT w.word AS ledger, p.owner, ${balanced.units} AS units, ${balanced.parts} AS parts
      FROM postings p JOIN transactions t ON t.id = p.transaction_id JOIN words w ON w.id = p.ledger
      GROUP BY p.ledger, p.owner
    ) SELECT ledger, owner, ${sumColumns('units', 'parts', 'balance')} FROM sums`,
  },
  {
    name: 'order_states',
    text: 'The final state of each order, and when the order entered it.',
    sql: `SELECT s.order_id, w.word AS state, s.at FROM order_steps s JOIN words w ON w.id = s.to_state
      WHERE s.rowid = (SELECT MAX(rowid) FROM order_steps l WHERE l.order_id = s.order_id)`,
  },
  {
    name: 'supervision_flows',
    text: 'Each supervision flow on one line: when it arrived how far (ms; null: never), and for how long it was frozen.',
    sql: `WITH spelled AS (
      SELECT s.order_id, s.at, e.word AS event, t.word AS state, b.word AS by,
        LEAD(s.at) OVER (PARTITION BY s.order_id ORDER BY s.rowid) AS until
      FROM supervision_steps s JOIN words e ON e.id = s.event JOIN words t ON t.id = s.to_state
      JOIN words b ON b.id = s.by
    ) SELECT order_id, MIN(at) AS begun, MIN(at) FILTER (WHERE by = 'seller') AS first_seller_action,
      MIN(at) FILTER (WHERE event = 'deliver') AS delivered, MIN(at) FILTER (WHERE event = 'accept') AS accepted,
      MIN(at) FILTER (WHERE state = 'completed') AS completed, MIN(at) FILTER (WHERE state = 'cancelled') AS cancelled,
      COUNT(*) FILTER (WHERE event = 'reject-request') AS request_rejections,
      COUNT(*) FILTER (WHERE event = 'reject-product') AS product_rejections,
      COUNT(*) FILTER (WHERE event = 'remind') AS reminders, COUNT(*) FILTER (WHERE event = 'appeal') AS appeals,
      COALESCE(SUM(COALESCE(until, (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'end')) - at)
        FILTER (WHERE state = 'frozen'), 0) AS frozen_ms
      FROM spelled GROUP BY order_id`,
  },
  {
    name: 'application_information',
    text: 'Application information of SaaS orders and where it is shown (S-11): of a supervised one on the page `service-supervision` from its first delivery until the flow ends, and among `purchased-apps` once completed; of another immediately. Times in ms, `until` null while it is shown. The record has no passwords.',
    sql: `WITH steps AS (
      SELECT s.order_id, MIN(s.at) FILTER (WHERE e.word = 'deliver') AS delivered,
        MIN(s.at) FILTER (WHERE t.word IN ('completed', 'cancelled')) AS ended
      FROM supervision_steps s JOIN words e ON e.id = s.event JOIN words t ON t.id = s.to_state GROUP BY s.order_id
    ), done AS (
      SELECT s.order_id, s.at FROM order_steps s JOIN words e ON e.id = s.event WHERE e.word = 'complete'
    ), apps AS (
      SELECT o.id, o.account, p.product FROM orders o JOIN words k ON k.id = o.kind AND k.word IN ('purchase', 'trial')
      JOIN specifications s ON s.id = o.specification JOIN products p ON p.id = s.product_id AND p.kind = 'saas'
    ) SELECT a.id AS order_id, a.account, a.product, 'service-supervision' AS page, s.delivered AS since, s.ended AS until,
        ${maskedSql('a.id', 'a.product')}
      FROM apps a JOIN steps s ON s.order_id = a.id WHERE s.delivered IS NOT NULL
      UNION ALL
      SELECT a.id, a.account, a.product, 'purchased-apps', d.at, NULL, ${maskedSql('a.id', 'a.product')}
      FROM apps a JOIN done d ON d.order_id = a.id`,
  },
  {
    name: 'purchased_apps',
    text: 'Supervised SaaS applications available to their buyers (S-11). The record has no passwords.',
    sql: `SELECT c.order_id, c.account, c.at, p.product, ${maskedSql('c.order_id', 'p.product')}
      FROM app_credentials c JOIN orders o ON o.id = c.order_id JOIN specifications s ON s.id = o.specification
      JOIN products p ON p.id = s.product_id`,
  },
]

/** Every view of the record, for its creation and its documentation. */
export const views: readonly { readonly name: string; readonly text: string; readonly sql: string }[] = [
  ...tableNames.map(spelled),
  ...expanding,
  ...dayViews,
  ...documentViews,
]
