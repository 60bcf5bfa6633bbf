/**
 * Servers of yearly/monthly orders: an order's `ecs` lines are of kind `ecs`, as metered servers are, and only its price
 * line is of the kind of its image; its tax is of both, in proportion to what it taxes. What servers bring is of no product
 * and no seller.
 */
import { word } from './figures/figure.ts'
import { proportionalShares } from './proportional-shares.ts'
import type { RunRecord } from './record.ts'

export interface TaxedOrder {
  readonly [name: string]: bigint
  readonly id: bigint
  readonly servers: bigint
  readonly whole: bigint
  readonly tax: bigint
}

/** Orders of servers that are taxed: what their servers and all their lines come to before tax, and the tax. */
const taxesOf = (lines: string): string => `
SELECT l.order_id AS id, sum(CASE l.part WHEN ${word('ecs')} THEN l.amount ELSE 0 END) AS servers,
  sum(CASE l.part WHEN ${word('tax')} THEN 0 ELSE l.amount END) AS whole,
  sum(CASE l.part WHEN ${word('tax')} THEN l.amount ELSE 0 END) AS tax
FROM ${lines} l WHERE l.order_id IN (SELECT order_id FROM ${lines} WHERE part = ${word('ecs')}
  INTERSECT SELECT order_id FROM ${lines} WHERE part = ${word('tax')}) GROUP BY 1 ORDER BY 1`

/** M-07: the part of the servers in a tax on all that was bought with them. */
export const ofServers = ({ servers, whole, tax }: TaxedOrder): bigint =>
  proportionalShares([servers, whole - servers], tax)[0]

/** Makes the table `server_taxes(order_id, ordered, tax)` of the orders with servers that are taxed: as created, and as paid. */
function prepareServerTaxes(record: RunRecord): void {
  record.keepComputed('server_taxes', ['order_id INTEGER PRIMARY KEY'], ['ordered', 'tax'], () => {
    const ordered = new Map(record.rows<TaxedOrder>(taxesOf('order_lines')).map((row) => [row.id, ofServers(row)]))
    return record.rows<TaxedOrder>(taxesOf('paid_lines')).map((row) => {
      const tax = ofServers(row)
      return [row.id, ordered.get(row.id) ?? tax, tax]
    })
  })
}

/**
 * Makes the table `order_servers(order_id, paid, is_taxed, ordered_tax, tax)` of the orders with servers, in whole 1e-8: what
 * their `ecs` lines come to before tax, and the tax in it (M-07), in proportion to what is taxed. `ordered_tax`: as the order
 * was created.
 */
export function prepareOrderServers(record: RunRecord): void {
  prepareServerTaxes(record)
  record.keepIndexed(
    'order_servers',
    'order_id INTEGER PRIMARY KEY, paid INTEGER, is_taxed INTEGER, ordered_tax INTEGER, tax INTEGER',
    `
SELECT l.order_id, l.paid, t.order_id IS NOT NULL, coalesce(t.ordered, 0), coalesce(t.tax, 0) FROM (
  SELECT order_id, sum(amount) AS paid FROM paid_lines WHERE part = ${word('ecs')} GROUP BY order_id) l
LEFT JOIN temp.server_taxes t ON t.order_id = l.order_id`,
  )
}

/** The kind of a line `l` of an order of goods `g`; of a tax line what is left when the part of the servers is moved to them. */
export const lineKind = `CASE WHEN l.part = ${word('ecs')} THEN 'ecs' ELSE g.kind END`

/** Both sides of an amount of servers that is with the goods: it comes to kind `ecs` (1) and leaves theirs (0). */
export const bothSides = `(SELECT 1 AS to_servers UNION ALL SELECT 0)`

/** `amount` of the servers with the sign of its side. */
export const moved = (amount: string): string => `CASE to_servers WHEN 1 THEN ${amount} ELSE -(${amount}) END`

/** A name of the goods `g`, which servers do not have: their product, their seller. */
export const ofGoods = (name: string): string => `CASE to_servers WHEN 1 THEN '' ELSE ${name} END`

/** A name that only the first side has. */
export const ofEither = (name: string): string => `CASE to_servers WHEN 1 THEN ${name} ELSE '' END`

/** The kind of a side. */
export const sideKind = `CASE to_servers WHEN 1 THEN 'ecs' ELSE g.kind END`
