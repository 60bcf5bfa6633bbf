/**
 * The ledger by month, from which every report of money takes its sums: what the cells summed while they ran, and the legs
 * of orders one by one.
 */
import { aboutBefore, firstDay, isPaid, lastDay, madeBefore, ofRun } from '#sim/record/cut-off.ts'
import { prepareDays } from './days.ts'
import { word } from './figures/figure.ts'
import { ofSellers } from './ledger/chart-of-accounts.ts'
import type { RunRecord } from './record.ts'

/** The months in which something of a transaction counts, cut where figures begin to count. */
const touched = `CROSS JOIN all_days a ON a.number = ${firstDay(ofRun)}
CROSS JOIN all_days z ON z.number = ${lastDay(ofRun)} CROSS JOIN slices m ON m.month BETWEEN a.month AND z.month`

/** What is in a month of what is before its ends. */
const within = (before: typeof madeBefore): string => `${before('m.next', ofRun)} - ${before('m.first', ofRun)}`

const sellerOf = (row: string): string =>
  `CASE WHEN ${row}.ledger IN (${ofSellers.map(word).join(', ')}) THEN ${row}.owner ELSE 0 END AS seller`
/** A late record's charge is use like any other. */
const movementOf = (row: string): string =>
  `CASE ${row}.kind WHEN ${word('late-usage')} THEN ${word('usage')} ELSE ${row}.kind END AS movement`

/**
 * Legs of orders by the month of the days they belong to (M-09): a transaction repeats an hour apart, so that its turns may be in
 * several. Days of a term that are earned together are of one month. What is charged for days of a month and drawn in a
 * later one leaves legs on `unbilled-receivable` in both. How many turns are made in a month, and how many are about it, is computed once for all legs of a transaction.
 */
const turns = `
SELECT t.id, t.account, t.order_id, t.rule, ${movementOf('t')}, m.month, m.measured, ${within(madeBefore)} AS made, ${within(aboutBefore)} AS about
FROM run CROSS JOIN transactions t LEFT JOIN recognitions r ON r.transaction_id = t.id ${touched} WHERE t.order_id > 0`

const legs = `
SELECT t.account, t.month, t.measured, t.order_id, t.rule, t.id AS transaction_id, p.ledger, p.amount, p.amount > 0 OR p.amount_high > 0 AS is_debit,
  ${sellerOf('p')}, t.movement, CASE WHEN ${isPaid} THEN t.made ELSE t.about END AS n,
  CASE WHEN ${isPaid} THEN t.about - t.made ELSE 0 END AS late
FROM turns t CROSS JOIN postings p ON p.transaction_id = t.id`

const names = 'account, seller, month, measured, movement'
const unbilled = `${word('unbilled-receivable')} AS ledger`

/**
 * Makes the table `booked(account, seller, month, measured, movement, ledger, order_id, rule, transaction_id, times, amount, is_debit)`: `times`
 * legs that sum to `amount`, debits positive. What is about an order is leg by leg; all else is summed by account,
 * seller and month, in a row for each cell and kind of transaction, `order_id`, `rule` and `transaction_id` being 0. `measured`: 1 from when figures count. `is_debit`: which side a leg
 * of an order is on. A late record's charge is use like any other.
 */
export function prepareBooked(record: RunRecord): void {
  prepareDays(record)
  record.keep(
    'booked',
    `
WITH others AS NOT MATERIALIZED (
  SELECT s.account, ${sellerOf('s')}, m.no AS month, s.measured, ${movementOf('s')}, s.ledger, s.times, s.amount
  FROM ledger_months s CROSS JOIN months m ON m.first = s.month WHERE s.of_orders = 0),
turns AS MATERIALIZED (${turns}),
orders AS MATERIALIZED (SELECT *, amount * late AS unbilled FROM (${legs}) WHERE n <> 0 OR late <> 0)
SELECT ${names}, ledger, 0 AS order_id, 0 AS rule, 0 AS transaction_id,
  CASE ledger WHEN ${word('unbilled-receivable')} THEN 0 ELSE times END AS times, amount, 0 AS is_debit FROM others WHERE times <> 0
UNION ALL
SELECT ${names}, ledger, order_id, rule, transaction_id, n, n * amount, is_debit FROM orders WHERE n <> 0
UNION ALL
SELECT ${names}, ${unbilled}, order_id, rule, transaction_id, 0, sum(unbilled), 0 FROM orders
GROUP BY transaction_id, month, measured HAVING max(late <> 0)`,
  )
}
