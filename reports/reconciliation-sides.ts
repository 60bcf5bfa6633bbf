/** The two sides of the reconciliation: what was rated line by line, and what the ledger holds for it. */

import { bookedUsageSource } from './figures/ecs.ts'
import { monthOf, prepare, sum, word } from './figures/figure.ts'
import { isSold, ledgerSource, paidExactly } from './figures/money.ts'
import { prepareRejected } from './metered.ts'
import { prepareOrderModels } from './price-models.ts'
import type { RunRecord } from './record.ts'
import { bothSides, lineKind, moved, sideKind } from './server-lines.ts'
import { prepareServersBack } from './servers-back.ts'
import { prepareOrderPayments } from './steps/order-steps.ts'

/** What the quantity of a line counts. */
export type QuantityUnit = 'seconds' | 'rejected seconds' | 'orders' | 'refunds'

/** What metering or an order line was rated at, by month, kind, price model and rule. */
export interface Line {
  readonly [name: string]: bigint | string
  month: string
  kind: string
  model: string
  rule: string
  unit: QuantityUnit
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

/** Cloud resources are booked with the servers (E-09). */
const bookedAs = (item: string): string => `CASE ${item} WHEN 'image' THEN 'image' ELSE 'ecs' END`

/** Metered use, and below it what of it came too late to be charged (U-09). */
const usageLines = `
SELECT month, ${bookedAs('kind')} AS kind, 'hourly' AS model, rule, 'seconds' AS unit, sum(seconds) AS quantity, sum(amount) AS rated
FROM ${bookedUsageSource.name} GROUP BY 1, 2, 3, 4
UNION ALL
SELECT m.month, ${bookedAs('iw.word')}, 'hourly', 'U-09', 'rejected seconds', -sum(r.seconds), -sum(r.amount)
FROM rejected r JOIN months m ON m.no = r.month JOIN words iw ON iw.id = r.item GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4`

/** Revenue legs by kind; what buyers' legs lack or have beyond them goes to servers, if any were used. */
const usageBooked = `
WITH legs AS (
  SELECT month, kind, -sum(amount) AS posted FROM ${ledgerSource.name}
  WHERE movement = 'usage' AND ledger IN ('cloud-resource-revenue', 'marketplace-revenue') GROUP BY 1, 2),
gap AS (SELECT month, sum(amount) AS amount, min(kind) AS kind FROM ${ledgerSource.name} WHERE movement = 'usage' GROUP BY 1)
SELECT legs.month, legs.kind, 'hourly' AS model, posted, posted + CASE WHEN legs.kind = gap.kind THEN gap.amount ELSE 0 END AS charged
FROM legs JOIN gap USING (month)`

/** Lines of orders that were paid, by the month of the payment; the tax line of servers with goods is under both kinds. */
const orderLines = `
SELECT month, kind, model, rule, 'orders' AS unit, sum(quantity) AS quantity, sum(rated) AS rated FROM (
SELECT ${monthOf('s.at')} AS month, ${lineKind} AS kind, coalesce(models.model, '') AS model, rw.word AS rule,
  count(DISTINCT o.id) AS quantity, sum(l.amount) AS rated
FROM run CROSS JOIN order_payments s CROSS JOIN orders o ON o.id = s.order_id CROSS JOIN goods g ON g.id = o.specification
CROSS JOIN paid_lines l ON l.order_id = o.id AND ${isSold} CROSS JOIN words rw ON rw.id = l.rule
LEFT JOIN order_models models ON models.order_id = o.id
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT ${monthOf('s.at')}, ${sideKind}, coalesce(models.model, ''), 'M-07', to_servers, ${moved('v.tax')}
FROM run CROSS JOIN order_payments s CROSS JOIN order_servers v ON v.order_id = s.order_id AND v.is_taxed CROSS JOIN ${bothSides}
CROSS JOIN orders o ON o.id = v.order_id CROSS JOIN goods g ON g.id = o.specification
LEFT JOIN order_models models ON models.order_id = o.id)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

const ofOrder = `CROSS JOIN months m ON m.no = k.month CROSS JOIN orders o ON o.id = k.order_id
CROSS JOIN goods g ON g.id = o.specification LEFT JOIN order_models models ON models.order_id = o.id`

/** What buyers paid or got, before rounding (M-08), and the other legs. */
const bothLegs = `${sum('k.amount', `k.ledger IN (${paidExactly})`)} AS charged, -${sum('k.amount', `k.ledger NOT IN (${paidExactly})`)} AS posted`

/*
 * What was booked about orders. A transaction takes servers and goods together; what of it is of servers, with the sign of what is
 * charged, comes out of the goods' part, so that what a booking lacks or has beyond its lines is theirs.
 */

/** Payments for orders. */
const orderBooked = `
SELECT month, kind, model, sum(charged) AS charged, sum(posted) AS posted FROM (
  SELECT m.month, g.kind, coalesce(p.model, '') AS model, ${bothLegs}
  FROM booked k CROSS JOIN months m ON m.no = k.month CROSS JOIN goods g ON g.id = k.specification LEFT JOIN price_models p ON p.id = k.model
  WHERE k.movement = ${word('payment')} GROUP BY 1, 2, 3
  UNION ALL
  SELECT month, kind, model, sum(amount), sum(amount) FROM (
    SELECT m.month, ${sideKind} AS kind, coalesce(p.model, '') AS model, ${moved('k.amount')} AS amount
    FROM paid_servers k CROSS JOIN ${bothSides} CROSS JOIN months m ON m.no = k.month CROSS JOIN goods g ON g.id = k.specification
    LEFT JOIN price_models p ON p.id = k.model) GROUP BY 1, 2, 3)
GROUP BY 1, 2, 3`

/** Everything that refunds: what passed through the account `refunds` is what was found to be due. */
const refundKinds = `<> ${word('coupon-grant')}`
const refundBooked = `
SELECT month, kind, model, sum(charged) AS charged, sum(posted) AS posted FROM (
  SELECT m.month, g.kind, coalesce(models.model, '') AS model, ${bothLegs}
  FROM order_moves k ${ofOrder} WHERE k.movement ${refundKinds} GROUP BY 1, 2, 3
  UNION ALL
  SELECT month, kind, model, sum(amount), sum(amount) FROM (
    SELECT m.month, ${sideKind} AS kind, coalesce(models.model, '') AS model, ${moved('-(s.back + s.tax_back)')} AS amount
    FROM (SELECT DISTINCT month, order_id, transaction_id FROM order_moves
      WHERE movement ${refundKinds} AND ledger = ${word('refunds')}) k
    CROSS JOIN servers_back s ON s.transaction_id = k.transaction_id CROSS JOIN ${bothSides} ${ofOrder}) GROUP BY 1, 2, 3)
GROUP BY 1, 2, 3`
const refundLines = `
SELECT month, kind, model, rule, 'refunds' AS unit, count(DISTINCT transaction_id) AS quantity, -sum(amount) AS rated FROM (
  SELECT m.month, g.kind, coalesce(models.model, '') AS model, rw.word AS rule, k.transaction_id,
    ${sum('k.amount', `k.ledger = ${word('refunds')} AND k.is_debit`)} AS amount
  FROM order_moves k ${ofOrder} CROSS JOIN words rw ON rw.id = k.rule
  WHERE k.movement ${refundKinds} GROUP BY 1, 2, 3, 4, 5
  UNION ALL
  SELECT m.month, ${sideKind}, coalesce(models.model, ''), rw.word, k.transaction_id, ${moved('s.back + s.tax_back')}
  FROM order_moves k CROSS JOIN servers_back s ON s.transaction_id = k.transaction_id CROSS JOIN ${bothSides} ${ofOrder}
  CROSS JOIN words rw ON rw.id = k.rule
  WHERE k.movement ${refundKinds} AND k.ledger = ${word('refunds')} AND k.is_debit)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

/** Lines and bookings of use or of orders. */
export interface Side {
  readonly lines: readonly Line[]
  readonly booked: readonly Booked[]
}

/** Reads both sides of metered use, of orders and of what was refunded. */
export function readSides(record: RunRecord): Readonly<Record<'usage' | 'orders' | 'refunds', Side>> {
  prepare(record, bookedUsageSource)
  prepare(record, ledgerSource)
  prepareRejected(record)
  prepareOrderModels(record)
  prepareServersBack(record)
  prepareOrderPayments(record)
  return {
    usage: { lines: record.rows<Line>(usageLines), booked: record.rows<Booked>(usageBooked) },
    orders: { lines: record.rows<Line>(orderLines), booked: record.rows<Booked>(orderBooked) },
    refunds: { lines: record.rows<Line>(refundLines), booked: record.rows<Booked>(refundBooked) },
  }
}
