/**
 * The ledger by month: one pass over its transactions and their legs, from which every report of money takes its sums.
 * Nothing else in the reports reads those two.
 */
import { firstDay, lastDay, ofRun, timesBefore, unbilledTimes } from '#sim/record/cut-off.ts'
import { prepareDays } from './days.ts'
import { word } from './figures/figure.ts'
import { ofSellers } from './ledger/chart-of-accounts.ts'
import type { RunRecord } from './record.ts'

/** The months in which something of a transaction counts, cut where figures begin to count. */
const touched = `CROSS JOIN all_days a ON a.number = ${firstDay(ofRun)}
CROSS JOIN all_days z ON z.number = ${lastDay(ofRun)} CROSS JOIN slices m ON m.month BETWEEN a.month AND z.month`

/** What lies in a month of what lies before its ends. */
const within = (before: typeof timesBefore): string => `${before('m.next', ofRun)} - ${before('m.first', ofRun)}`

/**
 * Legs by the month of the days they belong to (M-09): a transaction repeats an hour apart, so that its turns may lie in
 * several. Days of a term that are earned together are of one month. What is charged for days of a month and drawn in a
 * later one leaves legs on `unbilled-receivable` in both.
 */
const legs = (from: string, days: string): string => `
SELECT t.account, m.month, m.measured, t.order_id, t.rule, t.id AS transaction_id, p.ledger, p.amount, p.amount > 0 OR p.amount_high > 0 AS is_debit,
  CASE WHEN p.ledger IN (${ofSellers.map(word).join(', ')}) THEN p.owner ELSE 0 END AS seller,
  CASE t.kind WHEN ${word('late-usage')} THEN ${word('usage')} ELSE t.kind END AS movement,
  ${within(timesBefore)} AS n, p.amount * (${within(unbilledTimes)}) AS unbilled,
  ${within(unbilledTimes)} AS late
FROM run CROSS JOIN ${from} LEFT JOIN ${days} ${touched}`

/** What is about no order earns no days of a term. */
const noDays = '(SELECT NULL AS first_day, NULL AS earned_from, NULL AS since) r ON TRUE'

const names = 'account, seller, month, measured, movement'
const unbilled = `${word('unbilled-receivable')} AS ledger`

/**
 * Makes the table `booked(account, seller, month, measured, movement, ledger, order_id, rule, transaction_id, times, amount, is_debit)`: `times`
 * legs that sum to `amount`, debits positive. What is about an order stands leg by leg; all else is summed by account,
 * seller and month, `order_id`, `rule` and `transaction_id` being 0. `measured`: 1 from when figures count. `is_debit`: which side a leg
 * of an order is on. A late record's charge is use like any other.
 */
export function prepareBooked(record: RunRecord): void {
  prepareDays(record)
  const others = legs('postings p CROSS JOIN transactions t ON t.id = p.transaction_id AND t.order_id = 0', noDays)
  const ofOrders = legs(
    'transactions t CROSS JOIN postings p ON p.transaction_id = t.id AND t.order_id > 0',
    'recognitions r ON r.transaction_id = t.id',
  )
  record.keep(
    'booked',
    `
WITH others AS MATERIALIZED (
  SELECT ${names}, ledger, sum(n) AS times, sum(n * amount) AS amount, sum(unbilled) AS unbilled, max(late <> 0) AS is_late
  FROM (${others}) GROUP BY ${names}, ledger),
orders AS MATERIALIZED (SELECT * FROM (${ofOrders}) WHERE n <> 0 OR late <> 0)
SELECT ${names}, ledger, 0 AS order_id, 0 AS rule, 0 AS transaction_id, times, amount, 0 AS is_debit FROM others WHERE times <> 0
UNION ALL
SELECT ${names}, ${unbilled}, 0, 0, 0, 0, sum(unbilled), 0 FROM others GROUP BY ${names} HAVING max(is_late)
UNION ALL
SELECT ${names}, ledger, order_id, rule, transaction_id, n, n * amount, is_debit FROM orders WHERE n <> 0
UNION ALL
SELECT ${names}, ${unbilled}, order_id, rule, transaction_id, 0, sum(unbilled), 0 FROM orders
GROUP BY transaction_id, month, measured HAVING max(late <> 0)`,
  )
}
