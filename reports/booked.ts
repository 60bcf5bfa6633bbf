/**
 * The ledger by month: one pass over its transactions and their legs, from which every report of money takes its sums.
 * Nothing else in the reports reads those two.
 */
import { dayNumber, prepareDays } from './days.ts'
import { word } from './figures/figure.ts'
import type { RunRecord } from './record.ts'

/** When a transaction counts: use in the month of its clock hour, all else when it was booked. */
const moment = '(CASE WHEN t.hour > 0 THEN t.hour ELSE t.at END)'
/** The day of an instant; what was booked as the run ended counts to its last day. */
const day = (instant: string): string => `min(${dayNumber(instant)}, ${dayNumber('("end" - 1)')})`

/** Legs by month: a transaction repeats an hour apart, so that its turns may lie in several. */
const legs = (from: string): string => `
SELECT t.account, m.no AS month, t.order_id, t.rule, t.id AS transaction_id, p.ledger, p.amount,
  CASE p.ledger WHEN ${word('seller-payable')} THEN p.owner ELSE 0 END AS seller,
  CASE t.kind WHEN ${word('late-usage')} THEN ${word('usage')} ELSE t.kind END AS movement,
  max(0, min(t.repeats, (m.next - ${moment} + 3599999) / 3600000))
    - max(0, min(t.repeats, (m.first - ${moment} + 3599999) / 3600000)) AS n
FROM run CROSS JOIN ${from}
CROSS JOIN days a ON a.number = ${day(moment)} CROSS JOIN days z ON z.number = ${day(`${moment} + (t.repeats - 1) * 3600000`)}
CROSS JOIN months m ON m.no BETWEEN a.month AND z.month`

/**
 * Makes the table `booked(account, seller, month, movement, ledger, order_id, rule, transaction_id, times, amount)`: `times`
 * legs that sum to `amount`, debits positive. What is about an order stands leg by leg; all else is summed by account,
 * seller and month, `order_id`, `rule` and `transaction_id` being 0. A late record's charge is use like any other.
 */
export function prepareBooked(record: RunRecord): void {
  prepareDays(record)
  record.keep(
    'booked',
    `
SELECT account, seller, month, movement, ledger, 0 AS order_id, 0 AS rule, 0 AS transaction_id, sum(n) AS times, sum(n * amount) AS amount
FROM (${legs('postings p CROSS JOIN transactions t ON t.id = p.transaction_id AND t.order_id = 0')})
GROUP BY account, seller, month, movement, ledger
UNION ALL
SELECT account, seller, month, movement, ledger, order_id, rule, transaction_id, n, n * amount
FROM (${legs('transactions t CROSS JOIN postings p ON p.transaction_id = t.id AND t.order_id > 0')})`,
  )
}
