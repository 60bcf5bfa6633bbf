/** Views of the books by civil day (M-09): which amounts belong to which day, whenever they were booked. */
import {
  type AmountPart,
  amountBefore,
  amountParts,
  dayNumber,
  firstDay,
  lastDay,
  ofMeta,
  startOfDay,
  unbilledBefore,
} from './cut-off.ts'
import { sumColumns } from './wide.ts'

const meta = (key: string): string => `(SELECT CAST(value AS INTEGER) FROM meta WHERE key = '${key}')`
const dateOf = (day: string): string => `date(${day} * 86400, 'unixepoch')`
const word = (id: string): string => `(SELECT word FROM words WHERE id = ${id})`

/** Of a leg, what belongs to the days from `from` up to `to`, both first instants of a day. */
const between = (before: typeof amountBefore, from: string, to: string, part: AmountPart): string =>
  `${before(to, ofMeta, part)} - ${before(from, ofMeta, part)}`

/** The legs of some transactions, day by day; `unbilled` is what they leave on `unbilled-receivable`. */
const legsByDay = (which: string): string => `
      stretch(id, day, last) AS (
        SELECT t.id, ${firstDay(ofMeta)}, ${lastDay(ofMeta)}
        FROM transactions t LEFT JOIN recognitions r ON r.transaction_id = t.id ${which}
        UNION ALL
        SELECT id, day + 1, last FROM stretch WHERE day < last
      ),
      bounds AS (SELECT id, day, ${startOfDay('day', ofMeta)} AS first, ${startOfDay('day + 1', ofMeta)} AS next FROM stretch),
      legs AS MATERIALIZED (
        SELECT b.day, t.id, t.kind, t.account, t.order_id, p.ledger, p.owner,
          ${between(amountBefore, 'b.first', 'b.next', 'units')} AS units,
          ${between(amountBefore, 'b.first', 'b.next', 'parts')} AS parts,
          ${between(unbilledBefore, 'b.first', 'b.next', 'units')} AS unbilled_units,
          ${between(unbilledBefore, 'b.first', 'b.next', 'parts')} AS unbilled_parts
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

const parts = Object.keys(amountParts) as readonly AmountPart[]
const deferredColumns = ['deferred', 'recognised', 'returned', 'balance'] as const

/** What a day adds to and takes from deferred revenue: units of currency, or the 1e-8 next to them. */
const deferredSums = (part: AmountPart): string => {
  const sum = (condition: string): string => `coalesce(sum(${part}) FILTER (WHERE ${condition}), 0)`
  const isDebit = '(units > 0 OR parts > 0)'
  const isEarned = `${word('kind')} = 'recognition'`
  return `-${sum(`NOT ${isDebit}`)} AS deferred_${part}, ${sum(`${isDebit} AND ${isEarned}`)} AS recognised_${part},
          ${sum(`${isDebit} AND NOT ${isEarned}`)} AS returned_${part}`
}

const running = (part: AmountPart): string => {
  const [deferred, recognised, returned] = deferredColumns.map((name) => `coalesce(${name}_${part}, 0)`)
  return `${deferred} AS deferred_${part}, ${recognised} AS recognised_${part}, ${returned} AS returned_${part},
          sum(${deferred} - ${recognised} - ${returned}) OVER (ORDER BY d.day) AS balance_${part}`
}

export const dayViews = [
  {
    name: 'ledger_days',
    text: 'The books by civil day (M-09): each leg on the day it belongs to, including `unbilled-receivable`, with repetitions and days of terms expanded. The rows of a day sum to zero.',
    sql: `WITH RECURSIVE ${legsByDay('')}
      SELECT ${dateOf('day')} AS day, id AS transaction_id, ${word('kind')} AS kind, account, order_id,
        ${word('ledger')} AS ledger, owner, ${sumColumns('units', 'parts', 'amount')} FROM legs WHERE units <> 0 OR parts <> 0
      UNION ALL
      SELECT ${dateOf('day')}, id, ${word('kind')}, account, order_id, 'unbilled-receivable', account,
        ${sumColumns('unbilled_units', 'unbilled_parts', 'amount')}
      FROM legs WHERE unbilled_units <> 0 OR unbilled_parts <> 0`,
  },
  {
    name: 'month_ends',
    text: 'Balance of each ledger account and owner at the end of each civil month and of the run (M-09). Debit positive.',
    sql: `WITH RECURSIVE ${months},
      sums AS (
        SELECT e.first, p.ledger, p.owner, t.account, sum(${amountBefore('e.next', ofMeta, 'units')}) AS units,
          sum(${amountBefore('e.next', ofMeta, 'parts')}) AS parts, sum(${unbilledBefore('e.next', ofMeta, 'units')}) AS unbilled_units,
          sum(${unbilledBefore('e.next', ofMeta, 'parts')}) AS unbilled_parts
        FROM ends e CROSS JOIN transactions t CROSS JOIN postings p ON p.transaction_id = t.id
        LEFT JOIN recognitions r ON r.transaction_id = t.id
        WHERE ${startOfDay(firstDay(ofMeta), ofMeta)} < e.next GROUP BY 1, 2, 3, 4
      )
      SELECT strftime('%Y-%m', (first + ${ofMeta.offset}) / 1000, 'unixepoch') AS month, ledger, owner,
        ${sumColumns('units', 'parts', 'balance')} FROM (
        SELECT first, ${word('ledger')} AS ledger, owner, sum(units) AS units, sum(parts) AS parts FROM sums GROUP BY 1, 2, 3
        UNION ALL
        SELECT first, 'unbilled-receivable', account, sum(unbilled_units), sum(unbilled_parts) FROM sums GROUP BY 1, 3
      ) WHERE balance <> 0 OR balance_high <> 0`,
  },
  {
    name: 'deferred_days',
    text: 'Deferred revenue by civil day of the run: sold, earned, refunded, and still to be earned (M-05, M-09).',
    sql: `WITH RECURSIVE ${legsByDay(`WHERE t.id IN (SELECT transaction_id FROM postings WHERE ledger = (SELECT id FROM words WHERE word = 'deferred-revenue'))`)},
      days(day) AS (
        SELECT ${dayNumber(meta('start'), ofMeta)}
        UNION ALL
        SELECT day + 1 FROM days WHERE ${startOfDay('day + 1', ofMeta)} < ${ofMeta.end}
      ),
      sums AS (
        SELECT day, ${parts.map((part) => deferredSums(part)).join(', ')}
        FROM legs WHERE ${word('ledger')} = 'deferred-revenue' GROUP BY day
      ),
      running AS (
        SELECT d.day AS number, ${parts.map((part) => running(part)).join(', ')} FROM days d LEFT JOIN sums s ON s.day = d.day
      )
      SELECT ${dateOf('number')} AS day, ${deferredColumns.map((name) => sumColumns(`${name}_units`, `${name}_parts`, name)).join(', ')}
      FROM running`,
  },
]
