/** Views of the books by civil day (M-09): which amounts belong to which day, whenever they were booked. */
import { amountBefore, dayNumber, firstDay, lastDay, ofMeta, startOfDay, unbilledBefore } from './cut-off.ts'

const meta = (key: string): string => `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = '${key}')`
const dateOf = (day: string): string => `date(${day} * 86400, 'unixepoch')`
const word = (id: string): string => `(SELECT word FROM words WHERE id = ${id})`

/** Of a leg, what belongs to the days from `from` up to `to`, both first instants of a day. */
const between = (before: typeof amountBefore, from: string, to: string): string =>
  `${before(to, ofMeta)} - ${before(from, ofMeta)}`

/** The legs of some transactions, day by day; `unbilled` is what they leave on `unbilled-receivable`. */
const legsByDay = (which: string): string => `
      stretch(id, day, last) AS (
        SELECT t.id, ${firstDay(ofMeta)}, ${lastDay(ofMeta)}
        FROM transactions t LEFT JOIN recognitions r ON r.transaction_id = t.id ${which}
        UNION ALL
        SELECT id, day + 1, last FROM stretch WHERE day < last
      ),
      bounds AS (SELECT id, day, ${startOfDay('day', ofMeta)} AS first, ${startOfDay('day + 1', ofMeta)} AS next FROM stretch),
      legs AS (
        SELECT b.day, t.id, t.kind, t.account, t.order_id, p.ledger, p.owner,
          ${between(amountBefore, 'b.first', 'b.next')} AS amount,
          ${between(unbilledBefore, 'b.first', 'b.next')} AS unbilled
        FROM bounds b CROSS JOIN transactions t ON t.id = b.id CROSS JOIN postings p ON p.transaction_id = b.id
        LEFT JOIN recognitions r ON r.transaction_id = b.id
      )`

/** One row a civil month of the run: its first instant, and that of the next month. */
const months = `
      month(first) AS (
        SELECT unixepoch((${meta('start')} + ${ofMeta.offset}) / 1000, 'unixepoch', 'start of month') * 1000 - ${ofMeta.offset}
        UNION ALL
        SELECT unixepoch((first + ${ofMeta.offset}) / 1000, 'unixepoch', '+1 month') * 1000 - ${ofMeta.offset} FROM month
        WHERE unixepoch((first + ${ofMeta.offset}) / 1000, 'unixepoch', '+1 month') * 1000 - ${ofMeta.offset} < ${ofMeta.end}
      ),
      ends AS (
        SELECT first, unixepoch((first + ${ofMeta.offset}) / 1000, 'unixepoch', '+1 month') * 1000 - ${ofMeta.offset} AS next FROM month
      )`

export const dayViews = [
  {
    name: 'ledger_days',
    text: 'The books by civil day (M-09): each leg on the day it belongs to, `unbilled-receivable` among them, repetitions and days of terms spelled out. A day`s rows sum to zero.',
    sql: `WITH RECURSIVE ${legsByDay('')}
      SELECT ${dateOf('day')} AS day, id AS transaction_id, ${word('kind')} AS kind, account, order_id,
        ${word('ledger')} AS ledger, owner, amount FROM legs WHERE amount <> 0
      UNION ALL
      SELECT ${dateOf('day')}, id, ${word('kind')}, account, order_id, 'unbilled-receivable', account, unbilled
      FROM legs WHERE unbilled <> 0`,
  },
  {
    name: 'month_ends',
    text: 'Balance of each ledger account and owner at the end of each civil month of the run, the last one being its end (M-09). Debit positive.',
    sql: `WITH RECURSIVE ${months},
      sums AS (
        SELECT e.first, p.ledger, p.owner, t.account, sum(${amountBefore('e.next', ofMeta)}) AS amount,
          sum(${unbilledBefore('e.next', ofMeta)}) AS unbilled
        FROM ends e CROSS JOIN transactions t CROSS JOIN postings p ON p.transaction_id = t.id
        LEFT JOIN recognitions r ON r.transaction_id = t.id
        WHERE ${startOfDay(firstDay(ofMeta), ofMeta)} < e.next GROUP BY 1, 2, 3, 4
      )
      SELECT strftime('%Y-%m', (first + ${ofMeta.offset}) / 1000, 'unixepoch') AS month, ledger, owner, balance FROM (
        SELECT first, ${word('ledger')} AS ledger, owner, sum(amount) AS balance FROM sums GROUP BY 1, 2, 3
        UNION ALL
        SELECT first, 'unbilled-receivable', account, sum(unbilled) FROM sums GROUP BY 1, 3
      ) WHERE balance <> 0`,
  },
  {
    name: 'deferred_days',
    text: 'Deferred revenue by civil day of the run: what was sold, earned, given back, and what is still to be earned (M-05, M-09).',
    sql: `WITH RECURSIVE ${legsByDay(`WHERE t.id IN (SELECT transaction_id FROM postings WHERE ledger = (SELECT id FROM words WHERE word = 'deferred-revenue'))`)},
      days(day) AS (
        SELECT ${dayNumber(meta('start'), ofMeta)}
        UNION ALL
        SELECT day + 1 FROM days WHERE ${startOfDay('day + 1', ofMeta)} < ${ofMeta.end}
      ),
      sums AS (
        SELECT day, -sum(CASE WHEN amount < 0 THEN amount ELSE 0 END) AS deferred,
          sum(CASE WHEN amount > 0 AND ${word('kind')} = 'recognition' THEN amount ELSE 0 END) AS recognised,
          sum(CASE WHEN amount > 0 AND ${word('kind')} <> 'recognition' THEN amount ELSE 0 END) AS returned
        FROM legs WHERE ${word('ledger')} = 'deferred-revenue' GROUP BY day
      )
      SELECT ${dateOf('d.day')} AS day, coalesce(deferred, 0) AS deferred, coalesce(recognised, 0) AS recognised,
        coalesce(returned, 0) AS returned,
        sum(coalesce(deferred, 0) - coalesce(recognised, 0) - coalesce(returned, 0)) OVER (ORDER BY d.day) AS balance
      FROM days d LEFT JOIN sums s ON s.day = d.day`,
  },
]
