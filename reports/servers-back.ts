/** What of the refunds of orders is of their servers. */
import { prepareBooked } from './booked.ts'
import { word } from './figures/figure.ts'
import type { RunRecord } from './record.ts'
import { ofServers, prepareOrderServers, type TaxedOrder } from './server-lines.ts'

/** The same of what is refunded of their periods, by row of `refunds`. */
const returnedTaxes = `
SELECT rowid AS id, cloud AS servers, amount + coupon_returned - tax AS whole, tax FROM refunds ORDER BY rowid`

/**
 * Makes the table `servers_back(transaction_id, order_id, back, tax_back)` of the refunds of orders with servers: what of each is
 * theirs before tax, and the tax in it. With an unsubscription, or of servers that are not there, that is their part (N-03,
 * E-05, E-10); otherwise all (O-08).
 */
export function prepareServersBack(record: RunRecord): void {
  prepareBooked(record)
  prepareOrderServers(record)
  record.keepComputed('returned_taxes', ['refund INTEGER PRIMARY KEY'], ['tax'], () =>
    record.rows<TaxedOrder>(returnedTaxes).map((row) => [row.id, ofServers(row)]),
  )
  record.keepIndexed(
    'servers_back',
    'transaction_id INTEGER PRIMARY KEY, order_id INTEGER, back INTEGER, tax_back INTEGER',
    `
SELECT t.id, t.order_id, coalesce(r.back, s.paid), coalesce(r.tax, s.tax)
FROM (SELECT DISTINCT transaction_id AS id, order_id, at FROM order_moves WHERE movement = ${word('refund')}) t
JOIN order_servers s ON s.order_id = t.order_id
LEFT JOIN (SELECT r.paid_order, r.at, sum(r.cloud) AS back, sum(x.tax) AS tax
  FROM refunds r JOIN temp.returned_taxes x ON x.refund = r.rowid GROUP BY 1, 2) r ON r.paid_order = t.order_id AND r.at = t.at`,
  )
}
