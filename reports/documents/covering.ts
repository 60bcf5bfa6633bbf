/** Which invoice an order is on (I-03). */
import { billFinalAt } from '#sim/billing/final-bill.ts'
import type { RunRecord } from '../record.ts'
import { resoldOrdersSql } from './reseller-bills.ts'

export interface Reference {
  readonly number: string
  /** Instant, ms. */
  readonly issued: number
}

/** I-03: at most one valid invoice has an order: issued, and not returned. */
const sql = `SELECT l.order_id, n.number, n.issued FROM invoice_lines l JOIN invoice_numbers n ON n.invoice_id = l.invoice_id
WHERE l.order_id <> 0 AND NOT EXISTS (SELECT 1 FROM invoice_steps s
  WHERE s.invoice_id = l.invoice_id AND s.to_state = (SELECT id FROM words WHERE word = 'returned'))`

/** O-06: the final bill of a reseller's customer is the invoice to the reseller. */
const resoldSql = `WITH orders AS MATERIALIZED (${resoldOrdersSql})
SELECT o.order_id, n.number, o.month FROM orders o JOIN bill_numbers n ON n.account = o.account AND n.month = o.month`

/** By order: the valid invoice that has it at the end of the run. */
export function coveringInvoices(record: RunRecord): ReadonlyMap<bigint, Reference> {
  const found = new Map<bigint, Reference>()
  for (const [order, number, issued] of record.cursor(sql).rows)
    found.set(order as bigint, { number: String(number), issued: Number(issued) })
  for (const [order, number, month] of record.cursor(resoldSql).rows)
    found.set(order as bigint, { number: String(number), issued: billFinalAt(Number(month), record.meta.utcOffset) })
  return found
}
