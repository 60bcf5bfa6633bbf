/** The two sides of the reconciliation: what was rated line by line, and what the ledger holds for it. */
import { usageSource } from './figures/ecs.ts'
import { monthOf, prepare, sum, word } from './figures/figure.ts'
import { ledgerSource } from './figures/money.ts'
import type { RunRecord } from './record.ts'

/** What metering or an order line was rated at, by month, kind, price model and rule. */
export interface Line {
  readonly [name: string]: bigint | string
  month: string
  kind: string
  model: string
  rule: string
  quantity: bigint
  rated: bigint
}

/** What the ledger holds for a month, kind and price model. */
export interface Booked {
  readonly [name: string]: bigint | string
  month: string
  kind: string
  model: string
  charged: bigint
  posted: bigint
}

/** Metered use. */
const usageLines = `
SELECT month, kind, 'hourly' AS model, rule, sum(seconds) AS quantity, sum(amount) AS rated
FROM ${usageSource.name} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

/** Revenue legs by kind; what buyers' legs lack or have beyond them goes to servers, if any were used. */
const usageBooked = `
WITH legs AS (
  SELECT month, kind, -sum(amount) AS posted FROM ${ledgerSource.name}
  WHERE movement = 'usage' AND ledger NOT LIKE 'buyer-%' GROUP BY 1, 2),
gap AS (SELECT month, sum(amount) AS amount, min(kind) AS kind FROM ${ledgerSource.name} WHERE movement = 'usage' GROUP BY 1)
SELECT legs.month, legs.kind, 'hourly' AS model, posted, posted + CASE WHEN legs.kind = gap.kind THEN gap.amount ELSE 0 END AS charged
FROM legs JOIN gap USING (month)`

/** The price model of an order: that of its price line's plan. */
const orderModel = `
SELECT l.order_id, min(p.price ->> 'model') AS model FROM order_lines l JOIN plans p ON p.id = l.plan GROUP BY 1`

/** Lines of orders that were paid, by the month of the payment. */
const orderLines = `
WITH models AS (${orderModel})
SELECT ${monthOf('s.at')} AS month, g.kind, coalesce(models.model, '') AS model, rw.word AS rule,
  count(DISTINCT o.id) AS quantity, sum(l.amount) AS rated
FROM order_steps s, run JOIN orders o ON o.id = s.order_id JOIN order_lines l ON l.order_id = o.id
JOIN words rw ON rw.id = l.rule JOIN goods g ON g.id = o.specification LEFT JOIN models ON models.order_id = o.id
WHERE s.event = ${word('pay')} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

/** Payments for orders. */
const orderBooked = `
WITH models AS (${orderModel})
SELECT ${monthOf('t.at')} AS month, g.kind, coalesce(models.model, '') AS model,
  ${sum('p.amount', `lw.word LIKE 'buyer-%'`)} AS charged, -${sum('p.amount', `lw.word NOT LIKE 'buyer-%'`)} AS posted
FROM transactions t, run JOIN postings p ON p.transaction_id = t.id JOIN words lw ON lw.id = p.ledger
JOIN orders o ON o.id = t.order_id JOIN goods g ON g.id = o.specification LEFT JOIN models ON models.order_id = o.id
WHERE t.kind = ${word('payment')} GROUP BY 1, 2, 3`

/** Lines and bookings of use or of orders. */
export interface Side {
  readonly lines: readonly Line[]
  readonly booked: readonly Booked[]
}

/** Reads both sides of metered use and of orders. */
export function readSides(record: RunRecord): { readonly usage: Side; readonly orders: Side } {
  prepare(record, usageSource)
  prepare(record, ledgerSource)
  return {
    usage: { lines: record.rows<Line>(usageLines), booked: record.rows<Booked>(usageBooked) },
    orders: { lines: record.rows<Line>(orderLines), booked: record.rows<Booked>(orderBooked) },
  }
}
