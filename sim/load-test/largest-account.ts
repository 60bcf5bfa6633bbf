/**
 * M-01: the books of a load test are float64, so that an operation costs microseconds. A history with an account that moves
 * more than they hold exactly is refused before anything is loaded; `run` takes amounts of any size.
 */
import type { Database } from 'better-sqlite3'
import { InputError } from '#base/input-error.ts'
import { formatMoney, MONEY_LIMIT } from '#base/money.ts'

const moving = ['opening', 'top-up', 'card-charge', 'payment', 'usage', 'late-usage', 'usage-tax', 'bill-rounding']

/** What each account pays in and is charged, all of it together: no balance, debt or bill of its is larger. */
const turnovers = `
SELECT a.name, sum(1.0 * t.repeats * p.amount + 1e18 * t.repeats * p.amount_high) AS turnover
FROM transactions t JOIN postings p ON p.transaction_id = t.id AND (p.amount > 0 OR p.amount_high > 0)
JOIN accounts a ON a.id = t.account JOIN words w ON w.id = t.kind
WHERE w.word IN (${moving.map((word) => `'${word}'`).join(', ')})
GROUP BY t.account ORDER BY turnover DESC LIMIT 1`

/** Throws InputError where an account of a record moves more than the books of a load test hold. */
export function refuseLargeAccounts(record: Database): void {
  const largest = record.prepare<[], { name: string; turnover: number }>(turnovers).get()
  if (largest === undefined || largest.turnover <= MONEY_LIMIT) return
  throw new InputError(
    `${largest.name} moves about ${Math.round(largest.turnover / 1e8)} units of currency, more than the ${formatMoney(MONEY_LIMIT)} that the books of a load test hold exactly (M-01)`,
    'load a scenario with smaller prices or a shorter period; `run` has no such limit',
    'load',
  )
}
