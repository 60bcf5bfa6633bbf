/**
 * Servers of yearly/monthly orders: an order's `ecs` lines are of kind `ecs`, as metered servers are, and only its price
 * line is of the kind of its image. What servers bring is of no product and no seller.
 */
import { word } from './figures/figure.ts'
import type { RunRecord } from './record.ts'

/**
 * Makes the table `order_servers(order_id, paid, back)` of the orders with servers, in whole 1e-8: what their `ecs` lines
 * come to before tax, and what of it a refund gives back: by an unsubscription its part (N-03), otherwise all (O-08).
 */
export function prepareOrderServers(record: RunRecord): void {
  record.keepIndexed(
    'order_servers',
    'order_id INTEGER PRIMARY KEY, paid INTEGER, back INTEGER',
    `
SELECT l.order_id, l.paid, coalesce(r.back, l.paid) FROM (
  SELECT order_id, sum(amount) AS paid FROM paid_lines WHERE part = ${word('ecs')} GROUP BY order_id) l
LEFT JOIN (SELECT paid_order, sum(cloud) AS back FROM refunds GROUP BY paid_order) r ON r.paid_order = l.order_id`,
  )
}

/** The kind of a line `l` of an order of goods `g`. A tax line is of the order as a whole: it stays with the goods. */
export const lineKind = `CASE WHEN l.part = ${word('ecs')} THEN 'ecs' ELSE g.kind END`

/** Both sides of an amount of servers that stands with the goods: it comes to kind `ecs` (1) and leaves theirs (0). */
export const bothSides = `(SELECT 1 AS to_servers UNION ALL SELECT 0)`

/** `amount` of the servers with the sign of its side. */
export const moved = (amount: string): string => `CASE to_servers WHEN 1 THEN ${amount} ELSE -(${amount}) END`

/** A name of the goods `g`, which servers do not have: their product, their seller. */
export const ofGoods = (name: string): string => `CASE to_servers WHEN 1 THEN '' ELSE ${name} END`

/** A name that only the first side has. */
export const ofEither = (name: string): string => `CASE to_servers WHEN 1 THEN ${name} ELSE '' END`

/** The kind of a side. */
export const sideKind = `CASE to_servers WHEN 1 THEN 'ecs' ELSE g.kind END`
